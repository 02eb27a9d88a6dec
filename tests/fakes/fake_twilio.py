"""A stand-in for Twilio with a memory: takes and lists messages, refuses on demand, signs and sends webhooks.

The signature is computed here from Twilio's description, not with the library that checks it. Phone calls are in
fake_twilio_call.py.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "a-token-that-only-twilio-and-we-know"
NUMBER = "+4915735980000"
FORM = "application/x-www-form-urlencoded"
Fields = Sequence[tuple[str, str]]


class Fault(StrEnum):
    """What can go wrong with the next message."""

    opted_out = "opted_out"
    wrong_number = "wrong_number"
    too_many = "too_many"
    broken = "broken"
    answer_lost = "answer_lost"  # Taken, but the answer comes later than anybody waits.


REFUSALS = {
    Fault.opted_out: (400, 21610, "Attempt to send to unsubscribed recipient"),
    Fault.wrong_number: (400, 21211, "Invalid 'To' Phone Number"),
    Fault.too_many: (429, 20429, "Too Many Requests"),
    Fault.broken: (500, 20500, "Internal Server Error"),
}


@dataclass
class TakenMessage:
    """A message that this Twilio has taken."""

    sid: str
    recipient: str
    sender: str
    body: str
    created_at: datetime
    form: dict[str, str]
    status: str = "queued"


@dataclass
class FakeTwilio:
    """One account. `forms` holds every form that came in, also of refused messages."""

    now: Callable[[], datetime]
    messages: list[TakenMessage] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    answer_lost_seconds: float = 1.0

    def fail_next(self, *faults: Fault) -> None:
        self.faults.extend(faults)

    def app(self) -> FastAPI:
        app = FastAPI()
        path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
        app.add_api_route(path, self._create, methods=["POST"])
        app.add_api_route(path, self._list, methods=["GET"])
        return app

    async def _create(self, request: Request) -> JSONResponse:
        if not _is_ours(request):
            return _refusal(401, 20003, "Authenticate")
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.forms.append(form)
        fault = self.faults.popleft() if self.faults else None
        if fault in REFUSALS:
            return _refusal(*REFUSALS[fault])
        message = self._take(form)
        if fault is Fault.answer_lost:
            await asyncio.sleep(self.answer_lost_seconds)
        return self._answer(message_json(message), 201)

    async def _list(self, request: Request) -> JSONResponse:
        if not _is_ours(request):
            return _refusal(401, 20003, "Authenticate")
        recipient, sender = request.query_params.get("To"), request.query_params.get("From")
        found = [
            message_json(message)
            for message in reversed(self.messages)
            if recipient in (None, message.recipient) and sender in (None, message.sender)
        ]
        uri = request.url.path
        page = {"page": 0, "page_size": 50, "start": 0, "end": len(found), "uri": uri, "first_page_uri": uri}
        return self._answer(page | {"messages": found, "next_page_uri": None, "previous_page_uri": None}, 200)

    def _take(self, form: dict[str, str]) -> TakenMessage:
        sid = "SM" + secrets.token_hex(16)
        message = TakenMessage(sid, form["To"], form["From"], form["Body"], self.now(), form)
        self.messages.append(message)
        return message

    def _answer(self, content: dict[str, Any], status: int) -> JSONResponse:
        self.answers.append(content)
        return JSONResponse(content, status)


def message_json(message: TakenMessage) -> dict[str, Any]:
    base = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{message.sid}"
    created = format_datetime(message.created_at)
    return {
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": created,
        "date_sent": None,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{base}/Media.json"},
        "to": message.recipient,
        "uri": f"{base}.json",
    }


def _is_ours(request: Request) -> bool:
    expected = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
    return request.headers.get("authorization") == f"Basic {expected}"


def _refusal(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"code": code, "message": message, "status": status, "more_info": ""}, status)


def sign(url: str, fields: Iterable[tuple[str, str]] = (), token: str = AUTH_TOKEN) -> str:
    """Sign as Twilio does: the address, then each field's name and value, sorted, equal pairs once."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


@dataclass
class Webhooks:
    """Twilio calling us: every form is signed for the public address and sent to where the test has it."""

    client: httpx.AsyncClient
    public_url: str

    async def post(self, path: str, fields: Fields, *, signature: str | None = None) -> httpx.Response:
        right = sign(self.public_url + path, fields)
        headers = {"X-Twilio-Signature": right if signature is None else signature, "Content-Type": FORM}
        return await self.client.post(path, content=urlencode(fields), headers=headers)

    async def send_sms(self, sender: str, body: str, *, message_sid: str | None = None) -> httpx.Response:
        return await self.post("/twilio/sms", sms_fields(sender, body, message_sid=message_sid))

    async def report(self, message_sid: str, status: str, **more: str) -> httpx.Response:
        fields = [("AccountSid", ACCOUNT_SID), ("MessageSid", message_sid), ("MessageStatus", status), *more.items()]
        return await self.post("/twilio/sms/status", fields)


def sms_fields(sender: str, body: str, *, message_sid: str | None = None) -> list[tuple[str, str]]:
    sid = message_sid or "SM" + secrets.token_hex(16)
    return [
        ("ToCountry", "DE"),
        ("ToState", ""),
        ("SmsMessageSid", sid),
        ("NumMedia", "0"),
        ("ToCity", ""),
        ("SmsSid", sid),
        ("SmsStatus", "received"),
        ("Body", body),
        ("To", NUMBER),
        ("NumSegments", "1"),
        ("MessageSid", sid),
        ("AccountSid", ACCOUNT_SID),
        ("From", sender),
        ("ApiVersion", "2010-04-01"),
    ]
