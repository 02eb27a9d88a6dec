"""Terms that must not be billed as they stand: a person has to look first.

RatingError
├── PriceMissing             a day without a price
│   └── PriceGap             a day between two price versions
├── PricesOverlap            a day with two prices
├── PhasesOverlap            a day with two plans
├── EndsBeforeStart          a plan, price or discount
├── TiersInvalid             prices per unit that do not follow on one another
├── UnitUnknown, ZoneUnpriced
├── CurrencyUnknown, CurrencyMixed
├── CountryMissing, CountryUnknown
├── AmountTooLarge
└── NothingToBill, TotalNegative
"""

from datetime import date
from uuid import UUID

from billing.errors import SaldoError


class RatingError(SaldoError):
    """An account's data do not allow a bill; the account is parked and everyone else is billed."""

    status = 422


class PriceMissing(RatingError):
    """A day of a plan phase is covered by no price."""

    def __init__(self, plan_code: str, start: date, end: date) -> None:
        super().__init__(f"{plan_code} has no price from {start} to before {end}")
        self.plan_code = plan_code
        self.start = start
        self.end = end


class PriceGap(PriceMissing):
    """A price version ends and the next one begins days later."""


class PricesOverlap(RatingError):
    """Two price versions of a plan hold on one day."""

    def __init__(self, plan_code: str, day: date) -> None:
        super().__init__(f"{plan_code} has two prices on {day}")
        self.plan_code = plan_code
        self.day = day


class PhasesOverlap(RatingError):
    """A contract has two plans on one day."""

    def __init__(self, contract_id: UUID, day: date) -> None:
        super().__init__(f"contract {contract_id} has two plans on {day}")
        self.contract_id = contract_id
        self.day = day


class EndsBeforeStart(RatingError):
    """A plan phase, a price version or a discount ends before it begins; `what` says which of them."""

    def __init__(self, contract_id: UUID, what: str, start: date, end: date) -> None:
        super().__init__(f"contract {contract_id}: {what} from {start} ends on {end}")
        self.contract_id = contract_id
        self.what = what
        self.start = start
        self.end = end


class TiersInvalid(RatingError):
    """The steps of a price per unit are not in order, negative or unreadable."""

    def __init__(self, price_version_id: UUID) -> None:
        super().__init__(f"price version {price_version_id} has tiers that do not follow on one another")
        self.price_version_id = price_version_id


class UnitUnknown(RatingError):
    """Usage was reported in a unit that the plan does not price."""

    def __init__(self, contract_id: UUID, unit: str) -> None:
        super().__init__(f"contract {contract_id} used {unit}, which its plan does not price")
        self.contract_id = contract_id
        self.unit = unit


class ZoneUnpriced(RatingError):
    """Something was used outside the EU, for which the plan names no price."""

    def __init__(self, contract_id: UUID, zone: str, day: date) -> None:
        super().__init__(f"contract {contract_id} has no price for {zone} on {day}")
        self.contract_id = contract_id
        self.zone = zone
        self.day = day


class CurrencyUnknown(RatingError):
    """Somebody bills, or a price stands, in a currency that does not exist."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"no currency {currency!r}")
        self.currency = currency


class CurrencyMixed(RatingError):
    """A price is in another currency than the contract's bills."""

    def __init__(self, contract_id: UUID, expected: str, actual: str) -> None:
        super().__init__(f"contract {contract_id} is billed in {expected}, a price of it is in {actual}")
        self.contract_id = contract_id
        self.expected = expected
        self.actual = actual


class CountryMissing(RatingError):
    """It is not known where a customer lives, and so not which law holds."""

    def __init__(self, customer_number: str) -> None:
        super().__init__(f"customer {customer_number} has no country")
        self.customer_number = customer_number


class CountryUnknown(RatingError):
    """A customer lives where no law file says which rules hold."""

    def __init__(self, customer_number: str, country: str) -> None:
        super().__init__(f"customer {customer_number} lives in {country}, of which no law is known")
        self.customer_number = customer_number
        self.country = country


class AmountTooLarge(RatingError):
    """A line or the bill is beyond what the database can hold."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} is no amount or quantity of a bill")
        self.number = number


class NothingToBill(RatingError):
    """A contract runs in the period but no plan of it does."""

    def __init__(self, customer_number: str) -> None:
        super().__init__(f"customer {customer_number} has a contract without a plan")
        self.customer_number = customer_number


class TotalNegative(RatingError):
    """The lines of a bill sum to less than nothing."""

    def __init__(self, minor: int) -> None:
        super().__init__(f"the bill would be {minor} minor units")
        self.minor = minor
