"""Who takes a push message to a browser: its own push service, by RFC 8030, encrypted for it alone by RFC 8291."""

import base64
import json
from collections.abc import Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

import http_ece
import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from handoff.push.models import PushDevice

SECONDS_KEPT: Final = 20
PATIENCE_SECONDS: Final = 5.0
_GONE: Final = frozenset({404, 410})


class PushFailed(Exception):
    """The push service did not take the message."""


class DeviceGone(PushFailed):
    """The browser no longer wants messages."""


class PushCarrier(Protocol):
    async def send(self, device: PushDevice, content: Mapping[str, str]) -> None:
        """Hand the message over; raise PushFailed or DeviceGone when it was not taken."""

    async def close(self) -> None: ...


class WebPush:
    """`key` is the private key of this installation, P-256, 32 bytes in base64url; `subject` says who sends."""

    def __init__(self, key: str, subject: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._signer = Vapid02.from_string(key)
        self._subject = subject
        self._client = httpx.AsyncClient(timeout=PATIENCE_SECONDS, follow_redirects=False, transport=transport)

    @property
    def public_key(self) -> str:
        """What a browser asks for when it subscribes: the point, uncompressed, in base64url."""
        point = self._signer.public_key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    async def send(self, device: PushDevice, content: Mapping[str, str]) -> None:
        parts = urlsplit(device.endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": self._subject}
        headers = {
            **self._signer.sign(claims),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(SECONDS_KEPT),
            "Urgency": "high",
        }
        try:
            answer = await self._client.post(device.endpoint, content=_sealed(device, content), headers=headers)
        except httpx.HTTPError as error:
            raise PushFailed(type(error).__name__) from error
        if answer.status_code in _GONE:
            raise DeviceGone
        if not answer.is_success:
            raise PushFailed(str(answer.status_code))

    async def close(self) -> None:
        await self._client.aclose()


def new_key() -> str:
    """Return a new private key."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _sealed(device: PushDevice, content: Mapping[str, str]) -> bytes:
    sealed = http_ece.encrypt(
        json.dumps(content).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=bytes_of(device.public_key),
        auth_secret=bytes_of(device.auth_secret),
        version="aes128gcm",
    )
    assert isinstance(sealed, bytes)
    return sealed


def bytes_of(text: str) -> bytes:
    """Decode base64url without padding; raise ValueError for anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
