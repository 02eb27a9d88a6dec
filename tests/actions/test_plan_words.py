"""Plans are known by name, however it is written, and by what somebody wants more or less of."""

import pytest

from actions.plan_words import CHEAPER, LESS, MORE, find_plans, find_wish, wants_removal

PLANS = {
    "mobile_s": {"en": "Mobile S", "de": "Mobil S", "fi": "Mobiili S"},
    "mobile_l": {"en": "Mobile L", "de": "Mobil L", "fi": "Mobiili L"},
    "home_250": {"en": "Home Internet 250", "de": "Internet Zuhause 250", "fi": "Kotinetti 250"},
    "green_power": {"en": "Green Power", "de": "Ökostrom", "fi": "Vihreä sähkö"},
}


@pytest.mark.parametrize(
    ("text", "plans"),
    [
        ("I want MOBILE L", ("mobile_l",)),
        ("bitte auf Mobil-L wechseln", ("mobile_l",)),
        ("vaihda mobiilil:ään", ("mobile_l",)),
        ("put me on the L plan", ("mobile_l",)),
        ("from Mobile S to Mobile L", ("mobile_s", "mobile_l")),
        ("von mobil l zurueck auf mobil s", ("mobile_l", "mobile_s")),
        ("Oekostrom bitte", ("green_power",)),
        ("okostrom", ("green_power",)),
        ("vihrea sahko", ("green_power",)),
        ("the 250 one", ("home_250",)),
        ("internet zuhause 250", ("home_250",)),
        ("what's my plan", ()),
        ("my home internet is slow", ()),
        ("mobile lasku", ()),
        ("", ()),
        ("\N{RIGHT-TO-LEFT OVERRIDE}💥 /change_plan{}", ()),
    ],
)
def test_a_plan_is_found_by_its_name(text: str, plans: tuple[str, ...]) -> None:
    assert find_plans(text, PLANS) == plans


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("something bigger please", MORE),
        ("mehr Datenvolumen", MORE),
        ("größeren Tarif", MORE),
        ("isompi liittymä", MORE),
        ("I want to downgrade", LESS),
        ("kleinerer Tarif", LESS),
        ("pienempi riittää", LESS),
        ("a cheaper one", CHEAPER),
        ("guenstiger", CHEAPER),
        ("halvempi sopimus", CHEAPER),
        ("another plan", None),
    ],
)
def test_a_wish_is_found_by_a_word(text: str, wish: str | None) -> None:
    assert find_wish(text) == wish


@pytest.mark.parametrize(
    "text",
    [
        "remove roaming",
        "Option kündigen",
        "poista lisäpalvelu",
        "cancel the add-on",
        "take it off please",
        "bitte nehmen Sie das raus",
        "ottakaa se pois",
    ],
)
def test_somebody_wants_to_be_rid_of_something(text: str) -> None:
    assert wants_removal(text)


def test_more_data_is_no_removal() -> None:
    assert not wants_removal("I need more data")
    assert not wants_removal("I am off to Spain and need roaming")
