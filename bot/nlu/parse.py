"""Says what the trained model understands of texts: the bot's side of `saldo nlu parse` and `saldo nlu evaluate`.

Reads one JSON object a line from standard input, `{"text": …, "language": …}`, checked by the caller, and answers
each with one line on standard output, in the same order.
"""

import asyncio
import json
import logging
import sys
import time
import warnings
from itertools import islice
from typing import Any, Dict, Iterable, Iterator, List

from bot import lean_imports
from bot.settings import quieten_libraries
from bot.untrusted_text import has_words, neutralise

# One by one, each with its time, as a customer waits for it; else many at once, which is faster.
TIMED = "--timed"
BATCH = 256
ENTITY_FIELDS = ("entity", "value", "start", "end")
# As the channel: nobody is asked what a text without words means.
WORDLESS: Dict[str, Any] = {"intent": "nlu_fallback", "confidence": 0.0, "entities": []}
# The first texts of a process pay for what later ones find ready: no customer waits for these.
WARM_UP = ("What do I owe?", "Was schulde ich?", "Paljonko olen velkaa?")


def main(arguments: List[str]) -> int:
    model, *options = arguments
    quieten_libraries()
    lean_imports.install()
    # Only now: Rasa would load the heavy libraries at its import.
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    # Its log goes to standard output by default, which belongs to the results, and shows every text.
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    configure_structlog(logging.ERROR)
    # Rasa stands on libraries past their support; their warnings are of no use to an operator.
    warnings.simplefilter("ignore")
    processor = Agent.load(model).processor
    questions = (json.loads(line) for line in sys.stdin.buffer)
    for answer in (timed_answers if TIMED in options else answers)(processor, questions):
        # Escaped, so that no encoding of a terminal or pipe can fail.
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


def answers(processor: Any, questions: Iterable[Dict[str, Any]]) -> Iterator[Dict[str, Any]]:
    """Understand many texts at once. Any, here and below: Rasa ships no types."""
    questions = iter(questions)
    while batch := list(islice(questions, BATCH)):
        messages = [_message(question) for question in batch]
        understood = iter(_parse_together(processor, [message for message in messages if has_words(message.text)]))
        for message in messages:
            yield _answer(next(understood)) if has_words(message.text) else WORDLESS


def _parse_together(processor: Any, messages: List[Any]) -> List[Dict[str, Any]]:
    """Run the graph once for all, which Rasa's own way to parse does for each."""
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.shared.core.trackers import DialogueStateTracker

    if not messages:
        return []
    target = processor.model_metadata.nlu_target
    inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("nlu", [])}
    parsed = processor.graph_runner.run(inputs=inputs, targets=[target])[target]
    return [result.as_dict(only_output_properties=True) for result in parsed]


def timed_answers(processor: Any, questions: Iterable[Dict[str, Any]]) -> Iterator[Dict[str, Any]]:
    """Understand one text after another, each with its milliseconds."""
    loop = asyncio.new_event_loop()

    def answer(question: Dict[str, Any]) -> Dict[str, Any]:
        started = time.perf_counter()
        message = _message(question)
        if has_words(message.text):
            answered = _answer(loop.run_until_complete(processor.parse_message(message)))
        else:
            answered = WORDLESS
        return {**answered, "milliseconds": round((time.perf_counter() - started) * 1000, 3)}

    for text in WARM_UP:
        answer({"text": text})
    for question in questions:
        yield answer(question)
    loop.close()


def _message(question: Dict[str, Any]) -> Any:
    """Treat the text as the channel does: a slash at its start is no command."""
    from rasa.core.channels.channel import UserMessage

    language = question.get("language")
    return UserMessage(neutralise(question["text"]), metadata={"language": language} if language else None)


def _answer(parsed: Dict[str, Any]) -> Dict[str, Any]:
    return {
        "intent": parsed["intent"]["name"],
        "confidence": round(float(parsed["intent"]["confidence"]), 4),
        "entities": [{field: found.get(field) for field in ENTITY_FIELDS} for found in parsed.get("entities", [])],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
