"""The bot's composition root: one model, one channel, one line to the actions; no HTTP API, no text in the log."""

import argparse
import logging
import sys
import warnings
from pathlib import Path

from rasa.core.run import serve_application
from rasa.core.utils import AvailableEndpoints
from rasa.shared.exceptions import RasaException
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.log_utils import configure_structlog

from bot.channel import SecretMissing

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent


def main() -> None:
    arguments = _read_arguments()
    _configure_logging()
    if not arguments.model.is_file():
        sys.exit(f"No trained model at {arguments.model}: run make train.")
    try:
        serve_application(
            str(arguments.model),
            interface=arguments.interface,
            port=arguments.port,
            credentials=str(FOLDER / "credentials.yml"),
            endpoints=AvailableEndpoints.read_endpoints(str(FOLDER / "endpoints.yml")),
            enable_api=False,
        )
    except (RasaException, SecretMissing) as error:
        sys.exit(str(error))


def _configure_logging() -> None:
    """Send everything through the privacy filter: Rasa's two logging systems, and warnings not at all."""
    configure_logging_and_warnings(logging.INFO, str(FOLDER / "logging.yml"))
    configure_structlog(logging.INFO)
    warnings.simplefilter("ignore")


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot serve", description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("var/models/saldo.tar.gz"))
    parser.add_argument("--interface", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8005)
    return parser.parse_args(sys.argv[2:])
