"""What a phone number tells before anything else is known: whether we can answer it, and the likely language."""

import re

E164 = re.compile(r"\+[1-9]\d{6,14}")
LANGUAGE_OF_PREFIX = {"+49": "de", "+43": "de", "+41": "de", "+358": "fi"}


def find_e164(number: str) -> str | None:
    """Return the number if a text message can go back to it; a name or a withheld number is none."""
    return number if E164.fullmatch(number) else None


def likely_language(number: str) -> str:
    """A guess for the first sentence only: the customer's own words decide later."""
    return next((language for prefix, language in LANGUAGE_OF_PREFIX.items() if number.startswith(prefix)), "en")
