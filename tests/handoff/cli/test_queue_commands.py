"""`saldo queue` as a supervisor types it, from file to table."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select
from typer.testing import CliRunner

from billing.db import make_session_factory
from handoff.cli import app
from handoff.routing.models import EstimateModel
from handoff.staffing.replay import RIVALS
from tests.databases import engine_of, of_kind
from tests.factories.call_logs import HEADER, World, make_log, write_log
from tests.factories.rough_logs import RoughWorld, make_rough_log, spoiled

GOOD = "bills,1,2026-03-02T09:00:00,2026-03-02T09:00:40,,2026-03-02T09:04:00,Mia"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_log(tmp_path_factory.mktemp("logs") / "march.csv", make_log(World(days=6, seed=4)))


def queue(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["queue", *(str(argument) for argument in arguments)])


def written(folder: Path, *rows: str) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join((",".join(HEADER), *rows, "")), encoding="utf-8")
    return path


def test_a_replay_tells_accuracy_calibration_and_other_staffing(log: Path, tmp_path: Path):
    figures = tmp_path / "figures.json"

    result = queue("replay", log, "--agents", "+1", "--agents", "-1", "--rule", "fifo", "--json", figures)

    assert result.exit_code == 0, result.output
    assert "learnt from 3 days, judged by 3 days after them" in result.stdout
    content = json.loads(figures.read_text(encoding="utf-8"))
    accuracy = content["waited"]["accuracy"]
    for name in ("estimate", *RIVALS):
        assert f"{accuracy[name]['mean_error']:.1f} s" in result.stdout
    assert f"{content['waited']['calibration']['upper_exceeded']:.1%} as computed" in result.stdout
    assert [(case["rule"], case["more_people"]) for case in content["staffing"]] == [
        (None, 0),
        ("fifo", -1),
        ("fifo", 0),
        ("fifo", 1),
    ]


def test_wrong_rows_are_named_and_left_out(tmp_path: Path):
    file = written(tmp_path, *[GOOD] * 30, "bills,1,soon,2026-03-02T09:00:40,,,")

    result = queue("replay", file)

    assert result.exit_code == 0, result.output
    assert "calls.csv, line 32, arrived_at: 'soon' is not a time" in result.stderr
    assert "1 of 31 rows were left out." in result.stderr
    assert "30 contacts" in result.stdout


def test_a_bad_export_is_used_as_far_as_it_goes_and_every_fault_is_counted(tmp_path: Path):
    rows = make_rough_log(RoughWorld(days=12, seed=6))
    file, figures = tmp_path / "export.csv", tmp_path / "figures.json"
    file.write_text("\r\n".join(spoiled(rows)), encoding="utf-8-sig", newline="")

    result = queue("replay", file, "--rule", "fifo", "--json", figures)

    assert result.exit_code == 0, result.output
    assert re.search(r"export\.csv, line \d+, answered_at: the contact was neither answered nor", result.stderr)
    assert re.search(r"export\.csv, line \d+, ended_at: is before answered_at; the contact counts", result.stderr)
    content = json.loads(figures.read_text(encoding="utf-8"))
    left_out = re.search(rf"(\d+) of {len(rows)} rows were left out\.", result.stderr)
    assert left_out
    assert content["contacts"] == len(rows) - int(left_out[1])
    assert re.search(rf"\d+ of {len(rows)} rows count without their end\.", result.stderr)
    assert "priority 2 90 s early" in result.stdout
    waited = content["waited"]
    ours = waited["accuracy"]["estimate"]["mean_error"]
    assert all(ours < waited["accuracy"][rival]["mean_error"] for rival in RIVALS)
    assert 0.10 <= waited["calibration"]["upper_exceeded"] <= 0.15
    assert waited["calibration"]["announced_exceeded"] <= 0.15
    both = waited["with_those_who_gave_up"]
    assert f"With the {both['gave_up']} who gave up" in result.stdout
    # Whoever gave up would have waited longer than those who were answered.
    assert both["upper_exceeded"] > waited["calibration"]["upper_exceeded"]


def test_a_file_that_is_mostly_wrong_is_refused_with_its_first_rows(tmp_path: Path):
    result = queue("replay", written(tmp_path, GOOD, *["bills,1,soon,,,,"] * 50))

    assert result.exit_code == 1
    assert "line 3, arrived_at" in result.stderr
    assert "30 more rows are wrong" in result.stderr
    assert "50 of 51 rows are wrong; nothing was computed." in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "arrived_at: the column is missing"),
        ("a,b,c\n1,2,3\n", "arrived_at: the column is missing"),
        (",".join(HEADER) + "\n", "has no contacts"),
        ("arrived_at,answered_at,abandoned_at,ended_at\n\x00,,,\n", "calls.csv"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_a_sentence(tmp_path: Path, content: str, said: str):
    file = tmp_path / "calls.csv"
    file.write_text(content, encoding="utf-8")

    result = queue("replay", file)

    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_rule_is_answered_with_the_known_ones(log: Path):
    result = queue("replay", log, "--rule", "random")

    assert result.exit_code == 1
    assert "random is not a rule; choose one of fifo, priority, ageing." in result.stderr


def test_figures_that_cannot_be_written_are_told(tmp_path: Path):
    result = queue("replay", written(tmp_path, GOOD, GOOD), "--json", tmp_path / "no such folder" / "figures.json")

    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_staffing_from_options_gives_the_figures_of_the_theory(tmp_path: Path):
    figures = tmp_path / "figures.json"

    result = queue(
        "staffing", "--calls", "110", "--handle", "180", "--patience", "345", "--agents", "7", "--json", figures
    )

    assert "8 people keep the promise." in result.stdout
    seven = json.loads(figures.read_text(encoding="utf-8"))["people"]["7"]
    assert seven["abandons"] == pytest.approx(0.054, abs=0.001)
    assert seven["answered_within"] == pytest.approx(0.73, abs=0.005)


def test_who_holds_three_chats_does_the_work_of_three(tmp_path: Path):
    one, three = tmp_path / "one.json", tmp_path / "three.json"

    queue("staffing", "--calls", "300", "--handle", "600", "--patience", "300", "--promise", "80/60", "--json", one)
    queue(
        "staffing",
        "--calls",
        "300",
        "--handle",
        "600",
        "--patience",
        "300",
        "--promise",
        "80/60",
        "--at-once",
        "3",
        "--json",
        three,
    )

    slots = json.loads(one.read_text(encoding="utf-8"))["needed"]
    assert json.loads(three.read_text(encoding="utf-8"))["needed"] == -(-slots // 3)


def test_without_patience_too_few_people_are_told_as_a_line_without_end(tmp_path: Path):
    figures = tmp_path / "figures.json"

    result = queue("staffing", "--calls", "110", "--handle", "180", "--agents", "5", "--json", figures)

    assert "without end" in result.stdout
    assert json.loads(figures.read_text(encoding="utf-8"))["people"]["5"]["mean_wait"] is None


def test_staffing_from_a_log_names_every_part_of_the_day(log: Path, tmp_path: Path):
    figures = tmp_path / "figures.json"

    result = queue("staffing", log, "--interval", "60", "--json", figures)

    assert result.exit_code == 0, result.output
    parts = json.loads(figures.read_text(encoding="utf-8"))["parts"]
    assert [part["begins"] for part in parts] == [f"{hour:02}:00" for hour in range(7, 24)]
    busiest, quietest = max(parts, key=lambda part: part["contacts"]), min(parts, key=lambda part: part["contacts"])
    assert busiest["needed"] > quietest["needed"]
    for part in parts:
        assert part["with_needed"]["answered_within"] >= 0.8


def test_staffing_can_be_asked_for_one_queue(log: Path):
    assert "There is no queue sales in the file" in queue("staffing", log, "--queue", "sales").stderr
    assert queue("staffing", log, "--queue", "service").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Give a file of contacts, or --calls"),
        (("--calls", "100", "--promise", "80"), "80 is not a promise"),
        (("--calls", "100", "--promise", "100/20"), "100/20 is not a promise"),
        (("--calls", "1e9", "--handle", "300"), "up to 5000 can be computed"),
    ],
)
def test_staffing_says_what_it_cannot_compute(arguments: tuple[str, ...], said: str):
    result = queue("staffing", *arguments)

    assert result.exit_code == 1
    assert said in result.stderr


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    yield url
    databases.drop(url)


def test_fitting_without_any_contact_says_that_theory_goes_on(database: str):
    result = queue("fit")

    assert result.exit_code == 0, result.output
    assert "the estimate goes by theory" in result.stdout
    engine = engine_of(database)
    with make_session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(EstimateModel)) == 1
    engine.dispose()
