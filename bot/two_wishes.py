"""Two wishes in one message: the message is taken apart, and both are served when both are understood.

A greeting, a thank-you or a sigh beside a wish is dropped. A message that is clearly one wish stays whole.
"""

import re
from typing import Any, Awaitable, Callable, Dict, List

# What understanding returns: intent, confidence, entities. Any: the shape is Rasa's.
Meaning = Dict[str, Any]
Understand = Callable[[str], Awaitable[Meaning]]

MAX_CLAUSES = 5
# Beyond that it is a letter, and its sentences tell one story.
MAX_CHARACTERS = 400
MIN_WORDS = 2
# What understanding the whole says in passing of each clause, by its words alone: intents with their probabilities.
GLANCES = "clauses"
# Below that in every clause, no second wish is looked for: of 760 that were found before, 755 still are.
WORTH_UNDERSTANDING = 0.2
# Calibrated probabilities. Where the whole is clear, its parts must be clearer to outweigh it.
SURE_OF_A_CLAUSE = 0.6
SURE_OF_THE_WHOLE = 0.9
SURER_OF_A_CLAUSE = 0.8

_PUNCTUATION = r"[.?!;,:\n]+"
_AND = (
    # English, German, Finnish; longer ones first. "ja" is German for yes, and at the start of a clause never alone.
    r"oh and|and also|and then|as well as|and|also|plus|besides|moreover|furthermore|by the way|"
    r"und außerdem|und ausserdem|und auch|und dann|außerdem|ausserdem|zusätzlich|zudem|sowie|und|"
    r"ja lisäksi|ja myös|ja vielä|ja sitten|ja sit|lisäksi|sekä|samalla|myös|ja"
)
_JOINT = re.compile(rf"\s*(?:{_PUNCTUATION}(?:\s+(?:{_AND})\b)?|(?<=\s)(?:{_AND})(?=\s))\s*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n")
_CONDITION = re.compile(
    r"\b(?:if|unless|otherwise|or else|wenn|falls|sofern|sonst|andernfalls|ansonsten|jos|mikäli|ellei\w*|muuten)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<=\d)[.,:](?=\d)")
# A mark that no customer text contains: control characters were dropped before.
_KEPT = "\x00"

# What is no wish of its own: beside a wish it is dropped.
ASIDE = frozenset(
    {
        "greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "ask_capabilities", "repeat", "go_back",
        "start_over", "inform", "out_of_scope", "nlu_fallback", "complain", "verify_identity", "ask_why_verify",
    }
)  # fmt: skip
# A person takes these over at once, together with what else was wished.
FOR_A_PERSON = frozenset({"speak_to_human", "third_party", "request_callback"})
# The answer may end with a list of effects and the question for a yes: what is said after it would hide that.
ASKS_FOR_A_YES = frozenset(
    {
        "change_plan", "payment_plan", "dispute_charge", "open_dispute", "request_refund", "update_details",
        "change_payment_method",
    }
)  # fmt: skip
# Both ask for the same thing in other words; the whole message says best which it is.
ALIKE = (
    frozenset({"explain_bill", "why_bill_higher", "dispute_charge"}),
    frozenset({"lower_bill", "ask_discount", "change_plan"}),
    frozenset({"cancel_service", "ask_contract_terms"}),
    frozenset({"payment_plan", "service_suspended"}),
    frozenset(
        {"verify_identity", "report_missing_code", "request_code", "ask_customer_number_location", "ask_why_verify"}
    ),
    frozenset({"third_party", "speak_to_human", "request_callback"}),
)


def split(text: str) -> List[str]:
    """Return the clauses of a message; a number such as 1,000.50 stays whole, and one word alone is no clause."""
    if len(text) > MAX_CHARACTERS:
        return [text]
    guarded = _NUMBER.sub(lambda match: f"{_KEPT}{ord(match[0])}{_KEPT}", text)
    parts = [re.sub(rf"{_KEPT}(\d+){_KEPT}", lambda m: chr(int(m[1])), part) for part in _JOINT.split(guarded)]
    clauses = [part.strip() for part in parts if len(part.split()) >= MIN_WORDS]
    return clauses[:MAX_CLAUSES] or [text]


