"""Asks the trained model in the bot's own environment: one process, a line in, a line out."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.progress import Progress

from handoff.commands.nlu_lines import Line
from handoff.commands.settings import ROOT, OperatorSettings, inherited_environment
from handoff.commands.terminal import fail, problems
from handoff.processes.plan import BOT_PYTHON, system_environment

PARSE = ("-m", "bot.nlu.parse")

# Any: the entities of a text hold what the pipeline puts there.
Answer = dict[str, Any]


def check_model(settings: OperatorSettings) -> None:
    if not BOT_PYTHON.exists():
        fail("The bot's environment is missing; run `make install`.")
    if not settings.model_file.exists():
        fail(f"There is no trained model at {settings.model_file}; run `make train`.")


def understand(settings: OperatorSettings, lines: Sequence[Line], *, timed: bool = False) -> Iterator[Answer]:
    """Yield one answer per line, in order; with `timed`, one by one with the milliseconds of each."""
    command = [str(BOT_PYTHON), *PARSE, str(settings.model_file), *(["--timed"] if timed else [])]
    with tempfile.TemporaryFile() as questions:
        # A file, not a pipe: the model must be free to answer before it has read everything.
        questions.writelines(_questions(lines))
        questions.seek(0)
        environment = system_environment(inherited_environment())
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=questions, stdout=subprocess.PIPE) as bot:
            assert bot.stdout is not None
            yield from _with_progress(map(json.loads, bot.stdout), len(lines))
    if bot.returncode:
        fail(f"The trained model ended with code {bot.returncode}; is it from this version? Run `make train`.")


def _questions(lines: Iterable[Line]) -> Iterator[bytes]:
    for line in lines:
        yield json.dumps({"text": line.text, "language": line.language or line.detected}).encode() + b"\n"


def _with_progress(answers: Iterable[Answer], total: int) -> Iterator[Answer]:
    """Show on standard error how far it is; standard output belongs to the results."""
    with Progress(console=problems, transient=True, disable=not problems.is_terminal) as bar:
        yield from bar.track(answers, total=total, description="Understanding")
