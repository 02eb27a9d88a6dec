"""A small share of `python -m tests.injection`, and that what injects defects knows nothing of what finds them."""

import ast
from pathlib import Path

import pytest

from tests.effort import cases
from tests.injection import run
from tests.injection.databases import make_database
from tests.injection.measure import Result, compare

FOLDER = Path(run.__file__).parent
MEASURES = {"measure.py"}
EACH = cases(3, 10)
CLEAN = cases(100, 300)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = tmp_path_factory.mktemp("injection") / "accounts.db"
    connection = make_database(path)
    expected, clean = run.build(connection, seed=2026, each=EACH, clean=CLEAN)
    connection.execute("COMMIT")
    connection.close()
    return compare(str(path), expected, clean)


def test_every_detector_finds_its_defects(result: Result) -> None:
    missed = {name: score for name, score in result.scores.items() if score.found < score.injected}
    assert not missed, result.notes
    assert {f"A{number}" for number in range(1, 25)} <= result.scores.keys()


def test_every_amount_is_right_to_the_cent(result: Result) -> None:
    assert not any(score.wrong_amounts for score in result.scores.values()), result.notes


def test_no_wrong_cent_is_claimed_by_a_second_detector(result: Result) -> None:
    assert not any(score.false_certain or score.false_likely for score in result.scores.values()), result.notes


def test_no_clean_account_raises_an_alarm(result: Result) -> None:
    assert result.clean == CLEAN
    assert (result.clean_certain, result.clean_likely) == (0, 0), result.notes


def test_only_the_measurement_imports_what_it_measures() -> None:
    for path in FOLDER.glob("*.py"):
        imported = _imports(path)
        ours = {name for name in imported if name.split(".")[0] in {"billing", "handoff", "actions", "bot"}}
        if path.name in MEASURES:
            continue
        assert ours <= {"billing", "billing.migrations"}, path.name


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "billing":
                names |= {f"billing.{alias.name}" for alias in node.names}
            else:
                names.add(node.module)
    return names
