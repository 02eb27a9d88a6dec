"""The part of the settings that concerns Twilio, in one small shape."""

from dataclasses import dataclass

from pydantic import SecretStr

from handoff.settings import Settings


@dataclass(frozen=True)
class TwilioConfig:
    """The account that we speak for and the address by which Twilio knows us."""

    account_sid: str
    auth_token: str
    number: str
    public_url: str
    api_url: str | None
    voice_language: str
    company: str

    @property
    def can_send(self) -> bool:
        return bool(self.account_sid and self.auth_token and self.number)


def twilio_config(settings: Settings) -> TwilioConfig:
    return TwilioConfig(
        account_sid=settings.twilio_account_sid or "",
        auth_token=_revealed(settings.twilio_auth_token),
        number=settings.twilio_number or "",
        public_url=settings.public_url,
        api_url=settings.twilio_api_url,
        voice_language=settings.twilio_voice_language,
        company=settings.company,
    )


def _revealed(token: SecretStr | str | None) -> str:
    return token.get_secret_value() if isinstance(token, SecretStr) else token or ""
