"""A browser and its push service, as RFC 8030, 8291 and 8292 have them: it takes what is sealed for it and signed."""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

import http_ece
import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


def in_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class FakeBrowser:
    """One subscription; `sent` are the messages as the browser reads them, `status` what its service answers."""

    server_key: str
    endpoint: str = ENDPOINT
    status: int = 201
    sent: list[dict[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = b"sixteen bytes ok"

    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": in_base64url(point), "auth": in_base64url(self._secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def take(self, request: httpx.Request) -> httpx.Response:
        if self.status != 201:
            return httpx.Response(self.status)
        problem = self._problem(request)
        if problem:
            self.refused.append(problem)
            return httpx.Response(403)
        sealed = http_ece.decrypt(request.content, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        self.sent.append(json.loads(sealed))
        return httpx.Response(201, headers={"Location": "https://fcm.googleapis.com/m/1"})

    def _problem(self, request: httpx.Request) -> str | None:
        """Return what a push service would not take."""
        if str(request.url) != self.endpoint or request.method != "POST":
            return "address"
        if request.headers["Content-Encoding"] != "aes128gcm" or "TTL" not in request.headers:
            return "headers"
        # RFC 8292: "vapid t=<JWT>,k=<the key that the browser subscribed with>"
        signature = request.headers["Authorization"]
        fields = dict(part.split("=", 1) for part in signature.removeprefix("vapid ").split(","))
        if fields["k"] != self.server_key or not Vapid02.verify(signature):
            return "signature"
        claims = json.loads(base64.urlsafe_b64decode(fields["t"].split(".")[1] + "=="))
        is_meant = self.endpoint.startswith(f"{claims['aud']}/") and claims["sub"].startswith(("https:", "mailto:"))
        return None if is_meant and time.time() < claims["exp"] <= time.time() + 86_400 else "claims"
