"""The frames of Twilio's ConversationRelay socket, in and out; nothing here knows of conversations."""

import json
from dataclasses import dataclass
from typing import Any

from handoff.channels.twilio.twiml import SPEECH

Frame = dict[str, Any]  # Any: JSON as it came


@dataclass(frozen=True)
class Setup:
    """The first frame: whose call this is."""

    session_id: str
    account_sid: str
    call_sid: str
    caller: str
    token: str


@dataclass(frozen=True)
class Prompt:
    """What the caller has said, complete."""

    text: str


@dataclass(frozen=True)
class Dtmf:
    """One key of the caller's phone."""

    digit: str


@dataclass(frozen=True)
class Interrupt:
    """The caller spoke over us: what of our words was heard, and for how long."""

    heard: str
    milliseconds: int


@dataclass(frozen=True)
class RelayProblem:
    """Twilio could not use a frame of ours; its description may quote us, so it is not kept."""


Incoming = Setup | Prompt | Dtmf | Interrupt | RelayProblem


def find_incoming(raw: str) -> Incoming | None:
    """Return None for what is not a frame, for a kind that we do not know and for speech that is not complete."""
    try:
        frame = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(frame, dict):
        return None
    match frame.get("type"):
        case "setup":
            return _setup(frame)
        case "prompt" if frame.get("last", True) is True:
            return Prompt(str(frame.get("voicePrompt", "")))
        case "dtmf":
            return Dtmf(str(frame.get("digit", "")))
        case "interrupt":
            # Older accounts send the duration as text.
            milliseconds = str(frame.get("durationUntilInterruptMs", ""))
            heard = str(frame.get("utteranceUntilInterrupt", ""))
            return Interrupt(heard, int(milliseconds) if milliseconds.isdecimal() else 0)
        case "error":
            return RelayProblem()
    return None


def _setup(frame: Frame) -> Setup:
    parameters = frame.get("customParameters")
    token = parameters.get("token", "") if isinstance(parameters, dict) else ""
    return Setup(
        session_id=str(frame.get("sessionId", "")),
        account_sid=str(frame.get("accountSid", "")),
        call_sid=str(frame.get("callSid", "")),
        caller=str(frame.get("from", "")),
        token=str(token),
    )


def speech(text: str, language: str, *, last: bool) -> Frame:
    return {"type": "text", "token": text, "last": last, "lang": SPEECH[language].code, "interruptible": True}


def change_language(language: str) -> Frame:
    code = SPEECH[language].code
    return {"type": "language", "ttsLanguage": code, "transcriptionLanguage": code}


def end() -> Frame:
    return {"type": "end"}
