"""One plan in words: what it costs, what it includes, what more than that costs; and the button that changes to it."""

import json

from actions.formatting import Wording
from billing.rating.terms import DiscountTerms, Names, PriceTerms
from billing.terms.plan_choices import PlanChoice


def plan_name(names: Names, wording: Wording) -> str:
    return names.get(wording.language, names["en"])


def plan_line(names: Names, price: PriceTerms, wording: Wording) -> str:
    facts = {"plan": plan_name(names, wording), "price": wording.amount(price.base)}
    if price.unit is None:
        return wording.words("plan_line", **facts)
    unit_price = wording.unit_price(price.unit_price_micro, price.base.currency)
    facts |= {"unit": wording.unit(price.unit), "unit_price": unit_price}
    if not price.included:
        return wording.words("plan_line_by_unit", **facts)
    return wording.words("plan_line_with", **facts, included=wording.quantity(price.included, price.unit))


def discount_line(discount: DiscountTerms, wording: Wording) -> str:
    name = plan_name(discount.name, wording)
    if discount.amount is not None:
        return wording.words("discount_by_amount", name=name, amount=wording.amount(discount.amount))
    return wording.words("discount_by_share", name=name, share=wording.share(discount.basis_points or 0))


def change_button(choice: PlanChoice, wording: Wording, *, several: bool = False) -> dict[str, str]:
    """Make the button that shows what a change to this plan would do; it changes nothing.

    `several` contracts could have the plan: then the title says which.
    """
    price = wording.amount(choice.price.base)
    title = wording.words("button.plan", plan=plan_name(choice.plan_name, wording), price=price)
    number = choice.contract.number if several else None
    values = {"plan": choice.plan_code, "contract": str(choice.contract.id)}
    return {"title": f"{number}: {title}" if number else title, "payload": "/change_plan" + json.dumps(values)}
