"""The parts of the running application that a Twilio request works with."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from billing.clock import Clock
from handoff.channels.twilio.config import TwilioConfig, twilio_config
from handoff.conversations.turns import TurnRunner
from handoff.db import Sessions
from handoff.live import LiveEvents
from handoff.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the composition root has put together, seen from this edge."""

    settings: Settings
    sessions: Sessions
    runner: TurnRunner
    live: LiveEvents
    clock: Clock

    @property
    def twilio(self) -> TwilioConfig:
        return twilio_config(self.settings)

    @property
    def pepper(self) -> str:
        return self.settings.code_pepper.get_secret_value()


def parts_of(connection: HTTPConnection) -> Parts:
    state = connection.app.state
    return Parts(state.settings, state.sessions, state.runner, state.live, state.clock)


PartsDep = Annotated[Parts, Depends(parts_of)]
