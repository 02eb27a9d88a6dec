"""What a customer typed, made harmless for Rasa, which reads a leading slash as a command."""

import unicodedata

# More takes longer than a turn may, and who writes more says early what it is about.
MAX_CHARACTERS = 1000
SLASHES = "/\uff0f\u2044\u2215\u29f8"


def neutralise(text: str) -> str:
    """Return one line of text that cannot be a command: no invisible characters, no slash in front."""
    # Letters with loose accents become one sign each, as the training phrases have them.
    composed = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    visible = "".join(filter(_is_shown, composed))
    return " ".join(visible.split()).lstrip(SLASHES + " ")


def has_words(text: str) -> bool:
    """Say whether there is anything to understand: emoji and punctuation alone are not."""
    return any(character.isalnum() for character in text)


def _is_shown(character: str) -> bool:
    """Drop control, format and lone surrogate characters; white space stays."""
    return character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
