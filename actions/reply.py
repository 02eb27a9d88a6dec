"""What an action hands back: responses by name with their facts, cards, commands, and events for the dialogue."""

from collections.abc import Iterable
from typing import Any

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.questions import Question, write_questions
from actions.slots import Event


class Reply:
    """Collects one action's outcome. No sentence stands here: Rasa words each response in the customer's language."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._dispatcher = CollectingDispatcher()

    # Any: Rasa's messages are JSON without a fixed shape.
    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self._dispatcher.messages)

    @property
    def said(self) -> list[str]:
        return [message["response"] for message in self.messages if message.get("response")]

    def say(self, response: str, **facts: str) -> None:
        self._dispatcher.utter_message(response=response, **facts)

    def offer(self, response: str, buttons: list[dict[str, str]], **facts: str) -> None:
        """Say it with buttons whose payloads hold values; Rasa's responses would take those for placeholders."""
        self._dispatcher.utter_message(response=response, buttons=buttons, **facts)

    def show(self, card: dict[str, Any]) -> None:
        self._dispatcher.utter_message(json_message={"card": card})

    def command(self, kind: str, **facts: str) -> None:
        """Ask the contact centre to do something; it words what it does."""
        self._dispatcher.utter_message(json_message={"command": {"type": kind, **facts}})

    def remember(self, slot: str, value: str | None) -> None:
        self.events.append(SlotSet(slot, value))

    def remembered(self, slot: str) -> str | None:
        """Return what this very action has put into the slot, which the dialogue does not show yet."""
        values = [event["value"] for event in self.events if event["event"] == "slot" and event["name"] == slot]
        return str(values[-1]) if values and values[-1] is not None else None

    def stop_asking(self) -> None:
        """End the form, so that it does not ask for the customer number again."""
        self.events += [ActiveLoop(None), SlotSet("requested_slot", None)]

    def go_on_with(self, action: str) -> None:
        self.events.append(FollowupAction(action))

    @property
    def goes_on(self) -> bool:
        """Say whether it was said already what comes next."""
        return any(event["event"] == "followup" for event in self.events)

    @property
    def is_handed_over(self) -> bool:
        commands = [message["custom"].get("command") for message in self.messages if message.get("custom")]
        return any(command and command["type"] == "handoff" for command in commands)

    def keep_waiting(self, questions: Iterable[Question]) -> None:
        self.remember("identity_waiting_questions", write_questions(questions))

    def keep_asked(self, questions: Iterable[Question]) -> None:
        """Keep the last question and the one before, the newest last."""
        self.remember("questions", write_questions(list(questions)[-2:]))

    def listen(self) -> None:
        """End the turn here, also where no rule would."""
        self.go_on_with("action_listen")
