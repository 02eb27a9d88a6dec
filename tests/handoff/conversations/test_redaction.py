"""What counts as a code, a card number or a bank account, and what does not."""

import pytest

from handoff.conversations.redaction import find_code, redact_codes, redact_numbers


@pytest.mark.parametrize(
    "text", ["482913", " 482 913 ", "482-913", "4 8 2 9 1 3", "482.913", "４８２９１３", "482–913."]
)
def test_six_digits_alone_are_a_code_however_grouped(text: str):
    found = find_code(text)

    assert found is not None
    assert (found.code, found.text) == ("482913", "••••••")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Der Code ist 482913.", "Der Code ist ••••••."),
        ("482 913 on koodi", "•••••• on koodi"),
        ("code:482913", "code:••••••"),
    ],
)
def test_one_code_inside_a_sentence_is_found(text: str, hidden: str):
    found = find_code(text)

    assert found is not None
    assert (found.code, found.text) == ("482913", hidden)


@pytest.mark.parametrize(
    "text",
    [
        "48291",
        "4829134",
        "20401860",
        "on 12.10.26 I paid",
        "2026-000123 is the invoice",
        "482913 or 482914",
        "1234,56 euro",
        "no digits",
        "+49 171 3920099",
        "",
    ],
)
def test_other_numbers_are_no_code(text: str):
    assert find_code(text) is None


def test_two_candidates_are_both_hidden():
    assert redact_codes("482913 or 482914") == "•••••• or ••••••"


def test_everything_but_the_code_stays_as_it_was_written():
    assert redact_codes("／restart ①② ４８２９１３ ½ ﬁn") == "／restart ①② •••••• ½ ﬁn"
    assert redact_codes("／restart") == "／restart"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("4111111111111111", "•••• 1111"),
        ("my card 5500-0000-0000-0004!", "my card •••• 0004!"),
        ("amex 378282246310005", "amex •••• 0005"),
        ("DE89370400440532013000", "DE•• •••• 3000"),
        ("IBAN FI21 1234 5600 0007 85 from my bank", "IBAN FI•• •••• 0785 from my bank"),
        ("de89 3704 0044 0532 0130 00 ja danke", "DE•• •••• 3000 ja danke"),
    ],
)
def test_cards_and_accounts_keep_only_their_last_four(text: str, hidden: str):
    assert redact_numbers(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "customer 20401860",
        "invoice DE-2026-000123",
        "0000000000000000",
        "DE00370400440532013000",
        "+491713920099",
    ],
)
def test_numbers_that_fail_their_check_stay(text: str):
    assert redact_numbers(text) == text
