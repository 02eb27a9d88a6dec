"""How `saldo nlu evaluate` shows what it measured: a table with a bar per language, or JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from handoff.commands.nlu_metrics import Confusion, Measures
from handoff.commands.terminal import console, say

FORMAT = "saldo.nlu-evaluation/1"
ALL = "all"
BAR_WIDTH = 10
SHOWN_CONFUSIONS = 15
DECIMALS = 4


def as_json(
    measures: Mapping[str, Measures], confusions: Mapping[str, Sequence[Confusion]]
) -> dict[str, Any]:  # Any: nested JSON
    """Return every figure, and every confusion per language; shares are between 0 and 1."""
    return {
        "format": FORMAT,
        "languages": {
            language: {
                **{name: _rounded(value) for name, value in asdict(found).items()},
                "confusions": [asdict(confusion) for confusion in confusions[language]],
            }
            for language, found in measures.items()
            if language != ALL
        },
        ALL: {name: _rounded(value) for name, value in asdict(measures[ALL]).items()},
    }


def print_report(measures: Mapping[str, Measures], confusions: Mapping[str, Sequence[Confusion]]) -> None:
    console.print(_table_of_understanding(measures))
    console.print(_table_of_the_rest(measures))
    if any(confusions.values()):
        console.print(_table_of_confusions(confusions))
    else:
        say("No text was misunderstood.")


def _table_of_understanding(measures: Mapping[str, Measures]) -> Table:
    table = Table(title="Understood", box=SIMPLE)
    table.add_column("Language", no_wrap=True)
    table.add_column("Texts", justify="right")
    table.add_column("Accuracy in scope", no_wrap=True)
    table.add_column("Macro F1", justify="right")
    table.add_column("Out of scope rejected", no_wrap=True)
    table.add_column("In scope lost", justify="right")
    for language, found in measures.items():
        table.add_row(
            escape(language),
            str(found.texts),
            _bar(found.accuracy),
            _number(found.macro_f1, 3),
            _bar(found.out_of_scope_recall),
            _percent(found.in_scope_lost),
        )
    return table


def _table_of_the_rest(measures: Mapping[str, Measures]) -> Table:
    table = Table("Language", title="Certainty, language and time", box=SIMPLE)
    for title in ("Calibration error", "Language identified", "ms p50", "ms p95"):
        table.add_column(title, justify="right")
    for language, found in measures.items():
        table.add_row(
            escape(language),
            _number(found.calibration_error, 3),
            _percent(found.language_accuracy),
            _number(found.milliseconds_p50, 1),
            _number(found.milliseconds_p95, 1),
        )
    return table


def _table_of_confusions(confusions: Mapping[str, Sequence[Confusion]]) -> Table:
    table = Table("Language", "Meant", "Understood", title="Most frequent confusions", box=SIMPLE)
    table.add_column("Texts", justify="right")
    found = [(language, confusion) for language, several in confusions.items() for confusion in several]
    # Sorting is stable: within a count, the languages keep their order.
    found.sort(key=lambda pair: -pair[1].texts)
    for language, confusion in found[:SHOWN_CONFUSIONS]:
        table.add_row(language, escape(confusion.meant), escape(confusion.understood), str(confusion.texts))
    if len(found) > SHOWN_CONFUSIONS:
        table.caption = f"and {len(found) - SHOWN_CONFUSIONS} more; --json lists them all"
    return table


def _bar(share: float | None) -> str:
    """Return a drawn share with its percentage, or a dash."""
    if share is None:
        return "–"
    full = round(share * BAR_WIDTH)
    return f"[green]{'█' * full}[/][dim]{'░' * (BAR_WIDTH - full)}[/] {_percent(share):>7}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def _rounded(value: float | None) -> float | None:
    return round(value, DECIMALS) if isinstance(value, float) else value
