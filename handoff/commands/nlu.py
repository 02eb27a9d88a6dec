"""`saldo nlu`."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from handoff.commands.settings import ROOT, OperatorSettings, inherited_environment
from handoff.commands.terminal import fail
from handoff.supervisor.plan import BOT_PYTHON, system_environment

app = typer.Typer(help="What the bot understands.", no_args_is_help=True)

QUIET_RASA = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
FILE_HELP = 'One JSON object a line: {"text": …, "language": …}.'


@app.callback()
def nlu() -> None:
    """What the bot understands."""


@app.command("parse")
def parse_command(
    file: Annotated[Path, typer.Argument(help=FILE_HELP, metavar="FILE.jsonl")],
) -> None:
    """Show what the trained bot understands of each line of a file.

    Prints one JSON object a line with text, intent, confidence and entities. The language is optional.
    """
    settings = OperatorSettings()
    if not BOT_PYTHON.exists():
        fail("The bot's environment is missing; run `make install`.")
    if not settings.model_file.exists():
        fail(f"There is no trained model at {settings.model_file}; run `make train`.")
    if not file.is_file():
        fail(f"There is no file {file}.")
    command = [str(BOT_PYTHON), "-m", "bot.nlu.parse", str(settings.model_file), str(file.absolute())]
    environment = system_environment(inherited_environment()) | QUIET_RASA
    raise typer.Exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
