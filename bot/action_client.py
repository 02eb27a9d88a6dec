"""The line to the action server: kept open, and a failed action is remembered, which Rasa itself would swallow."""

from typing import Any, Dict, Optional, Text

import aiohttp
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.turn_store import current_turn

SECONDS_ALLOWED = 15
# Less than the action server waits on an unused line, so that it never hangs up while a call is on its way.
KEEP_ALIVE_SECONDS = 60
# The events that our actions return, with the fields that Rasa reads without asking.
FIELDS_OF_EVENTS = {
    "slot": frozenset({"name", "value"}),
    "followup": frozenset({"name"}),
    "active_loop": frozenset({"name"}),
}


class InvalidAnswer(ValueError):
    """The action server answered something that is no answer."""


def check_answers_cheaply() -> None:
    """Replace Rasa's check of every answer by a JSON schema, which takes longer than the whole answer."""
    RemoteAction._validate_action_result = _validate_answer


def _validate_answer(_action: RemoteAction, answer: Any) -> bool:
    """Require what Rasa's schema requires of the answers that our own action server can give."""
    if not _is_answer(answer):
        error = InvalidAnswer()
        current_turn.get().failure = error
        raise error
    return True


def _is_answer(answer: Any) -> bool:
    if not isinstance(answer, dict):
        return False
    events, responses = answer.get("events", []), answer.get("responses", [])
    return (
        isinstance(events, list)
        and isinstance(responses, list)
        and all(isinstance(event, dict) and _is_event(event) for event in events)
        and all(isinstance(response, dict) for response in responses)
    )


def _is_event(event: Dict[Text, Any]) -> bool:
    needed = FIELDS_OF_EVENTS.get(str(event.get("event")))
    return needed is not None and needed <= event.keys()


class ActionFailed(Exception):
    """The action server did not carry out an action, so the turn has no answer."""


class ActionClient(EndpointConfig):
    """Runs actions like Rasa's own endpoint; any failure also ends up in the current turn."""

    def __init__(self, endpoint: EndpointConfig) -> None:
        # No action of ours reads the domain, the bulk of every call; Rasa need not even write it down.
        super().__init__(endpoint.url, headers=endpoint.headers, **{**endpoint.kwargs, "enable_selective_domain": True})
        self._open_session: Optional[aiohttp.ClientSession] = None

    async def request(
        self,
        method: Text = "post",
        subpath: Optional[Text] = None,
        content_type: Optional[Text] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        call = {**kwargs["json"], "domain": {}}
        try:
            async with self._session().post(self.url, json=call) as response:
                if response.status != 200:
                    raise ActionFailed(f"{call['next_action']} answered {response.status}")
                return await response.json()
        except Exception as error:
            current_turn.get().failure = error
            raise

    async def close(self) -> None:
        if self._open_session is not None:
            await self._open_session.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._open_session is None:
            self._open_session = aiohttp.ClientSession(
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=SECONDS_ALLOWED),
                connector=aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_SECONDS, limit=0),
            )
        return self._open_session
