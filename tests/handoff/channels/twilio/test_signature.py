"""What Twilio has signed is let in, whatever its form; the slightest change of it is not."""

import hashlib
import json
from urllib.parse import parse_qsl, urlencode

import pytest
from pydantic import SecretStr
from starlette.datastructures import FormData
from starlette.requests import HTTPConnection

from handoff.channels.twilio.config import TwilioConfig, twilio_config
from handoff.channels.twilio.signature import is_signed
from handoff.settings import Settings
from tests.fakes.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, sign

PUBLIC_URL = "https://bills.example"
PATH = "/twilio/sms"
HELLO = [("Body", "Hello"), ("From", "+4915735980001")]
JSON_BODY = json.dumps({"status": "ok"})
BODY_HASH = hashlib.sha256(JSON_BODY.encode()).hexdigest()


def make_config(**other: object) -> TwilioConfig:
    values: dict[str, object] = {
        "bot_secret": "bot",
        "turn_secret": "turn",
        "code_pepper": "pepper",
        "public_url": PUBLIC_URL,
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": SecretStr(AUTH_TOKEN),
    }
    return twilio_config(Settings.model_validate(values | other))


def make_connection(
    signature: str | None, *, path: str = PATH, query: str = "", kind: str = "http", host: str = "bills.example"
) -> HTTPConnection:
    headers = [(b"host", host.encode()), (b"x-forwarded-host", host.encode()), (b"x-forwarded-proto", b"https")]
    if signature is not None:
        headers.append((b"x-twilio-signature", signature.encode()))
    raw_path = path.encode()
    return HTTPConnection({"type": kind, "raw_path": raw_path, "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(HELLO, id="plain"),
        pytest.param([("Body", ""), ("From", "+4915735980001")], id="blank body"),
        pytest.param([("MediaUrl", "b"), ("MediaUrl", "a"), ("Body", "x")], id="repeated name"),
        pytest.param([("MediaUrl", "a"), ("MediaUrl", "a")], id="repeated pair"),
        pytest.param([("Body", "Grüße 😀 100 % + 1 & 2 = 3")], id="letters and signs"),
        pytest.param([("Body", "  two spaces\n")], id="spaces kept"),
        pytest.param([*HELLO, ("SomethingNew", "2027")], id="a field that is not known yet"),
    ],
)
def test_a_signed_form_is_let_in_as_it_travels(fields: list[tuple[str, str]]) -> None:
    travelled = FormData([*parse_qsl(urlencode(fields), keep_blank_values=True)])
    connection = make_connection(sign(PUBLIC_URL + PATH, fields))

    assert is_signed(connection, make_config(), travelled)


def test_the_query_belongs_to_the_signed_address() -> None:
    signature = sign(f"{PUBLIC_URL}{PATH}?from=menu&x=%20", HELLO)

    assert is_signed(make_connection(signature, query="from=menu&x=%20"), make_config(), FormData(HELLO))
    assert not is_signed(make_connection(signature, query="from=menu"), make_config(), FormData(HELLO))


def test_json_is_let_in_with_the_hash_of_its_body_only() -> None:
    hashed = f"bodySHA256={BODY_HASH}"
    signature = sign(f"{PUBLIC_URL}{PATH}?{hashed}")

    assert is_signed(make_connection(signature, query=hashed), make_config(), JSON_BODY)
    assert not is_signed(make_connection(signature, query=hashed), make_config(), JSON_BODY + " ")
    assert not is_signed(make_connection(sign(PUBLIC_URL + PATH)), make_config(), JSON_BODY)


def test_the_public_address_may_have_a_path_of_its_own() -> None:
    config = make_config(public_url="https://bills.example/support")
    signature = sign(f"https://bills.example/support{PATH}", HELLO)

    assert is_signed(make_connection(signature), config, FormData(HELLO))


def test_a_socket_is_signed_for_its_wss_address() -> None:
    relay = "/twilio/relay"
    config = make_config()

    right = make_connection(sign(f"wss://bills.example{relay}"), path=relay, kind="websocket")
    wrong = make_connection(sign(f"https://bills.example{relay}"), path=relay, kind="websocket")

    assert is_signed(right, config, FormData())
    assert not is_signed(wrong, config, FormData())


@pytest.mark.parametrize(
    "connection",
    [
        pytest.param(make_connection(None), id="no signature"),
        pytest.param(make_connection(""), id="empty signature"),
        pytest.param(make_connection("bm90IGl0"), id="another signature"),
        pytest.param(make_connection("ü"), id="no base64"),
        pytest.param(make_connection(sign(PUBLIC_URL + PATH, HELLO, token="another token")), id="another token"),
        pytest.param(make_connection(sign(f"http://bills.example{PATH}", HELLO)), id="http for https"),
        pytest.param(make_connection(sign(f"{PUBLIC_URL}{PATH}/", HELLO)), id="a slash more"),
        pytest.param(
            make_connection(sign(f"https://evil.example{PATH}", HELLO), host="evil.example"), id="a host of the sender"
        ),
        pytest.param(make_connection(sign(PUBLIC_URL + PATH, [("Body", "Hullo"), HELLO[1]])), id="altered body"),
        pytest.param(make_connection(sign(PUBLIC_URL + PATH, HELLO[:1])), id="a field more"),
        pytest.param(make_connection(sign(PUBLIC_URL + PATH, [*HELLO, ("To", "")])), id="a blank field less"),
    ],
)
def test_anything_else_is_not_let_in(connection: HTTPConnection) -> None:
    assert not is_signed(connection, make_config(), FormData(HELLO))


@pytest.mark.parametrize("token", [None, SecretStr("")])
def test_without_a_token_of_ours_nothing_is_let_in(token: SecretStr | None) -> None:
    signature = sign(PUBLIC_URL + PATH, HELLO, token="")

    assert not is_signed(make_connection(signature), make_config(twilio_auth_token=token), FormData(HELLO))
