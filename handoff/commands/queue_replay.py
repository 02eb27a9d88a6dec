"""`saldo queue replay`."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from handoff.commands.queue_log import JsonFile, load_calls, write_json
from handoff.commands.terminal import console, fail, progress_bar, say
from handoff.staffing.head_starts import ALWAYS
from handoff.staffing.line_simulation import rule_names
from handoff.staffing.replay import Accuracy, Replay, Report, basis_of, replay
from handoff.staffing.what_if import Case, what_if

File = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, help="CSV of contacts, as docs/queue-replay.md describes.", metavar="CALLS.csv"
    ),
]
Agents = Annotated[
    list[int] | None,
    typer.Option("--agents", help="So many people more (+1) or fewer (-1) at all times; may be given several times."),
]
Rules = Annotated[
    list[str] | None, typer.Option("--rule", help=f"One of {', '.join(rule_names())}; may be given several times.")
]
Within = Annotated[float, typer.Option(min=0, help="Seconds within which an answer counts as in time.")]


def replay_command(
    file: File, agents: Agents = None, rule: Rules = None, within: Within = 20.0, json_file: JsonFile = None
) -> None:
    """Replay a log: how well its waits would have been told, and what they would have been otherwise.

    The estimate learns from the first half of the days and is judged by the second.
    """
    for name in rule or ():
        if name not in rule_names():
            fail(f"{name} is not a rule; choose one of {', '.join(rule_names())}.")
    calls = load_calls(file)
    with progress_bar("Looking at the line") as tell:
        result = replay(calls, tell)
    with progress_bar("Other people and rules"):
        cases = what_if(calls, basis_of(calls), _rules(rule, calls.priority), _changes(agents), within)
    say(
        f"{len(calls)} contacts; learnt from {result.taught_days} days, judged by {result.judged_days} days after them."
    )
    _print_replay(result)
    _print_cases(cases, within)
    write_json(json_file, {"contacts": len(calls), **asdict(result), "staffing": [asdict(case) for case in cases]})


def _rules(asked: list[str] | None, priority: list[int]) -> list[str]:
    """Without several priorities all rules are one."""
    return asked or (list(rule_names()) if len(set(priority)) > 1 else ["fifo"])


def _changes(asked: list[int] | None) -> list[int]:
    return sorted({0, *(asked or (1,))})


def _print_replay(result: Replay) -> None:
    if any(result.head_starts.values()):
        say(f"Who was served first: {', '.join(_places(result.head_starts))}.")
    reports = (("Answered after a wait", result.waited), ("All answered", result.all_answered))
    for title, report in reports:
        if report is None:
            say(f"{title}: there are too few contacts to learn from and to judge by.")
        else:
            _print_report(title, report)
    if result.gave_up_past_announced is not None:
        say(f"Of those who gave up, {result.gave_up_past_announced:.1%} had waited past the end they were told.")


def _places(head_starts: Mapping[int, float]) -> Iterator[str]:
    """The priorities, beginning with the most urgent, each compared with the most frequent."""
    for priority, lead in sorted(head_starts.items(), key=lambda known: (-known[1], known[0])):
        if not lead:
            place = "in turn"
        elif abs(lead) < ALWAYS:
            place = f"{abs(lead):.0f} s {'early' if lead > 0 else 'late'}"
        else:
            place = "always first" if lead > 0 else "always last"
        yield f"priority {priority} {place}"


def _print_report(title: str, report: Report) -> None:
    table = Table(
        title=f"{title}: {report.contacts} contacts, mean wait {report.mean_wait:.0f} s", title_justify="left", box=None
    )
    table.add_column("told by")
    for heading in ("mean error", "bias", "root mean square", "within 30 s or 25 %"):
        table.add_column(heading, justify="right")
    for name, accuracy in report.accuracy.items():
        table.add_row(name, *_cells(accuracy))
    console.print(table)
    told = report.calibration
    say(
        f"Upper end exceeded: {told.upper_exceeded:.1%} as computed, {told.announced_exceeded:.1%} as announced; "
        f"{told.below_median:.1%} waited no longer than the middle."
    )
    both = report.with_those_who_gave_up
    if both.gave_up:
        say(
            f"With the {both.gave_up} who gave up: {both.upper_seen_exceeded:.1%} and "
            f"{both.announced_seen_exceeded:.1%} of all had waited longer; had they all waited on, it would have been "
            f"{both.upper_exceeded:.1%} and {both.announced_exceeded:.1%} (Kaplan and Meier)."
        )


def _cells(accuracy: Accuracy) -> tuple[str, ...]:
    return (
        f"{accuracy.mean_error:.1f} s",
        f"{accuracy.bias:+.1f} s",
        f"{accuracy.root_mean_square:.1f} s",
        f"{accuracy.within:.1%}",
    )


def _print_cases(cases: list[Case], within: float) -> None:
    table = Table(title="What the waits would have been", title_justify="left", box=None)
    for heading in ("rule", "people"):
        table.add_column(heading)
    for heading in ("mean wait", "p50", "p80", "p95", f"answered in {within:g} s", "gave up"):
        table.add_column(heading, justify="right")
    for case in cases:
        waits = case.waits
        seconds = (f"{figure:.0f} s" for figure in (waits.mean_wait, waits.p50, waits.p80, waits.p95))
        people = "as recorded" if case.rule is None else f"{case.more_people:+d}" if case.more_people else "as inferred"
        table.add_row(case.rule or "-", people, *seconds, f"{waits.answered_within:.1%}", f"{waits.abandoned:.1%}")
    console.print(table)
