"""The placeholders stand in at import and never act."""

import subprocess
import sys

import pytest

from tests.bot.domain_files import ROOT

LOADS_A_MODEL = """
import sys
from bot import lean_imports
lean_imports.install()
from rasa.core.agent import Agent
from bot.turn_store import TurnStore
Agent.load(sys.argv[1], tracker_store=TurnStore(None))
heavy = [name for name in lean_imports.UNUSED_LIBRARIES if hasattr(sys.modules.get(name), "__file__")]
print(heavy)
"""


def test_a_loaded_model_has_not_imported_a_heavy_library(model):
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADS_A_MODEL, str(model)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert finished.stdout.splitlines()[-1] == "[]"


def test_whoever_uses_a_placeholder_gets_an_error():
    import tensorflow

    with pytest.raises(RuntimeError, match="leaves out"):
        tensorflow.constant(1, 2)


def test_other_libraries_are_the_real_ones():
    import numpy
    import sklearn

    assert numpy.__file__
    assert sklearn.__file__
