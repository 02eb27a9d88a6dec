"""Hands text messages to Twilio's REST interface and sorts its refusals into those worth another try and the others."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from handoff.channels.twilio.config import TwilioConfig
from handoff.sms_carrier import RecipientOptedOut, Sms, SmsNotTaken, SmsRefused

TWILIO_API = "https://api.twilio.com"
TIMEOUT_SECONDS = 10.0
OPTED_OUT = 21610
SERVER_ERROR = 500
TOO_MANY = 20429
QUEUE_FULL = 30001
RETRYABLE_CODES = frozenset({TOO_MANY, QUEUE_FULL})
# Ours to mend (credentials, a suspended account), not the message's fault; the attempts are bounded anyway.
RETRYABLE_STATUSES = frozenset({401, 403, 408, 425, 429})
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
LONGEST_VALIDITY_SECONDS = 36_000
# One character outside GSM-7 makes the whole message two to three times as dear; these have an equal inside it.
SPACES, DASHES, QUOTES, APOSTROPHES = "\u00a0\u202f\u2009", "\u2013\u2014\u2212", "\u201e\u201c\u201d", "\u2018\u2019"
GSM_EQUALS = {
    ord(character): equal
    for characters, equal in ((SPACES, " "), (DASHES, "-"), (QUOTES, '"'), (APOSTROPHES, "'"), ("\u2026", "..."))
    for character in characters
}
Answer = TypeVar("Answer")


class TwilioCarrier:
    """One keep-alive client on threads of its own, since Twilio's library waits where it stands."""

    def __init__(self, config: TwilioConfig, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._config = config
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="twilio")
        http_client = _RedirectedClient(config.api_url or TWILIO_API, timeout_seconds)
        self._client = Client(config.account_sid, config.auth_token, http_client=http_client)

    async def send(self, sms: Sms, *, now: datetime) -> str | None:
        return await self._on_thread(lambda: self._create(sms, now))

    async def list_sent(self, sms: Sms) -> list[str]:
        return await self._on_thread(lambda: self._list_alike(sms))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _create(self, sms: Sms, now: datetime) -> str:
        optional: dict[str, object] = {}
        if sms.valid_until is not None:
            left = int((sms.valid_until - now).total_seconds())
            optional["validity_period"] = min(max(left, 1), LONGEST_VALIDITY_SECONDS)
        if self._can_be_called_back():
            optional["status_callback"] = f"{self._config.public_url}/twilio/sms/status"
        body = sms.body.translate(GSM_EQUALS)
        message = self._client.messages.create(to=sms.recipient, from_=self._config.number, body=body, **optional)
        return str(message.sid)

    def _list_alike(self, sms: Sms) -> list[str]:
        body = sms.body.translate(GSM_EQUALS)
        queued_at = sms.queued_at.replace(microsecond=0)  # Twilio tells whole seconds.
        latest = self._client.messages.list(to=sms.recipient, from_=self._config.number, limit=20)
        return [str(message.sid) for message in latest if _is_alike(message, body, queued_at)]

    def _can_be_called_back(self) -> bool:
        """Twilio refuses an address on this machine; a stand-in for Twilio on this machine does not."""
        is_real = (self._config.api_url or TWILIO_API) == TWILIO_API
        return not is_real or urlsplit(self._config.public_url).hostname not in LOOPBACK_HOSTS

    async def _on_thread(self, call: Callable[[], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, call)
        except TwilioRestException as refusal:
            raise sorted_refusal(refusal.status, refusal.code) from refusal
        except requests.RequestException as failure:
            raise SmsNotTaken(type(failure).__name__) from failure


def sorted_refusal(status: int, code: int | None) -> SmsNotTaken:
    """Sort by class, not by code: Twilio adds codes without notice."""
    name = str(code or status)
    if code == OPTED_OUT:
        return RecipientOptedOut(name)
    if code in RETRYABLE_CODES or status in RETRYABLE_STATUSES or status >= SERVER_ERROR:
        return SmsNotTaken(name)
    return SmsRefused(name)


def _is_alike(message: MessageInstance, body: str, queued_at: datetime) -> bool:
    return bool(message.body == body and message.date_created and message.date_created >= queued_at)


class _RedirectedClient(TwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """Sends to another address if the settings name one, and logs nothing: Twilio's log shows texts and numbers."""

    def __init__(self, api_url: str, timeout_seconds: float) -> None:
        super().__init__(timeout=timeout_seconds, logger=logging.Logger("twilio", level=logging.CRITICAL))
        self._api_url = api_url.rstrip("/")

    def request(self, method: str, url: str, *arguments: object, **options: object) -> Response:
        return super().request(method, url.replace(TWILIO_API, self._api_url, 1), *arguments, **options)
