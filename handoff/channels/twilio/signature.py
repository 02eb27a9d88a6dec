"""Lets in only what Twilio has signed. Anything else is refused before a line of it is stored.

The signed address is built from SALDO_PUBLIC_URL and the path and query as they came: a Host or X-Forwarded header is
the sender's word. Without a token every request is refused.
"""

import logging
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.requests import HTTPConnection
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from handoff.channels.twilio.config import TwilioConfig, twilio_config
from handoff.channels.twilio.errors import RequestNotSigned
from handoff.deps import get_parts

LARGEST_BODY_BYTES = 65_536
FORM_TYPE = "application/x-www-form-urlencoded"
WEBSOCKET_SCHEMES = {"https": "wss", "http": "ws"}
log = logging.getLogger(__name__)


def is_signed(connection: HTTPConnection, config: TwilioConfig, params: FormData | str) -> bool:
    """Whether Twilio signed this request; `params` is the form with its blank and repeated fields, or the raw JSON."""
    signature = connection.headers.get(SIGNATURE_HEADER, "")
    if not config.auth_token or not signature:
        return False
    try:
        return bool(RequestValidator(config.auth_token).validate(signed_url(connection, config), params, signature))
    except (TypeError, ValueError):  # A JSON body without bodySHA256 in the query makes the validator raise.
        return False


def signed_url(connection: HTTPConnection, config: TwilioConfig) -> str:
    public = urlsplit(config.public_url)
    scheme = public.scheme
    if connection.scope["type"] == "websocket":
        scheme = WEBSOCKET_SCHEMES[scheme]
    raw_path: bytes = connection.scope["raw_path"]
    raw_query: bytes = connection.scope["query_string"]
    path = public.path.rstrip("/") + raw_path.decode("ascii")
    return urlunsplit((scheme, public.netloc, path, raw_query.decode("ascii"), ""))


async def signed_form(request: Request) -> FormData:
    """Return the form that Twilio signed for our account, or raise RequestNotSigned."""
    config = twilio_config(get_parts(request).settings)
    body = await _read_limited(request)
    is_form = request.headers.get("content-type", "").startswith(FORM_TYPE)
    form = FormData([*parse_qsl(body, keep_blank_values=True)] if is_form else [])
    if not is_signed(request, config, form if is_form else body):
        log.warning("twilio request refused, not signed: %s", request.url.path)
        raise RequestNotSigned
    if form.get("AccountSid") != config.account_sid:
        log.warning("twilio request refused, another account: %s", request.url.path)
        raise RequestNotSigned
    return form


SignedForm = Annotated[FormData, Depends(signed_form)]


async def _read_limited(request: Request) -> str:
    """Return the body as text; of one that is too large, no more than the limit is read."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY_BYTES:
            raise RequestNotSigned
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestNotSigned from error
