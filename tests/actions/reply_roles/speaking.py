"""Words a response in one language, as the bot does."""

from collections.abc import Mapping

from actions.reply import Reply
from tests.bot.domain_files import language_of, read_domain

TEXTS = {
    (name, language_of(variation)): str(variation["text"])
    for name, variations in read_domain()["responses"].items()
    for variation in variations
}


def said(response: str, language: str, facts: Mapping[str, object]) -> str:
    return TEXTS[response, language].format(**facts)


def spoken(reply: Reply, language: str) -> str:
    messages = [message for message in reply.messages if message["response"]]
    return "\n".join(said(message["response"], language, message) for message in messages)
