"""Settings of the handoff process: the only place in it that reads the environment."""

from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from handoff.texts import server_texts

_LOOPBACK_TWINS = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


class SettingMissing(SystemExit):
    """A required variable is not set; the process stops with one sentence that names it."""


class Settings(BaseSettings):
    """Read once in the composition root and handed down."""

    model_config = SettingsConfigDict(env_prefix="SALDO_", env_ignore_empty=True, frozen=True, extra="ignore")

    var: Path = Path("var")
    database_url: str = ""
    bot_urls: Annotated[tuple[str, ...], NoDecode] = ("http://127.0.0.1:8005",)
    actions_url: str = "http://127.0.0.1:8055"
    bot_secret: SecretStr
    turn_secret: SecretStr
    code_pepper: SecretStr
    demo: bool = False
    public_url: str = "http://127.0.0.1:8000"
    company: str = "Nordlicht Netz"
    widget_origins: Annotated[tuple[str, ...], NoDecode] = ()
    queues: Path | None = None
    authority: Path | None = None
    web_dist: Path = Path(__file__).parent / "web" / "dist"
    bot_timeout_seconds: float = Field(default=8.0, gt=0)
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_number: str | None = None
    twilio_api_url: str | None = None
    twilio_voice_language: Literal["en", "de", "fi"] = "de"
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_tls: Literal["starttls", "implicit", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str | None = None
    push_key: SecretStr | None = None
    push_services: Annotated[tuple[str, ...], NoDecode] = (
        "fcm.googleapis.com",
        "push.services.mozilla.com",
        "push.apple.com",
        "notify.windows.com",
    )

    @field_validator("widget_origins", "bot_urls", "push_services", mode="before")
    @classmethod
    def _split_addresses(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(address.strip().rstrip("/") for address in value.split(",") if address.strip())
        return value

    @model_validator(mode="before")
    @classmethod
    def _database_stands_in_var(cls, values: dict[str, Any]) -> dict[str, Any]:
        # values come from the environment and from arguments, hence Any
        if not values.get("database_url"):
            values["database_url"] = f"sqlite:///{values.get('var', 'var')}/saldo.db"
        return values

    @property
    def own_origins(self) -> frozenset[str]:
        """The origin of the public address; a loopback address is known under both of its names."""
        parts = urlsplit(self.public_url)
        origins = {f"{parts.scheme}://{parts.netloc}"}
        twin = _LOOPBACK_TWINS.get(parts.hostname or "")
        if twin:
            origins.add(f"{parts.scheme}://{twin}" + (f":{parts.port}" if parts.port else ""))
        return frozenset(origins)

    @property
    def chat_origins(self) -> frozenset[str]:
        return self.own_origins | frozenset(self.widget_origins)

    @property
    def push_contact(self) -> str:
        """Whom a push service may ask about our messages."""
        address = parseaddr(self.mail_from or "")[1] or f"saldo@{urlsplit(self.public_url).hostname}"
        return f"mailto:{address}"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings() -> Settings:
    """Read the environment; a missing secret raises SettingMissing with one sentence."""
    try:
        return Settings()  # type: ignore[call-arg]  # the required fields come from the environment
    except ValidationError as error:
        name = "SALDO_" + str(error.errors()[0]["loc"][0]).upper()
        raise SettingMissing(server_texts().text("setting.missing", "en", name=name)) from None
