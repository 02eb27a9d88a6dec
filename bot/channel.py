"""Our input channel: one private endpoint that takes a turn with its state and answers with replies and the new state.

Stock channels check no secret, read a leading slash as a command and turn every error into an empty success.
"""

import gc
import hmac
import logging
from dataclasses import replace
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.action_client import ActionClient, ActionFailed, check_answers_cheaply
from bot.turn_replies import TurnReplies
from bot.turn_request import InvalidTurn, TrustedIntent, TurnRequest, read_turn
from bot.turn_store import Turn, compact, current_turn, join_last_turns
from bot.two_wishes import Meaning, find_wishes, needs_a_person
from bot.untrusted_text import has_words, neutralise

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Saldo-Secret"
INTRODUCTION = "utter_smalltalk_automated"
# These say of themselves that a machine speaks.
INTRODUCTIONS = frozenset({"utter_smalltalk_greet", "utter_smalltalk_bot"})
# One easy and one hard to understand, so that every component of the pipeline has worked once.
WARM_UP_TEXTS = ("hello", "on 3 March I paid 49.90 euros for invoice DE-2026-000001, so what is this about")


class SecretMissing(ValueError):
    """The channel was given no secret to check callers with."""

    def __init__(self) -> None:
        super().__init__("SALDO_BOT_SECRET is empty: the bot answers nobody without it.")


class SilentTurn(Exception):
    """Rasa finished a turn without a word and without a command."""


class SaldoInput(InputChannel):
    """Answers handoff, and nobody else."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> Text:
        return "saldo"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "SaldoInput":
        secret = str((credentials or {}).get("secret") or "")
        if not secret:
            raise SecretMissing()
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("saldo", __name__)

        @routes.listener("after_server_start")
        async def make_ready(app: Sanic, _loop: Any) -> None:
            use_action_client(app.ctx.agent)
            await warm_up(app.ctx.agent)

        @routes.listener("before_server_stop")
        async def close_action_client(app: Sanic, _loop: Any) -> None:
            if app.ctx.agent.processor is not None:
                await app.ctx.agent.processor.action_endpoint.close()

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            if not request.app.ctx.agent.is_ready():
                return json({"status": "no model"}, status=503)
            return json({"status": "ok"})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret):
                return _refuse(401, "WrongSecret")
            return await _answer(request)

        return routes


def use_action_client(agent: Agent) -> None:
    """Let the agent run its actions over a connection that stays open, and check their answers at less cost."""
    check_answers_cheaply()
    if agent.processor is not None and agent.action_endpoint is not None:
        agent.processor.action_endpoint = ActionClient(agent.action_endpoint)


async def warm_up(agent: Agent) -> None:
    """Load what loads at its first use, and keep the garbage collector from looking through the model in every turn."""
    if agent.processor is not None and agent.processor.model_metadata.nlu_target:
        for text in WARM_UP_TEXTS:
            await agent.processor.parse_message(UserMessage(text=text))
    gc.collect()
    gc.freeze()


async def _answer(request: Request) -> HTTPResponse:
    """Turn what can go wrong into a status; the log gets the class of an error, never its words: they may quote."""
    try:
        turn_request = read_turn(request.json)
    except SanicException:
        return _refuse(400, "InvalidJson")
    except InvalidTurn as error:
        return _refuse(422, f"InvalidTurn: {error}")
    try:
        return json(await run_turn(request.app.ctx.agent, turn_request))
    except InvalidTurn as error:
        return _refuse(422, f"InvalidTurn: {error}")
    except Exception as error:
        logger.error("turn failed: %s in conversation %s", type(error).__name__, turn_request.conversation_id)
        return _refuse(500, type(error).__name__)


async def run_turn(agent: Agent, request: TurnRequest) -> Dict[str, Any]:
    """Run one turn on the state that came with it; nothing of it stays in this process."""
    wishes = await _find_meanings(agent, request)
    replies = TurnReplies()
    tracker = await _serve(agent, request, replies, wishes, 0)
    state = compact(tracker)
    if len(wishes) > 1 and not needs_a_person(wishes[0]):
        second = replace(request, state=state, language=tracker.get_slot("language"))
        state = join_last_turns(compact(await _serve(agent, second, replies, wishes, 1)))
    if not replies.replies() and not replies.commands:
        raise SilentTurn()
    if request.state is None and request.channel == "sms":
        replies.begin_with(await _introduction(agent, tracker, said=state["turns"][-1]["said"]))
    return {
        "state": state,
        "replies": replies.replies(),
        "commands": replies.commands,
        "understood": _understood(wishes),
    }


async def _introduction(agent: Agent, tracker: DialogueStateTracker, *, said: List[str]) -> str:
    """Return what a text message must begin with: that a machine answers. Chat and telephone say so beforehand."""
    if INTRODUCTIONS.intersection(said):
        return ""
    worded = await agent.processor.nlg.generate(INTRODUCTION, tracker, TurnReplies.name())
    return str(worded["text"]) if worded else ""


def _understood(wishes: List[Meaning]) -> Dict[str, Any]:
    first = wishes[0]["intent"]
    also = {"also": wishes[1]["intent"]["name"]} if len(wishes) > 1 else {}
    return {"intent": first["name"], "confidence": first["confidence"], **also}


async def _serve(
    agent: Agent, request: TurnRequest, replies: TurnReplies, wishes: List[Meaning], place: int
) -> DialogueStateTracker:
    """Run one wish of the message through Rasa and return the tracker as it is then."""
    turn = Turn(request.state, {"language": request.language, "channel": request.channel})
    current_turn.set(turn)
    # Not agent.handle_message: its lock only guards a shared store, and waits in steps of a second.
    await agent.processor.handle_message(
        UserMessage(
            text=wishes[place]["text"],
            output_channel=replies,
            sender_id=request.conversation_id,
            parse_data=wishes[place],
            input_channel=request.channel,
            metadata={
                "turn_token": request.turn_token,
                "sub_turn": place,
                "also": wishes[1 - place]["intent"]["name"] if len(wishes) > 1 else None,
            },
        )
    )
    if turn.failure is not None:
        raise ActionFailed() from turn.failure
    return turn.finished()


async def _find_meanings(agent: Agent, request: TurnRequest) -> List[Meaning]:
    """Return what the turn means; what needs no understanding is not put to the pipeline."""
    if request.intent is not None:
        return [_known_meaning(request.intent, agent)]
    text = neutralise(request.text or "")
    if not has_words(text):
        return [_parsed(DEFAULT_NLU_FALLBACK_INTENT_NAME, {}, 0.0)]

    async def understand(clause: str) -> Meaning:
        meaning: Meaning = await agent.processor.parse_message(UserMessage(text=clause))
        return meaning

    return await find_wishes(text, understand)


def _known_meaning(intent: TrustedIntent, agent: Agent) -> Meaning:
    if intent.name not in agent.domain.intents or intent.name in DEFAULT_INTENTS:
        raise InvalidTurn("intent.name")
    return _parsed(intent.name, intent.entities, 1.0)


def _parsed(name: str, entities: Dict[str, str], confidence: float) -> Meaning:
    return {
        "text": "",
        "intent": {"name": name, "confidence": confidence},
        "entities": [{"entity": entity, "value": value} for entity, value in entities.items()],
    }


def _refuse(status: int, error: str) -> HTTPResponse:
    return json({"error": error}, status=status)
