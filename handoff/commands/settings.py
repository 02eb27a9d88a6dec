"""What the command line reads from the environment; the servers have settings of their own."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
# A bot process answers one customer at a time and holds 330 MB; more than two are for whoever has measured the need.
USUAL_BOT_PROCESSES = min(2, os.cpu_count() or 1)


class OperatorSettings(BaseSettings):
    """Where this installation lives and what it is connected to. Relative paths start at the repository's root."""

    model_config = SettingsConfigDict(env_prefix="SALDO_", env_ignore_empty=True, extra="ignore", frozen=True)

    var: Path = Path("var")
    model: Path = Path("var/models/saldo.tar.gz")
    database_url: str | None = None
    port: int = 8000
    bot_port: int = 8005
    bot_processes: int = Field(default=USUAL_BOT_PROCESSES, ge=1, le=64)
    actions_port: int = 8055
    public_url: str | None = None
    demo: bool | None = None
    queues: Path | None = None
    authority: Path | None = None
    web_dist: Path = Path("handoff/web/dist")
    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = None
    twilio_number: str | None = None
    smtp_host: str | None = None
    mail_from: str | None = None
    payment_page_url: str | None = None

    @property
    def var_folder(self) -> Path:
        return ROOT / self.var

    @property
    def model_file(self) -> Path:
        return ROOT / self.model

    @property
    def web_folder(self) -> Path:
        return ROOT / self.web_dist

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var_folder / 'saldo.db'}"

    @property
    def is_demo(self) -> bool:
        """The embedded database is a demo unless told otherwise; one that somebody named never becomes one unasked."""
        return self.database_url is None if self.demo is None else self.demo

    @property
    def handoff_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bot_ports(self) -> tuple[int, ...]:
        """One for each of the equal bot processes, counted up from the first."""
        return tuple(range(self.bot_port, self.bot_port + self.bot_processes))

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"


def inherited_environment() -> dict[str, str]:
    return dict(os.environ)
