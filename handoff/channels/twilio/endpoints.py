"""Twilio's addresses. Each checks the signature first; a text message is acknowledged at once and answered later."""

import logging

from fastapi import APIRouter, Response, WebSocket
from sqlalchemy.exc import DBAPIError

from handoff.channels.twilio import twiml, voice
from handoff.channels.twilio.deliveries import DeliveryReport, note_delivery
from handoff.channels.twilio.errors import RequestNotSigned
from handoff.channels.twilio.relay import run_relay
from handoff.channels.twilio.signature import SignedForm
from handoff.channels.twilio.sms import IncomingSms, take_sms
from handoff.deps import PartsDep, get_parts
from handoff.failure_log import log_failure

log = logging.getLogger(__name__)
router = APIRouter(prefix="/twilio", include_in_schema=False)


@router.post("/sms")
async def receive_sms(form: SignedForm, parts: PartsDep) -> Response:
    sms = IncomingSms.find_in(form)
    if sms is not None:
        await take_sms(parts, sms)
    return _document(twiml.no_reply())


@router.post("/sms/status")
async def receive_sms_status(form: SignedForm, parts: PartsDep) -> Response:
    report = DeliveryReport.find_in(form)
    if report is not None:
        async with parts.sessions.begin() as session:
            await note_delivery(session, report, now=parts.clock.now())
    return Response(status_code=200)


@router.post("/voice")
async def receive_call(form: SignedForm, parts: PartsDep, attempt: int = 1) -> Response:
    """Answer the call; while the database is busy the caller is asked for a moment and not hung up on."""
    call_sid = str(form.get("CallSid", ""))
    if not call_sid:
        raise RequestNotSigned
    try:
        return _document(await voice.answer_call(parts, call_sid))
    except DBAPIError as error:
        log_failure(log, error, "a call could not be answered")
        return _document(voice.answer_soon(parts, attempt))


@router.post("/voice/ended")
async def receive_end_of_socket(form: SignedForm, parts: PartsDep) -> Response:
    return _document(await voice.end_of_socket(parts, form))


@router.websocket("/relay")
async def relay(websocket: WebSocket) -> None:
    await run_relay(websocket, get_parts(websocket))


def _document(twiml_text: str) -> Response:
    return Response(twiml_text, media_type=twiml.MEDIA_TYPE)
