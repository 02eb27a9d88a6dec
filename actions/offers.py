"""Which offer a yes is for: each yes-button carries the key of the offer that it came with."""

from hashlib import sha256

from actions.base import Work

# The value in the button's payload.
OFFER_KEY = "offer"
_KEY_LENGTH = 12


def key_of(offer: str) -> str:
    return sha256(offer.encode()).hexdigest()[:_KEY_LENGTH]


def find_agreed_offer(work: Work, slot: str) -> str | None:
    """Return the offer that is kept in the slot; None when the button pressed came with another one.

    A yes in words is for what was said last.
    """
    kept = work.dialogue.tracker.get_slot(slot)
    if not isinstance(kept, str) or not kept:
        return None
    is_in_words = bool(work.dialogue.text) or work.dialogue.intent == "affirm"
    return kept if is_in_words or work.dialogue.find_entity(OFFER_KEY) == key_of(kept) else None
