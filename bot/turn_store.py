"""Rasa's tracker store, for one turn: the state comes in with the request and leaves, compacted, with the answer.

Stock Rasa replays every event of a conversation several times a turn. Here a conversation is its slots, its active loop
and the names of what was said in the last few turns, so a turn costs the same at depth 1 and 200. No text is kept: the
state holds intents, response names and slots only.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Optional, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

STATE_VERSION = 1
TURNS_KEPT = 4
# Set anew by the channel in every turn, or Rasa's own book-keeping.
SLOTS_NOT_KEPT = frozenset({"language", "channel", "session_started_metadata"})

State = Dict[str, Any]


class TurnNotSaved(Exception):
    """Rasa came back without having saved the tracker."""


@dataclass
class Turn:
    """What one call brings in and takes out."""

    state: Optional[State]
    slots: Dict[str, Any] = field(default_factory=dict)
    tracker: Optional[DialogueStateTracker] = None
    failure: Optional[BaseException] = None

    def finished(self) -> DialogueStateTracker:
        """Return the tracker that Rasa saved at the end of the turn."""
        if self.tracker is None:
            raise TurnNotSaved()
        return self.tracker


current_turn: ContextVar[Turn] = ContextVar("current_turn")


class TurnStore(TrackerStore):
    """Gives Rasa the tracker of the current turn and hands the finished one back to the channel."""

    def __init__(self, domain: Optional[Domain], event_broker: Optional[EventBroker] = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker, **kwargs)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        turn = current_turn.get()
        return restore_tracker(sender_id, self.domain, turn.state, turn.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        current_turn.get().tracker = tracker

    async def keys(self) -> Iterable[Text]:
        return []


def restore_tracker(
    sender_id: str, domain: Domain, state: Optional[State], slots: Dict[str, Any]
) -> DialogueStateTracker:
    """Return a tracker that listens; slots and loops that the domain no longer has are dropped."""
    known = state if state is not None and state.get("version") == STATE_VERSION else {}
    tracker = DialogueStateTracker(sender_id, domain.slots)
    kept_slots = {name: value for name, value in known.get("slots", {}).items() if name in tracker.slots}
    events: List[Event] = [event for turn in known.get("turns", []) for event in _turn_events(turn)]
    events += [SlotSet(name, value) for name, value in {**kept_slots, **slots}.items()]
    if known.get("active_loop") in domain.form_names:
        events.append(ActiveLoop(known["active_loop"]))
    # Never empty, so Rasa does not take every turn for the start of a session.
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    for event in events:
        tracker.update(event)
    return tracker


def compact(tracker: DialogueStateTracker) -> State:
    """Return what the next turn needs, as JSON."""
    return {
        "version": STATE_VERSION,
        "slots": {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value is not None and name not in SLOTS_NOT_KEPT and slot.value != slot.initial_value
        },
        "active_loop": tracker.active_loop_name,
        "turns": _list_turns(tracker)[-TURNS_KEPT:],
    }


def join_last_turns(state: State) -> State:
    """Make one turn of the last two: two wishes of one message are one turn, whose every word a yes may answer."""
    *others, first, second = state["turns"]
    joined = {"intent": first["intent"], "said": [*first["said"], *second["said"]]}
    return {**state, "turns": [*others, joined]}


def _turn_events(turn: Dict[str, Any]) -> List[Event]:
    return [
        ActionExecuted(ACTION_LISTEN_NAME),
        UserUttered(intent={"name": turn["intent"], "confidence": 1.0}),
        *(BotUttered(metadata={"utter_action": name}) for name in turn["said"]),
    ]


def _list_turns(tracker: DialogueStateTracker) -> List[Dict[str, Any]]:
    turns: List[Dict[str, Any]] = []
    for event in tracker.events:
        if isinstance(event, UserUttered):
            turns.append({"intent": event.intent_name, "said": []})
        elif isinstance(event, BotUttered) and turns and event.metadata.get("utter_action"):
            turns[-1]["said"].append(event.metadata["utter_action"])
    return turns