def clauses_of(text: str) -> List[str]:
    """Return the parts of a message that has several."""
    return [clause for clause in split(text) if clause != text]


async def find_wishes(text: str, understand: Understand) -> List[Meaning]:
    """Return the meaning of the message, or those of its two wishes in the order in which they are served."""
    whole = await understand(text)
    clauses, glances = clauses_of(text), whole.pop(GLANCES, None)
    if not clauses or (len(clauses) == 1 and _is_wish(whole)):
        return [whole]
    if glances is not None and not _may_hold_another(whole, glances):
        return [whole]
    wishes = _distinct([meaning for meaning in [await understand(clause) for clause in clauses] if _is_wish(meaning)])
    if len(wishes) >= 2:
        wishes = [wish for wish in wishes if not _is_threat(wish, text)]
    if len(wishes) >= 2 and _outweigh(wishes[:2], whole):
        return _in_order([_with_numbers(wish, whole) for wish in wishes[:2]])
    if len(wishes) == 1 and not _is_wish(whole) and not _are_alike(wishes[0], whole):
        # The wish stands in one clause, its number or month perhaps in another.
        return [{**whole, "intent": wishes[0]["intent"]}]
    return [whole]


def needs_a_person(wish: Meaning) -> bool:
    return _name(wish) in FOR_A_PERSON


def _is_wish(meaning: Meaning) -> bool:
    return _name(meaning) not in ASIDE and _confidence(meaning) >= SURE_OF_A_CLAUSE


def _may_hold_another(whole: Meaning, glances: List[List[Dict[str, Any]]]) -> bool:
    """Say whether a clause may be a wish other than the whole, by its words; where the whole is unclear, it may."""
    if _name(whole) == "nlu_fallback" or _confidence(whole) < SURE_OF_A_CLAUSE:
        return True
    return any(
        intent["confidence"] >= WORTH_UNDERSTANDING
        and intent["name"] not in {*ASIDE, _name(whole)}
        and not _mean_alike(intent["name"], _name(whole))
        for glance in glances
        for intent in glance
    )


def _is_threat(wish: Meaning, text: str) -> bool:
    """Say whether a cancellation was cut from a sentence that makes it depend on something."""
    sentences = [sentence for sentence in _SENTENCE.split(text) if wish["text"] in sentence] or [text]
    return _name(wish) == "cancel_service" and any(map(_CONDITION.search, sentences))


def _distinct(wishes: List[Meaning]) -> List[Meaning]:
    """Keep the first of each intent, and of intents that mean the same thing in two ways."""
    kept: List[Meaning] = []
    for wish in wishes:
        if not any(_name(wish) == _name(other) or _are_alike(wish, other) for other in kept):
            kept.append(wish)
    return kept


def _are_alike(one: Meaning, other: Meaning) -> bool:
    return _mean_alike(_name(one), _name(other))


def _mean_alike(one: str, other: str) -> bool:
    return any({one, other} <= group for group in ALIKE)


def _outweigh(wishes: List[Meaning], whole: Meaning) -> bool:
    if not _is_wish(whole) or _confidence(whole) < SURE_OF_THE_WHOLE:
        return True
    return min(map(_confidence, wishes)) >= SURER_OF_A_CLAUSE


def _in_order(wishes: List[Meaning]) -> List[Meaning]:
    return sorted(wishes, key=lambda wish: (not needs_a_person(wish), _name(wish) in ASKS_FOR_A_YES))


def _with_numbers(wish: Meaning, whole: Meaning) -> Meaning:
    """Give each wish the customer number, wherever in the message it stands."""
    numbers = [entity for entity in whole["entities"] if entity["entity"] == "customer_number"]
    others = [entity for entity in wish["entities"] if entity["entity"] != "customer_number"]
    return {**wish, "entities": [*others, *numbers]}


def _name(meaning: Meaning) -> str:
    return str(meaning["intent"]["name"])


def _confidence(meaning: Meaning) -> float:
    return float(meaning["intent"]["confidence"] or 0.0)
