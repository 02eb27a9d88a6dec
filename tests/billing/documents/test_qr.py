"""The payment code holds what a banking app needs, and is refused for what the guideline (EPC069-12) forbids."""

import pytest

from billing.documents.qr import PaymentCodeInvalid, epc_payload
from billing.money import Money

PRICE = Money(1230, "EUR")
IBAN, BIC, REFERENCE = "DE89370400440532013000", "COBADEFFXXX", "RF18539007547034"


def payload(
    *,
    name: str = "Nordlicht Netz GmbH",
    iban: str = IBAN,
    bic: str = BIC,
    amount: Money = PRICE,
    reference: str = REFERENCE,
) -> str:
    return epc_payload(name=name, iban=iban, bic=bic, amount=amount, reference=reference)


def test_the_lines_are_those_of_the_guideline() -> None:
    assert payload().split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        BIC,
        "Nordlicht Netz GmbH",
        IBAN,
        "EUR12.30",
        "",
        REFERENCE,
    ]


def test_a_bic_may_be_left_out_and_spaces_do_not_matter() -> None:
    lines = payload(bic="", iban="DE89 3704 0044 0532 0130 00", reference="RF18 5390 0754 7034").split("\n")

    assert (lines[4], lines[6], lines[9]) == ("", IBAN, REFERENCE)


@pytest.mark.parametrize(("minor", "written"), [(1, "EUR0.01"), (100, "EUR1.00"), (99_999_999_999, "EUR999999999.99")])
def test_amounts_are_written_with_a_point_and_two_digits(minor: int, written: str) -> None:
    assert payload(amount=Money(minor, "EUR")).split("\n")[7] == written


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("amount", {"amount": Money(0, "EUR")}),
        ("amount", {"amount": Money(-100, "EUR")}),
        ("amount", {"amount": Money(100_000_000_000, "EUR")}),
        ("currency", {"amount": Money(1230, "SEK")}),
        ("name", {"name": "  "}),
        ("name", {"name": "N" * 71}),
        ("name", {"name": "Nordlicht\nDE00"}),
        ("iban", {"iban": "DE88370400440532013000"}),
        ("iban", {"iban": ""}),
        ("bic", {"bic": "COBADE"}),
        ("reference", {"reference": "RF19539007547034"}),
        ("reference", {"reference": "Rechnung 17"}),
    ],
)
def test_what_the_guideline_forbids_is_refused(field: str, wrong: dict[str, str | Money]) -> None:
    with pytest.raises(PaymentCodeInvalid) as refusal:
        payload(**wrong)  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_the_longest_name_of_four_byte_letters_is_too_long_for_a_code() -> None:
    assert len(payload(name="ä" * 70).encode()) <= 331
    with pytest.raises(PaymentCodeInvalid) as refusal:
        payload(name="𝔫" * 70)

    assert refusal.value.field == "payload"
