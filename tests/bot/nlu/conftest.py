"""Runs in the bot's environment: Rasa without the libraries that we leave out, and the trained model."""

from pathlib import Path

import pytest

from bot import lean_imports
from bot.settings import quieten_libraries
from tests.bot.domain_files import ROOT
from tests.system import missing

quieten_libraries()
lean_imports.install()

MODEL = ROOT / "var/models/saldo.tar.gz"


@pytest.fixture(scope="session")
def model() -> Path:
    if not MODEL.is_file():
        missing(f"a trained model at {MODEL}: make train")
    return MODEL


@pytest.fixture(scope="session")
def agent(model: Path):
    from rasa.core.agent import Agent

    from bot.turn_store import TurnStore

    return Agent.load(model, tracker_store=TurnStore(None))
