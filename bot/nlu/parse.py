"""Says what the trained model understands of each line of a file: the bot's side of `saldo nlu parse`."""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

from bot import lean_imports
from bot.untrusted_text import neutralise

ENTITY_FIELDS = ("entity", "value", "start", "end")


def main(arguments: List[str]) -> int:
    model, file = arguments
    lean_imports.install()
    # Only now: Rasa would load the heavy libraries at its import.
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    # Its log goes to standard output by default, which belongs to the results, and shows every text.
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    configure_structlog(logging.ERROR)
    asyncio.run(_parse_all(Agent.load(model), Path(file)))
    return 0


async def _parse_all(agent: Any, file: Path) -> None:  # Any: Rasa lives in the other environment
    for line in _read(file):
        understood = await _understand(agent, line["text"], line.get("language"))
        sys.stdout.write(json.dumps(understood, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _read(file: Path) -> Iterator[Dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


async def _understand(agent: Any, text: str, language: Any) -> Dict[str, Any]:
    """Treat the text as the channel does: a slash at its start is no command."""
    from rasa.core.channels.channel import UserMessage

    message = UserMessage(neutralise(text), metadata={"language": language} if language else None)
    result = await agent.processor.parse_message(message)
    return {
        "text": text,
        "intent": result["intent"]["name"],
        "confidence": round(float(result["intent"]["confidence"]), 4),
        "entities": [{field: found.get(field) for field in ENTITY_FIELDS} for found in result.get("entities", [])],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
