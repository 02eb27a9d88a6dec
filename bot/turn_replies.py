"""What the bot says in one turn, gathered into the one reply that handoff expects."""

from typing import Any, Dict, List, Optional, Text

from rasa.core.channels.channel import OutputChannel


class TurnReplies(OutputChannel):
    """Collects texts, buttons, cards and commands instead of sending them."""

    def __init__(self) -> None:
        self.commands: List[Dict[str, Any]] = []
        self._texts: List[str] = []
        self._buttons: List[Dict[str, str]] = []
        self._card: Optional[Dict[str, Any]] = None

    @classmethod
    def name(cls) -> Text:
        return "saldo"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        # Two wishes of one message may need the same sentence, such as one that asks for the customer number.
        if message.get("text") and message["text"] not in self._texts:
            self._texts.append(message["text"])
        if message.get("buttons"):
            self._buttons = [{"title": button["title"], "payload": button["payload"]} for button in message["buttons"]]
        custom = message.get("custom") or {}
        if "card" in custom:
            self._card = custom["card"]
        if "command" in custom:
            self.commands.append(custom["command"])

    def begin_with(self, text: str) -> None:
        if text:
            self._texts.insert(0, text)

    def replies(self) -> List[Dict[str, Any]]:
        """Return one reply of all texts with the last buttons and the last card, or none."""
        if not self._texts:
            return []
        return [{"text": "\n".join(self._texts), "buttons": self._buttons, "card": self._card}]
