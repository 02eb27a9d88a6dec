"""Every line has a title, whatever is known about it, and small print that says how its amount came about."""

import pytest

from billing.documents.formatting import Print
from billing.documents.line_texts import line_detail, line_title
from billing.documents.page import line_groups
from billing.rating.kinds import LineKind, ReasonCode
from tests.billing.documents.sample import line


@pytest.mark.parametrize("language", ["en", "de", "fi"])
@pytest.mark.parametrize("kind", list(LineKind))
def test_a_line_of_any_kind_and_reason_has_words_with_and_without_facts(kind: LineKind, language: str) -> None:
    for reason in ReasonCode:
        for name in ("Mobil L", None):
            item = line(100, kind=kind, reason=reason, name=name).item
            assert line_title(item, Print(language))
            assert "None" not in line_detail(item, Print(language))


@pytest.mark.parametrize(
    ("expected", "facts"),
    [
        (
            "12 von 31 Tagen zu 29,90 € im Monat; Tarifwechsel",
            {"kind": LineKind.PRORATION_CHARGE, "reason": ReasonCode.PLAN_CHANGE, "days": 12, "days_in_period": 31,
             "base_minor": 2990},
        ),
        (
            "verbraucht 13 GB, davon inklusive 10 GB",
            {"kind": LineKind.USAGE, "reason": ReasonCode.EXTRA_USAGE, "unit": "GB", "used": 13, "included": 10},
        ),
        (
            "außerhalb der EU; nach der Rechnung des Zeitraums gemeldet",
            {"kind": LineKind.USAGE, "reason": ReasonCode.LATE_USAGE, "unit": "GB", "used": 1, "included": 0,
             "zone": "world"},
        ),
        (
            "Staffelpreise wie vereinbart",
            {"kind": LineKind.USAGE, "reason": ReasonCode.CONSUMPTION, "unit": "kWh", "tier_1_from": 101},
        ),
        (
            "Referenz ORDER-9",
            {"kind": LineKind.THIRD_PARTY, "reason": ReasonCode.THIRD_PARTY, "reference": "X-1",
             "proof_reference": "ORDER-9"},
        ),
        (
            "zur Rechnung DE-2026-000099",
            {"kind": LineKind.INTEREST, "reason": ReasonCode.LATE_PAYMENT, "invoice_number": "DE-2026-000099"},
        ),
        ("", {"kind": LineKind.RECURRING, "reason": ReasonCode.BASE_FEE, "days": 31, "days_in_period": 31}),
    ],
)  # fmt: skip
def test_the_small_print_says_how_the_amount_came_about(expected: str, facts: dict[str, object]) -> None:
    item = line(100, **facts).item  # type: ignore[arg-type]  # the keywords of line, and facts

    assert line_detail(item, Print("de")).replace("\u00a0", " ") == expected


def test_graduated_prices_have_no_single_unit_price() -> None:
    usage = {"kind": LineKind.USAGE, "unit": "kWh", "quantity": 3, "unit_price_micro": 319_000}
    single, graduated = line(96, **usage), line(96, **usage, tier_1_from=101)  # type: ignore[arg-type]

    (group,) = line_groups([single, graduated], Print("de"))

    assert [row["unit_price"] for row in group["lines"]] == ["0,319\u00a0€", ""]


def test_lines_of_one_contract_stand_together_and_those_of_none_last() -> None:
    lines = [line(1, contract=None), line(2, contract="B"), line(3, contract="A"), line(4, contract="B")]

    groups = line_groups(lines, Print("de"))

    assert [group["heading"] for group in groups] == ["Vertrag B", "Vertrag A", "Sonstiges"]
    assert [[row["amount"] for row in group["lines"]] for group in groups] == [
        ["0,02\u00a0€", "0,04\u00a0€"],
        ["0,03\u00a0€"],
        ["0,01\u00a0€"],
    ]
