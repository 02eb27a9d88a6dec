"""`saldo nlu` from file to output; the bot's process is real, its model is not."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from handoff.cli import app
from handoff.commands import nlu_model
from handoff.commands.settings import ROOT

FAKE_BOT = ROOT / "tests/fakes/nlu_bot.py"


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = tmp_path / "model.tar.gz"
    model.touch()
    monkeypatch.setenv("SALDO_MODEL", str(model))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(nlu_model, "BOT_PYTHON", Path(sys.executable))
    monkeypatch.setattr(nlu_model, "PARSE", (str(FAKE_BOT),))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "texts.jsonl"


def nlu(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["nlu", *arguments])


def write(file: Path, *lines: dict[str, object]) -> None:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def results(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("fake_model")
def test_every_text_is_answered_in_order_with_its_language(file: Path):
    write(
        file,
        {"text": "greet 0.9 und wie geht es Ihnen heute"},
        {"text": "thank 0.8 so much", "lang": "fi"},
        {"text": "deny 0.7 en halua sitä ollenkaan", "lang": None},
    )

    result = nlu("parse", str(file))

    assert result.exit_code == 0
    assert results(result) == [
        {
            "text": "greet 0.9 und wie geht es Ihnen heute",
            "intent": "greet",
            "confidence": 0.9,
            "entities": [],
            "language": "de",
        },
        {"text": "thank 0.8 so much", "intent": "thank", "confidence": 0.8, "entities": [], "language": "fi"},
        {
            "text": "deny 0.7 en halua sitä ollenkaan",
            "intent": "deny",
            "confidence": 0.7,
            "entities": [],
            "language": "fi",
        },
    ]


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "greet 1"', "not JSON"),
        (b"\xff\xfe", "not in UTF-8"),
        (b'["greet 1"]', "not an object"),
        (b'{"txt": "greet 1"}', '"text" is missing'),
        (b'{"text": 5}', '"text" is missing or not a text'),
        (b'{"text": "greet 1", "lang": "sv"}', '"lang" is none of en, de, fi'),
        (b'{"text": "greet 1", "lang": ["en"]}', '"lang" is none of en, de, fi'),
        (b'{"text": "greet 1 \\ud800"}', "half a character"),
        (b"[" * 100_000, "not JSON"),
        (b'{"text": ' + b"9" * 10_000 + b"}", "not JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_answered(file: Path, line: bytes, reason: str):
    file.write_bytes(b'{"text": "greet 0.5"}\n\n' + line + b'\n{"text": "thank 0.5"}\n')

    result = nlu("parse", str(file))

    assert result.exit_code == 1
    assert f"{file}, line 3: " in result.stderr
    assert reason in result.stderr
    assert [answer["intent"] for answer in results(result)] == ["greet", "thank"]


@pytest.mark.usefixtures("fake_model")
def test_a_bot_that_dies_ends_in_one_sentence(file: Path):
    write(file, {"text": "greet 0.5"}, {"text": "die 0.5"}, {"text": "greet 0.5"})

    result = nlu("parse", str(file))

    assert result.exit_code == 1
    assert "ended with code 3" in result.stderr
    assert len(results(result)) == 1


@pytest.mark.usefixtures("fake_model")
def test_an_evaluation_has_figures_per_language_and_for_all(file: Path):
    write(
        file,
        {"text": "greet 0.9 good morning to you", "intent": "greet", "lang": "en"},
        {"text": "thank 0.9 good evening to you", "intent": "greet", "lang": "en"},
        {"text": "nlu_fallback 0.3 what is the weather", "intent": "out_of_scope", "lang": "en"},
        {"text": "nlu_fallback 0.3 guten Morgen zusammen", "intent": "greet", "lang": "de"},
    )

    result = nlu("evaluate", str(file), "--json")

    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["format"] == "saldo.nlu-evaluation/1"
    assert list(report["languages"]) == ["en", "de"]
    english, german = report["languages"].values()
    assert (english["texts"], english["in_scope"], english["accuracy"]) == (3, 2, 0.5)
    assert (english["out_of_scope_recall"], english["in_scope_lost"]) == (1.0, 0.0)
    assert english["confusions"] == [{"meant": "greet", "understood": "thank", "texts": 1}]
    assert (german["accuracy"], german["in_scope_lost"], german["out_of_scope_recall"]) == (0.0, 1.0, None)
    assert report["all"]["accuracy"] == 0.3333
    assert report["all"]["milliseconds_p95"] == 2.5


@pytest.mark.usefixtures("fake_model")
def test_an_evaluation_draws_what_people_compare(file: Path):
    write(
        file,
        {"text": "greet 0.9 good morning to you", "intent": "greet", "lang": "en"},
        {"text": "thank 0.9 hyvää huomenta teille", "intent": "greet", "lang": "fi"},
    )

    result = nlu("evaluate", str(file))

    rows = [line for line in result.stdout.splitlines() if "%" in line]
    assert "██████████  100.0%" in rows[0]
    assert "░░░░░░░░░░    0.0%" in rows[1]
    assert "█████░░░░░   50.0%" in rows[2]
    assert any(line.split() == ["fi", "greet", "thank", "1"] for line in result.stdout.splitlines())


@pytest.mark.usefixtures("fake_model")
def test_without_a_language_a_text_belongs_to_the_one_it_is_in(file: Path):
    write(file, {"text": "greet 0.9 schönen guten Morgen zusammen", "intent": "greet"})

    report = json.loads(nlu("evaluate", str(file), "--json").stdout)

    assert list(report["languages"]) == ["de"]
    assert report["all"]["language_accuracy"] is None


@pytest.mark.usefixtures("fake_model")
def test_half_a_file_is_not_measured(file: Path):
    write(file, {"text": "greet 0.9", "intent": "greet"}, {"text": "greet 0.9"})

    result = nlu("evaluate", str(file), "--json")

    assert result.exit_code == 1
    assert 'line 2: "intent" is missing' in result.stderr
    assert result.stdout == ""


@pytest.mark.usefixtures("fake_model")
def test_an_empty_file_has_nothing_to_measure(file: Path):
    file.touch()

    assert nlu("parse", str(file)).exit_code == 0
    assert nlu("evaluate", str(file)).exit_code == 1


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("command", ["parse", "evaluate"])
def test_a_file_that_is_not_there_is_named(file: Path, command: str):
    result = nlu(command, str(file))

    assert result.exit_code == 1
    assert str(file) in result.stderr
