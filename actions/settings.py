"""Settings of the actions process: the only place in it that reads the environment."""

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from billing.delivery import PaymentPageInvalid, payment_link
from billing.money import Money


class SettingMissing(SystemExit):
    """A required variable is not set; the process stops with one sentence that names it."""


class Settings(BaseSettings):
    """Read once in the composition root and handed down."""

    model_config = SettingsConfigDict(env_prefix="SALDO_", env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: str
    bot_secret: SecretStr
    turn_secret: SecretStr
    code_pepper: SecretStr
    payment_page_url: str | None = None

    @field_validator("payment_page_url")
    @classmethod
    def _payment_page_can_be_filled(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                payment_link(value, invoice_number="1", reference="1", amount=Money(1, "EUR"))
            except PaymentPageInvalid as problem:
                raise ValueError(str(problem)) from None
        return value


def load_settings() -> Settings:
    """Read the environment; a missing variable raises SettingMissing, which names it."""
    try:
        return Settings()  # type: ignore[call-arg]  # the required fields come from the environment
    except ValidationError as error:
        problem = error.errors()[0]
        what = "is not valid" if problem["loc"][0] == "payment_page_url" else "is not set"
        raise SettingMissing(f"SALDO_{str(problem['loc'][0]).upper()} {what}") from None
