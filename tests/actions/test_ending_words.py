"""A cancellation is one in whatever words; a question, a threat, a denial and an old story are none."""

import pytest

from actions.ending_words import Ending, read_ending


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cancel",
        "I want my contract cancelled",
        "please have it cancelled, I am leaving",
        "can you cancel my plan?",
        "Could you please cancel my contract?",
        "I don't need this any more, please cancel it",
        "I do not want this contract any more",
        "I cancel my contract, let me know if you need anything else.",
        "I cannot cancel on your website, so I cancel here",
        "I cancel. How do I send the router back?",
        "How often do I have to tell you: cancel my contract!",
        "I have moved abroad, get my contract cancelled",
        "My contract is to be cancelled today, I have had enough",
        "I cancelled in May and you ignored it. I cancel again now.",
        "consider this my notice of cancellation",
        "I have been thinking about it and have decided to leave you",
        "hiermit ist der Vertrag gekündigt",
        "ich kündige",
        "Kündigung",
        "Können Sie bitte meinen Vertrag kündigen?",
        "Ich brauche den Anschluss nicht mehr, bitte kündigen",
        "Ich kündige, weil ich nicht zufrieden bin",
        "Ich kündige zum 31.12.2026, falls möglich",
        "Hiermit kündige ich zum 31.12., falls das nicht geht, zum nächstmöglichen Termin",
        "Wie telefonisch besprochen kündige ich meinen Vertrag",
        "Wie angekündigt kündige ich hiermit",
        "Ich habe mir das überlegt und möchte bei Ihnen kündigen",
        "Ich führe den Vertrag nicht weiter, wenn er im November abläuft",
        "Wo ist das Problem, ich kündige jetzt!",
        "Ich habe einen neuen Anbieter, mein Vertrag ist ab sofort gekündigt",
        "Ich habe keinen Bedarf mehr, der Vertrag soll zum 31.12. gekündigt werden",
        "irtisanon liittymäni",
        "haluan että sopimus on irtisanottu",
        "Miten monta kertaa pitää sanoa: irtisanon sopimukseni",
        "Voisitteko irtisanoa sopimukseni?",
        "En tarvitse liittymää enää, irtisanon sen",
        "En halua enää olla asiakkaanne",
    ],
)
def test_a_plain_statement_or_request_is_a_cancellation(text: str) -> None:
    assert read_ending(text) is Ending.STATED


@pytest.mark.parametrize(
    "text",
    [
        "How do I cancel?",
        "hello how can i cancel my contract",
        "where can I cancel",
        "What happens when I cancel",
        "Can I cancel my contract?",
        "I want to cancel, how does that work?",
        "wie kündige ich",
        "Hallo, wie kann ich kündigen",
        "Können Sie mir sagen, wie ich kündige?",
        "kann ich schon zum Jahresende kündigen",
        "Miten irtisanon?",
        "voinko irtisanoa sopimuksen kesken kauden",
        "Kuinka irtisanominen tapahtuu",
    ],
)
def test_a_question_is_none(text: str) -> None:
    assert read_ending(text) is Ending.OPEN


@pytest.mark.parametrize(
    "text",
    [
        "If you do not correct this bill, I will cancel my contract",
        "I will cancel unless this is fixed.",
        "Correct this bill. Otherwise I will cancel.",
        "fix it or I will cancel",
        "I am thinking about cancelling",
        "Wenn Sie das nicht korrigieren, kündige ich fristlos",
        "Falls das so bleibt, kündige ich",
        "Korrigieren Sie das, sonst kündige ich!",
        "vielleicht kündige ich",
        "Jos laskua ei korjata, irtisanon sopimukseni",
        "korjatkaa lasku tai irtisanon liittymän",
        "harkitsen irtisanomista",
    ],
)
def test_a_threat_is_none(text: str) -> None:
    assert read_ending(text) is Ending.OPEN


@pytest.mark.parametrize(
    "text",
    [
        "I do not want to cancel",
        "I don't want to cancel my contract, I want another plan",
        "please do not cancel!",
        "Ich will nicht kündigen",
        "Ich möchte meinen Vertrag nicht kündigen, nur ändern",
        "ich kündige nicht",
        "Das ist keine Kündigung",
        "En halua irtisanoa sopimustani",
        "älkää irtisanoko",
    ],
)
def test_a_denial_is_none(text: str) -> None:
    assert read_ending(text) is Ending.OPEN


@pytest.mark.parametrize(
    "text",
    [
        "undo my cancellation please",
        "I want to take my cancellation back",
        "Ich ziehe meine Kündigung zurück",
        "bitte die Kündigung rückgängig machen",
        "Haluan perua irtisanomisen",
    ],
)
def test_one_can_be_taken_back(text: str) -> None:
    assert read_ending(text) is Ending.TAKEN_BACK


@pytest.mark.parametrize(
    "text",
    [
        "I cancelled months ago and you still charge me",
        "we've already cancelled",
        "I have already cancelled, please stop charging me",
        "I had my contract cancelled in May",
        "Ich habe längst gekündigt und Sie buchen immer noch ab",
        "hatte im Mai gekuendigt",
        "irtisanoin liittymän jo keväällä",
        "olen irtisanonut tämän",
    ],
)
def test_an_old_story_is_none(text: str) -> None:
    assert read_ending(text) is Ending.EARLIER


@pytest.mark.parametrize(
    "text", ["I cancel the roaming option", "Nehmt die Zusatzoption bitte raus", "Ottakaa lisäpaketti pois"]
)
def test_the_end_of_an_extra_is_not_that_of_the_contract(text: str) -> None:
    assert read_ending(text) is Ending.OF_EXTRA
