"""Replies ready to send: found in the agent's words, worded in the customer's language, filled with what is known."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict

from billing.catalogue import LANGUAGES, CatalogueInvalid
from handoff.console.errors import UnfilledPlaceholder
from handoff.console.schemas import CannedOut

PLACEHOLDERS: Final = frozenset({"customer_name", "agent_name", "company", "amount_due", "due_on", "invoice_number"})
_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z_]*)\}")

Values = Mapping[str, str]


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shortcut: str
    title: str
    text: str


Replies = Mapping[str, Mapping[str, Reply]]


def find_replies(query: str, *, agent_language: str, language: str, values: Values) -> list[CannedOut]:
    """Return the replies in which every word of the query stands, by shortcut, title or text, in either language.

    A shortcut that begins with the query comes first.
    """
    wanted = query.strip().removeprefix("/").casefold()
    mine, theirs = _of(agent_language), _of(language)
    found = [key for key in theirs if all(word in _haystack(mine[key], theirs[key]) for word in wanted.split())]
    found.sort(key=lambda key: not mine[key].shortcut.casefold().startswith(wanted))
    return [_shown(key, mine[key], theirs[key], values) for key in found]


def fill(text: str, values: Values) -> str:
    """Put in what is known and leave the rest marked."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def unfilled(text: str) -> list[str]:
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def refuse_unfilled(text: str) -> None:
    """Raise when the customer would read a placeholder."""
    names = unfilled(text)
    if names:
        raise UnfilledPlaceholder(", ".join(names))


@cache
def load_replies() -> Replies:
    """Read {en,de,fi}.yml of this folder; refuse them when keys or placeholders differ or are unknown."""
    folder = Path(__file__).parent
    replies = {language: _read(folder / f"{language}.yml") for language in LANGUAGES}
    problems = list(_problems(replies))
    if problems:
        raise CatalogueInvalid(folder, problems)
    return replies


def _of(language: str) -> Mapping[str, Reply]:
    replies = load_replies()
    return replies.get(language, replies["en"])


def _haystack(mine: Reply, theirs: Reply) -> str:
    return " ".join((mine.shortcut, mine.title, mine.text, theirs.shortcut, theirs.title, theirs.text)).casefold()


def _shown(key: str, mine: Reply, theirs: Reply, values: Values) -> CannedOut:
    text = fill(theirs.text, values)
    return CannedOut(key=key, shortcut=mine.shortcut, title=mine.title, text=text, unfilled=unfilled(text))


def _read(path: Path) -> Mapping[str, Reply]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {key: Reply.model_validate(reply) for key, reply in content.items()}


def _problems(replies: Replies) -> Iterator[str]:
    for key in sorted(set().union(*replies.values())):
        missing = [language for language in LANGUAGES if key not in replies[language]]
        if missing:
            yield f"{key} is missing in {', '.join(missing)}"
            continue
        used = [frozenset(unfilled(replies[language][key].text)) for language in LANGUAGES]
        if len(set(used)) > 1 or not used[0] <= PLACEHOLDERS:
            yield f"{key} has different or unknown placeholders"
    for language in LANGUAGES:
        shortcuts = [reply.shortcut for reply in replies[language].values()]
        if len(set(shortcuts)) < len(shortcuts):
            yield f"a shortcut is used twice in {language}"
