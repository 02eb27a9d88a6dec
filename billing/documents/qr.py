"""The payment QR code of the European Payments Council (EPC069-12, version 002): banking apps fill in the transfer."""

import io
from collections.abc import Callable
from decimal import Decimal

import segno
from stdnum import bic as bic_number
from stdnum import iban as iban_number
from stdnum import iso11649
from stdnum.exceptions import ValidationError

from billing.errors import SaldoError
from billing.money import Money

MOST_NAME_CHARACTERS = 70
MOST_BYTES = 331
LEAST_MINOR, MOST_MINOR = 1, 99_999_999_999
UTF_8 = "1"


class PaymentCodeInvalid(SaldoError):
    """The guideline allows no code for these facts; `field` is the one that it forbids."""

    status = 422

    def __init__(self, field: str) -> None:
        super().__init__(f"no payment code: {field}")
        self.field = field


def epc_payload(*, name: str, iban: str, amount: Money, reference: str, bic: str = "") -> str:
    """Return the text of the code for a SEPA transfer with a structured reference (ISO 11649)."""
    lines = (
        *("BCD", "002", UTF_8, "SCT"),
        _checked("bic", bic, bic_number.validate) if bic else "",
        _name(name),
        _checked("iban", iban, iban_number.validate),
        _amount(amount),
        "",  # purpose: none
        _checked("reference", reference, iso11649.validate),
    )
    payload = "\n".join(lines)
    if len(payload.encode()) > MOST_BYTES:
        raise PaymentCodeInvalid("payload")
    return payload


def qr_svg(payload: str) -> str:
    """Draw the code as black squares with the quiet zone that readers need; error level M, as the guideline says."""
    code = segno.make(payload, error="m", mode="byte", encoding="utf-8", micro=False, boost_error=False)
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", border=4, xmldecl=False, svgns=True, nl=False)
    return drawing.getvalue().decode()


def _name(name: str) -> str:
    clean = name.strip()
    # A control character would end the field and begin another.
    if not clean or len(clean) > MOST_NAME_CHARACTERS or not clean.isprintable():
        raise PaymentCodeInvalid("name")
    return clean


def _amount(amount: Money) -> str:
    if amount.currency != "EUR":
        raise PaymentCodeInvalid("currency")
    if not LEAST_MINOR <= amount.minor <= MOST_MINOR:
        raise PaymentCodeInvalid("amount")
    return f"EUR{Decimal(amount.minor).scaleb(-2)}"


def _checked(field: str, value: str, validate: Callable[[str], str]) -> str:
    try:
        return validate(value)
    except ValidationError:
        raise PaymentCodeInvalid(field) from None
