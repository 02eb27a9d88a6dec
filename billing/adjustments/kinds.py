"""The five kinds of adjustment behind two functions: what can be done, and doing it."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from billing.adjustments.adjustment import Account, Adjusted, AdjustmentKind, Choice, Wish
from billing.adjustments.arrangements import arrange, list_arrangements
from billing.adjustments.corrections import correct, list_corrections
from billing.adjustments.disputes import contest, list_disputable
from billing.adjustments.goodwill import give_goodwill, list_goodwill
from billing.adjustments.plan_changes import change_to, list_plan_changes

_LIST: Mapping[AdjustmentKind, Callable[[Session, Account], Sequence[Choice]]] = {
    AdjustmentKind.CORRECTION: list_corrections,
    AdjustmentKind.GOODWILL: list_goodwill,
    AdjustmentKind.ARRANGEMENT: list_arrangements,
    AdjustmentKind.PLAN_CHANGE: list_plan_changes,
    AdjustmentKind.DISPUTE: list_disputable,
}
_DO: Mapping[AdjustmentKind, Callable[[Session, Account, Wish], Adjusted]] = {
    AdjustmentKind.CORRECTION: correct,
    AdjustmentKind.GOODWILL: give_goodwill,
    AdjustmentKind.ARRANGEMENT: arrange,
    AdjustmentKind.PLAN_CHANGE: change_to,
    AdjustmentKind.DISPUTE: contest,
}


def list_adjustments(session: Session, account: Account, kind: AdjustmentKind) -> Sequence[Choice]:
    """Return what can be done; raise AdjustmentRefused with the reason where it is nothing.

    May note what arrangements came to by today, and locks open bills: roll it back where nothing is to be written.
    """
    return _LIST[kind](session, account)


def adjust(session: Session, account: Account, kind: AdjustmentKind, wish: Wish) -> Adjusted:
    """Do it each time it is called; raise AdjustmentRefused with nothing written."""
    with session.begin_nested():
        return _DO[kind](session, account, wish)
