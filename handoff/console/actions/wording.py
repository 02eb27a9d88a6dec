"""Facts of an adjustment in a reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date

from billing.adjustments.adjustment import Adjusted, Choice, Effect, Fact, Facts
from billing.catalogue import LANGUAGES
from billing.documents.formatting import Print
from billing.money import Money
from billing.periods import BillingPeriod
from handoff.console.actions.schemas import OptionOut, PreviewLineOut
from handoff.console.actions.texts import action_texts

# What only the customer can want.
_AGREED = frozenset({"arrangement_parts", "arrangement_later", "plan_change", "plan_change_more"})


def words(key: str, language: str, facts: Facts) -> str:
    return action_texts().text(key, language, **{name: write(fact, language) for name, fact in facts.items()})


def write(fact: Fact, language: str) -> str:
    written = Print(language)
    match fact:
        case Money():
            return written.amount(fact)
        case BillingPeriod():
            return written.period(fact)
        case date():
            return written.day(fact)
        case Mapping():
            return fact.get(language, fact["en"])
    return str(fact)


def why(code: str, language: str) -> str:
    return action_texts().text(f"why.{code}", language)


def titles(adjusted: Adjusted) -> dict[str, str]:
    """Return what was done by language, for a log that everybody reads in their own."""
    return {language: words(f"title.{adjusted.words}", language, adjusted.facts) for language in LANGUAGES}


def event(adjusted: Adjusted, language: str) -> str:
    return words(f"event.{adjusted.words}", language, adjusted.facts)


def notice(adjusted: Adjusted, language: str, above: Money | None) -> str:
    """Return what comes of it for the customer; `above`: the limit beyond which it needs an approval."""
    told: dict[str, Fact] = {"event": event(adjusted, language)}
    if above is not None:
        return words("notice.approval", language, {**told, "limit": above})
    return words("notice.agree" if adjusted.words in _AGREED else "notice.told", language, told)


def lines(effects: Sequence[Effect], language: str) -> list[PreviewLineOut]:
    return [
        PreviewLineOut(
            label=words(f"effect.{effect.words}", language, effect.facts),
            before=None if effect.before is None else write(effect.before, language),
            after=None if effect.after is None else write(effect.after, language),
        )
        for effect in effects
    ]


def option(choice: Choice, language: str) -> OptionOut:
    return OptionOut(
        id=choice.key,
        label=words(choice.words, language, choice.facts),
        detail=_detail(choice, language),
        amount_minor=_minor(choice.amount),
        minimum_minor=_minor(choice.least),
        maximum_minor=_minor(choice.most),
        latest_day=choice.latest,
    )


def _detail(choice: Choice, language: str) -> str | None:
    if choice.detail is None:
        return None
    amounts = {"amount": choice.amount, "most": choice.most}
    known = {name: amount for name, amount in amounts.items() if amount is not None}
    return words(choice.detail, language, {**choice.facts, **known})


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor
