"""What we send to Twilio, and what the fake Twilio answers, against the description that Twilio publishes.

The description does not belong to this repository: it is spec/json/twilio_api_v2010.json of
github.com/twilio/twilio-oai. SALDO_PUBLIC_DATA names the folder that holds it, compressed, as
twilio/twilio_api_v2010.json.gz.
"""

import gzip
import json
import os
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from handoff.channels.twilio.carrier import TwilioCarrier
from handoff.channels.twilio.config import twilio_config
from handoff.channels.twilio.deliveries import RANKS
from handoff.sms_carrier import Sms
from tests.fakes.clock import FixedClock
from tests.fakes.fake_twilio import FakeTwilio
from tests.handoff.channels.twilio.conftest import make_settings
from tests.handoff.channels.twilio.serving import serving

MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


@cache
def description() -> dict[str, Any]:
    folder = os.environ.get("SALDO_PUBLIC_DATA")
    file = Path(folder, "twilio", "twilio_api_v2010.json.gz") if folder else None
    if file is None or not file.exists():
        pytest.skip("needs Twilio's published description in the folder SALDO_PUBLIC_DATA")
    with gzip.open(file, "rt", encoding="utf-8") as text:
        content: dict[str, Any] = json.load(text)
    return content


def schema_of(*path: str) -> dict[str, Any]:
    """Return a schema as JSON Schema: OpenAPI 3.0 says of a value that may be null that it is nullable."""
    found: Any = description()
    for name in path:
        found = found[name]
    schema = _with_nulls(found)
    schema["components"] = _with_nulls(description()["components"])
    return schema


def _with_nulls(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_nulls(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _with_nulls(value) for key, value in node.items()}
    if node.pop("nullable", False):
        return {"anyOf": [node, {"type": "null"}]}
    return node


def request_schema() -> dict[str, Any]:
    content = ("requestBody", "content", "application/x-www-form-urlencoded", "schema")
    return schema_of("paths", MESSAGES, "post", *content)


def typed(form: dict[str, str], schema: dict[str, Any]) -> dict[str, Any]:
    """Read the fields of a form as the types that the description gives them."""
    kinds = {name: described.get("type") for name, described in schema["properties"].items()}
    return {name: int(value) if kinds.get(name) == "integer" else value for name, value in form.items()}


@pytest.fixture
async def used_twilio(twilio: FakeTwilio, clock: FixedClock) -> FakeTwilio:
    """A Twilio to which our carrier has sent a code, and which it has asked for what was sent."""
    sms = Sms("+4915735980001", "Ihr Code: 123456", clock.now(), clock.now() + timedelta(minutes=10))
    async with serving(twilio.app()) as api_url:
        config = twilio_config(make_settings(public_url="https://bills.example", twilio_api_url=api_url))
        carrier = TwilioCarrier(config)
        sid = await carrier.send(sms, now=clock.now())
        assert await carrier.list_sent(sms) == [sid]
    return twilio


async def test_what_we_send_has_the_fields_and_types_that_twilio_describes(used_twilio: FakeTwilio) -> None:
    schema = request_schema()
    (form,) = used_twilio.forms

    assert set(form) <= set(schema["properties"])
    assert set(form) >= {"To", "From", "Body", "ValidityPeriod", "StatusCallback"}
    jsonschema.validate(typed(form, schema), schema)


async def test_a_field_that_twilio_does_not_describe_would_be_noticed() -> None:
    schema = request_schema()

    assert "ValidityPeriode" not in schema["properties"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"Body": "no recipient"}, schema)


async def test_the_fake_answers_as_twilio_describes(used_twilio: FakeTwilio) -> None:
    created, listed = used_twilio.answers
    content = ("content", "application/json", "schema")

    jsonschema.validate(created, schema_of("paths", MESSAGES, "post", "responses", "201", *content))
    jsonschema.validate(listed, schema_of("paths", MESSAGES, "get", "responses", "200", *content))
    assert set(created) == set(description()["components"]["schemas"]["api.v2010.account.message"]["properties"])


async def test_every_state_of_a_message_that_twilio_describes_has_its_rank() -> None:
    described = set(description()["components"]["schemas"]["message_enum_status"]["enum"])

    assert described - {"receiving", "received"} == set(RANKS)
