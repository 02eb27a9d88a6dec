"""The history of the whole database, billing's tables and handoff's."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade(url: str) -> None:
    """Bring the database to the newest version; does nothing when it is there."""
    command.upgrade(make_config(url), "head")


def make_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config
