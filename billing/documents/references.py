"""Payment references: which invoice a payment is for, in the forms that banks check.

A number of our own series becomes its reference as it reads; one from elsewhere (imported) becomes a digest of itself,
which is longer, so the two never meet.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle

WEIGHTS = (7, 3, 1)
DIGEST_DIGITS = 18
# ISO 11649 leaves 21 places after the check digits, the Finnish reference number 19 before its own.
DIGEST_PREFIX, FINNISH_DIGEST_PREFIX = "X", "9"


@dataclass(frozen=True, slots=True)
class PaymentReference:
    """What a payer writes: `rf` everywhere, `finnish` within Finland, where the first is made from the second."""

    rf: str
    finnish: str | None = None

    @property
    def printed(self) -> str:
        """Group the digits as the country's banks do."""
        return _in_fives(self.finnish) if self.finnish else _in_fours(self.rf)


def payment_reference(country: str, number: str) -> PaymentReference:
    """Return the reference of the invoice with this number; the same number always has the same one."""
    own = re.fullmatch(rf"{re.escape(country)}-([1-9]\d{{3}})-(\d{{6,9}})", number)
    if country == "FI":
        digits = own[1] + own[2] if own else FINNISH_DIGEST_PREFIX + _digest(number)
        finnish = digits + finnish_check_digit(digits)
        return PaymentReference(rf_reference(finnish), finnish)
    return PaymentReference(rf_reference(country + own[1] + own[2] if own else DIGEST_PREFIX + _digest(number)))


def finnish_check_digit(digits: str) -> str:
    """Weigh the digits from the right with 7, 3, 1 and return what is missing to the next ten."""
    weighed = sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(WEIGHTS), strict=False))
    return str(-weighed % 10)


def rf_reference(text: str) -> str:
    """Put RF and the check digits of ISO 11649 in front of up to 21 letters and digits."""
    checked = int("".join(str(int(character, 36)) for character in f"{text}RF00"))
    return f"RF{98 - checked % 97:02}{text}"


def _digest(number: str) -> str:
    value = int.from_bytes(sha256(number.encode()).digest(), "big")
    return f"{value % 10**DIGEST_DIGITS:0{DIGEST_DIGITS}}"


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _in_fives(digits: str) -> str:
    """Group from the right, as the reference number is written in Finland."""
    first = len(digits) % 5
    groups = [digits[:first], *(digits[start : start + 5] for start in range(first, len(digits), 5))]
    return " ".join(group for group in groups if group)
