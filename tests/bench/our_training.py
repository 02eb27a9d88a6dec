"""What our training takes with nothing kept from before."""

import os
import subprocess
import tempfile
from pathlib import Path

from tests.bench.processes import BOT_PYTHON, ROOT, children_seconds


def time_training() -> float:
    """Return processor seconds from nothing to a model; Rasa's and our own caches stay outside."""
    with tempfile.TemporaryDirectory() as folder:
        for source in ("config.yml", "data", "bot"):
            (Path(folder) / source).symlink_to(ROOT / source)
        environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "PYTHONWARNINGS": "ignore",
            "RASA_CACHE_DIRECTORY": str(Path(folder) / "rasa-cache"),
        }
        command = [BOT_PYTHON, "-m", "bot", "train", "--domain", "bot/domain", "--out", "models"]
        spent = children_seconds()
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        return children_seconds() - spent
