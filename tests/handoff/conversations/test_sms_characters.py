"""What goes out as a text message keeps to the characters of which a segment holds 160."""

from datetime import date

import pytest

from actions.formatting import Wording
from billing.money import Money
from handoff.conversations.sms_characters import cheap_characters

# The basic alphabet of 3GPP TS 23.038 as far as our languages need it, and its extension, where each counts twice.
BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = set("^{}\\[~]|€\f")


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_amounts_as_we_write_them_stay_in_the_cheap_alphabet(language: str) -> None:
    wording = Wording(language, date(2026, 11, 21))
    written = f"{wording.signed_amount(Money(-123456, 'EUR'))} {wording.tax_rate(2550)} {wording.number(12345)}"

    assert set(cheap_characters(written)) <= BASIC | EXTENSION


def test_what_has_no_twin_stays() -> None:
    assert cheap_characters("Ayşe\N{NO-BREAK SPACE}Yılmaz – „so“") == 'Ayşe Yılmaz - "so"'
