"""What Rasa and its libraries read from the environment at import. Our own settings reach the bot by its YAML files."""

import os


def quieten_libraries() -> None:
    """Keep Rasa from reporting usage, and SQLAlchemy from commenting on Rasa."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
