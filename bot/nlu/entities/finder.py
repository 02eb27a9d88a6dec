"""The component that finds values in messages: fixed shapes first, then days and periods, then amounts."""

import re
from functools import lru_cache
from itertools import chain
from typing import Any, Dict, Iterator, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entities.amounts import find_amounts
from bot.nlu.entities.codes import (
    find_bank_accounts,
    find_customer_numbers,
    find_emails,
    find_invoice_numbers,
    find_phone_numbers,
)
from bot.nlu.entities.found import Found, without_overlaps
from bot.nlu.entities.times import find_dates, find_periods
from bot.nlu.entities.vocabulary import vocabulary

MAX_FOUND = 20


def find_values(text: str, language: str = "") -> List[Found]:
    """Return the values in a text in their order; no two share a word."""
    found: Iterator[Found] = chain(
        find_emails(text),
        find_invoice_numbers(text),
        find_bank_accounts(text),
        find_customer_numbers(text),
        find_phone_numbers(text, language),
        find_dates(text),
        find_periods(text),
        find_amounts(text),
        _find_languages(text),
    )
    return [each for each in without_overlaps(found) if each.entity][:MAX_FOUND]


def _find_languages(text: str) -> Iterator[Found]:
    for language, pattern in _languages().items():
        for match in pattern.finditer(text):
            yield Found.at("language", language, match)


@lru_cache(maxsize=1)
def _languages() -> Dict[str, "re.Pattern[str]"]:
    return {
        language: re.compile(rf"\b(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)
        for language, names in vocabulary("words.yml")["languages"].items()
    }


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ValueFinder(GraphComponent, EntityExtractorMixin):
    """Adds the values of a message as entities; nothing is learned."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            # What stands further back in a very long text is not looked for.
            "max_characters": 2000,
        }

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ValueFinder":
        return cls(config)

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._max_characters: int = config["max_characters"]
        # The patterns are made once, at the start, and not in somebody's first turn.
        find_values("+358 1 March")

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text:
                language = str((message.get(METADATA) or {}).get("language") or "")
                found = [self._as_entity(each) for each in find_values(text[: self._max_characters], language)]
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _as_entity(self, found: Found) -> Dict[Text, Any]:
        return {
            "entity": found.entity,
            "value": found.value,
            "start": found.start,
            "end": found.end,
            "extractor": type(self).__name__,
        }
