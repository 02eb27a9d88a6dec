"""`saldo nlu`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from handoff.commands import nlu_report
from handoff.commands.nlu_lines import BadLine, Line, read_lines
from handoff.commands.nlu_metrics import Judged, confusions, measure
from handoff.commands.nlu_model import Answer, check_model, understand
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import complain, fail
from handoff.language import LANGUAGES

app = typer.Typer(help="What the bot understands.", no_args_is_help=True)

UNKNOWN_LANGUAGE = "unknown"


@app.callback()
def nlu() -> None:
    """What the bot understands."""


@app.command("parse")
def parse_command(
    file: Annotated[Path, typer.Argument(help='One JSON object a line: {"text": …, "lang": …}.', metavar="FILE.jsonl")],
) -> None:
    """Show what the trained bot understands of each line of a file.

    Prints one JSON object a line with text, intent, confidence, entities and language. The language (en, de or fi) may
    be left out: it is then identified from the text. A bad line is named on standard error, and the others are
    answered; the exit code is then 1.
    """
    settings = _checked_settings(file)
    lines, is_complete = _read(file)
    for line, answer in zip(lines, understand(settings, lines), strict=True):
        typer.echo(json.dumps(_result(line, answer), ensure_ascii=False))
    if not is_complete:
        raise typer.Exit(1)


@app.command("evaluate")
def evaluate_command(
    file: Annotated[
        Path,
        typer.Argument(help='One JSON object a line: {"text": …, "intent": …, "lang": …}.', metavar="FILE.jsonl"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every confusion.")] = False,
) -> None:
    """Measure how well the trained bot understands texts whose meaning is known.

    Shows per language how many texts in scope are understood (a rejection counts as wrong), the macro F1, how many
    texts out of scope are rejected and how many in scope are lost that way, the calibration error (ten bins), the
    identified languages of texts of three words or more, and the milliseconds per text. Figures of half a file mislead:
    one bad line, and nothing is measured.
    """
    settings = _checked_settings(file)
    lines, is_complete = _read(file, with_intent=True)
    if not is_complete:
        raise typer.Exit(1)
    if not lines:
        fail(f"There is no text in {file}.")
    answers = understand(settings, lines, timed=True)
    _report([_judge(line, answer) for line, answer in zip(lines, answers, strict=True)], as_json=as_json)


def _checked_settings(file: Path) -> OperatorSettings:
    settings = OperatorSettings()
    check_model(settings)
    if not file.is_file():
        fail(f"There is no file {file}.")
    return settings


def _read(file: Path, *, with_intent: bool = False) -> tuple[list[Line], bool]:
    """Return the good lines, and whether all are; each bad one is complained about."""
    lines = []
    is_complete = True
    for line in read_lines(file, with_intent=with_intent):
        if isinstance(line, BadLine):
            complain(str(line))
            is_complete = False
        else:
            lines.append(line)
    return lines, is_complete


def _result(line: Line, answer: Answer) -> Answer:
    return {"text": line.text, **answer, "language": line.language or line.detected}


def _judge(line: Line, answer: Answer) -> Judged:
    return Judged(
        text=line.text,
        language=line.language,
        detected=line.detected,
        meant=str(line.intent),
        understood=answer["intent"],
        confidence=answer["confidence"],
        milliseconds=answer["milliseconds"],
    )


def _report(judged: list[Judged], *, as_json: bool) -> None:
    by_language = {language: [text for text in judged if _group(text) == language] for language in _groups(judged)}
    measures = {language: measure(texts) for language, texts in by_language.items()} | {nlu_report.ALL: measure(judged)}
    found = {language: confusions(texts) for language, texts in by_language.items()}
    if as_json:
        # Not the console: it would break and colour the lines.
        typer.echo(json.dumps(nlu_report.as_json(measures, found), ensure_ascii=False, indent=2))
    else:
        nlu_report.print_report(measures, found)


def _groups(judged: list[Judged]) -> list[str]:
    present = {_group(text) for text in judged}
    return [language for language in (*LANGUAGES, UNKNOWN_LANGUAGE) if language in present]


def _group(text: Judged) -> str:
    return text.language or text.detected or UNKNOWN_LANGUAGE
