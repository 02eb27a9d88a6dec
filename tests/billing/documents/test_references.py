"""Payment references carry the check digits that banks recompute, and no two invoices share one."""

from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iso11649

from billing.documents.references import (
    finnish_check_digit,
    payment_reference,
    rf_reference,
)


def test_the_example_of_the_standard_has_its_check_digits() -> None:
    assert rf_reference("539007547034") == "RF18539007547034"


@pytest.mark.parametrize(
    ("digits", "check_digit"),
    [
        ("1234567", "2"),  # 7·7 + 6·3 + 5·1 + 4·7 + 3·3 + 2·1 + 1·7 = 118, to 120
        ("123456", "1"),  # 6·7 + 5·3 + 4·1 + 3·7 + 2·3 + 1·1 = 89, to 90
        ("19", "4"),  # 9·7 + 1·3 = 66, to 70
    ],
)
def test_the_finnish_check_digit_is_what_is_missing_to_the_next_ten(digits: str, check_digit: str) -> None:
    assert finnish_check_digit(digits) == check_digit


def test_a_german_invoice_has_an_rf_reference_that_reads_like_its_number() -> None:
    # DE2026000123RF00 in digits is 13 14 2026000123 27 15 00; 98 - that mod 97 = 58
    assert 98 - int("1314" + "2026000123" + "271500") % 97 == 58

    reference = payment_reference("DE", "DE-2026-000123")

    assert reference.rf == "RF58DE2026000123"
    assert reference.finnish is None
    assert reference.printed == "RF58 DE20 2600 0123"


def test_a_finnish_invoice_has_a_reference_number_and_the_rf_reference_made_from_it() -> None:
    # 2026000123: 3·7 + 2·3 + 1·1 + 0 + 0 + 0 + 6·7 + 2·3 + 0 + 2·7 = 90, so the check digit is 0
    reference = payment_reference("FI", "FI-2026-000123")

    assert reference.finnish == "20260001230"
    assert reference.rf == f"RF{98 - int('20260001230' + '271500') % 97:02}20260001230"
    assert reference.printed == "2 02600 01230"


@given(year=st.integers(2000, 2099), sequence=st.integers(1, 999_999_999), country=st.sampled_from(["DE", "FI"]))
@settings(deadline=None, max_examples=200)
def test_every_reference_of_our_own_series_is_valid(year: int, sequence: int, country: str) -> None:
    reference = payment_reference(country, f"{country}-{year}-{sequence:06}")

    assert iso11649.is_valid(reference.rf)
    assert (reference.finnish is not None) == (country == "FI")
    if reference.finnish is not None:
        assert is_finnish_reference(reference.finnish)


@given(number=st.text(min_size=1, max_size=40), country=st.sampled_from(["DE", "FI", "SE"]))
@settings(deadline=None, max_examples=300)
def test_any_number_of_another_system_has_a_valid_reference(number: str, country: str) -> None:
    reference = payment_reference(country, number)

    assert iso11649.is_valid(reference.rf)
    assert len(reference.rf) <= 25
    assert country != "FI" or is_finnish_reference(reference.printed)


def test_numbers_that_differ_only_in_their_dashes_or_seller_do_not_share_a_reference() -> None:
    numbers = ["FI-2026-000123", "FI2026000123", "FI-2026-0001-23", "2026000123", "DE-2026-000123", "fi-2026-000123"]

    assert len({payment_reference("FI", number).rf for number in numbers}) == len(numbers)


def is_finnish_reference(reference: str) -> bool:
    """The digits before the check digit, weighed from the right with 7, 3, 1, and the check digit make full tens."""
    digits = [int(digit) for digit in reference.replace(" ", "")]
    weighed = sum(digit * weight for digit, weight in zip(digits[-2::-1], cycle((7, 3, 1)), strict=False))
    return 4 <= len(digits) <= 20 and digits[0] != 0 and (weighed + digits[-1]) % 10 == 0
