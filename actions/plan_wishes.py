"""Which change of plan is meant: by the plan's name or a wish such as "a larger one", among what can be chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from actions.plan_words import CHEAPER, LESS, MORE, find_plans, find_wish
from actions.questions import Question
from actions.slots import Dialogue
from billing.terms.plan_choices import ContractChoices, PlanChoice, plan_names

PLAN, CONTRACT, WISH, PAGE = "plan", "contract", "wish", "page"
SEPARATOR = ","
FITS: Mapping[str, Callable[[PlanChoice], bool]] = {
    MORE: lambda choice: choice.includes_more,
    LESS: lambda choice: choice.includes_less,
    CHEAPER: lambda choice: choice.is_cheaper,
}


@dataclass(frozen=True)
class PlanWish:
    """What was asked for; without anything, all plans are."""

    plans: tuple[str, ...] = ()
    contract: str | None = None
    wish: str | None = None

    @classmethod
    def of(cls, dialogue: Dialogue) -> "PlanWish":
        return cls(named_plans(dialogue), dialogue.find_entity(CONTRACT), dialogue.find_entity(WISH))

    def details(self) -> Mapping[str, str]:
        """Return it as a button holds it, so that `of` reads the same wish from it."""
        held = {PLAN: SEPARATOR.join(self.plans), CONTRACT: self.contract, WISH: self.wish}
        return {name: value for name, value in held.items() if value}

    @property
    def is_open(self) -> bool:
        return not self.plans and self.wish is None

    def names_only_own(self, found: Sequence[ContractChoices]) -> bool:
        """Say whether every plan that was named is one the customer has already."""
        own = {each.contract.plan.plan_code for each in found}
        return bool(self.plans) and set(self.plans) <= own and not self.choose(found)

    def choose(self, found: Sequence[ContractChoices]) -> Sequence[PlanChoice]:
        """Return the choices that fit, those of the oldest contract first."""
        return [
            choice
            for each in found
            if self.contract in (None, str(each.contract.id))
            for choice in each.choices
            if self._fits(choice)
        ]

    def _fits(self, choice: PlanChoice) -> bool:
        if self.plans:
            return choice.plan_code in self.plans
        return self.wish is None or self.wish not in FITS or FITS[self.wish](choice)


def named_plans(dialogue: Dialogue) -> tuple[str, ...]:
    """Return the codes of all plans that were named, also where one button holds several."""
    return tuple(code for value in dialogue.find_entities(PLAN) for code in value.split(SEPARATOR))


def with_words(question: Question, text: str, session: Session) -> Question:
    """Return the question with the plan or wish that the text speaks of; what was meant before is replaced."""
    if not text:
        return question
    plans, wish = find_plans(text, plan_names(session)), find_wish(text)
    if plans:
        said = {PLAN: SEPARATOR.join(plans)}
    elif wish is not None:
        said = {WISH: wish}
    else:
        return question
    kept = {name: value for name, value in question.details.items() if name not in (PLAN, CONTRACT, WISH, PAGE)}
    return Question(question.intent, {**kept, **said})
