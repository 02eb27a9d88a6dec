"""The line to the action server: kept open, and a failed action is remembered, which Rasa itself would swallow."""

from typing import Any, Dict, Optional, Text

import aiohttp
from jsonschema.exceptions import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.turn_store import current_turn

SECONDS_ALLOWED = 15


def check_answers_by_one_validator() -> None:
    """Rasa proves its own schema sound at every answer, which takes longer than the answer; here it does so once."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)
    validator.check_schema(schema)

    def validate_action_result(_action: RemoteAction, result: Dict[Text, Any]) -> bool:
        try:
            validator.validate(result)
        except ValidationError as error:
            current_turn.get().failure = error
            raise
        return True

    RemoteAction._validate_action_result = validate_action_result


class ActionFailed(Exception):
    """The action server did not carry out an action, so the turn has no answer."""


class ActionClient(EndpointConfig):
    """Runs actions like Rasa's own endpoint; any failure also ends up in the current turn."""

    def __init__(self, endpoint: EndpointConfig) -> None:
        super().__init__(endpoint.url, headers=endpoint.headers, **endpoint.kwargs)
        self._open_session: Optional[aiohttp.ClientSession] = None

    async def request(
        self,
        method: Text = "post",
        subpath: Optional[Text] = None,
        content_type: Optional[Text] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        # No action of ours reads the domain, the bulk of every call.
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
            timeout = aiohttp.ClientTimeout(total=SECONDS_ALLOWED)
            self._open_session = aiohttp.ClientSession(headers=self.headers, timeout=timeout)
        return self._open_session
