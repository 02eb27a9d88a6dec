"""Terms that must not be billed as they stand: a person has to look first."""

from datetime import date
from uuid import UUID

from billing.errors import SaldoError


class RatingError(SaldoError):
    """An account's data do not allow a bill; the account is parked and everyone else is billed."""

    status = 422


class PriceMissing(RatingError):
    """A day of a plan phase is covered by no price, or by two."""

    def __init__(self, plan_code: str, start: date, end: date) -> None:
        super().__init__(f"{plan_code} has not exactly one price from {start} to before {end}")
        self.plan_code = plan_code
        self.start = start
        self.end = end


class PhasesOverlap(RatingError):
    """A contract has two plans on one day."""

    def __init__(self, contract_id: UUID, day: date) -> None:
        super().__init__(f"contract {contract_id} has two plans on {day}")
        self.contract_id = contract_id
        self.day = day


class UnitUnknown(RatingError):
    """Usage was reported in a unit that the plan does not price."""

    def __init__(self, contract_id: UUID, unit: str) -> None:
        super().__init__(f"contract {contract_id} used {unit}, which its plan does not price")
        self.contract_id = contract_id
        self.unit = unit


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
