"""The screen, the export and the line over a conversation have one word for one thing."""

import re
from pathlib import Path

import pytest
import yaml

from handoff.console.errors import FileKindRefused, FileTooBig
from handoff.console.file_store import LIMIT_MEGABYTES
from handoff.texts import server_texts

ROOT = Path(__file__).parents[3] / "handoff"
LANGUAGES = ("en", "de", "fi")
_ENTRY = re.compile(r'^  (\w+):\s*"((?:[^"\\]|\\.)*)",', re.MULTILINE)


def web_texts(catalogue: str) -> dict[str, str]:
    source = (ROOT / "web/src/i18n" / catalogue).read_text()
    return dict(_ENTRY.findall(source.partition("export const demo")[0]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outcome_is_called_the_same_on_the_screen_and_in_the_export(language: str):
    shown = {key: text for key, text in web_texts(f"desk/{language}.ts").items() if key.startswith("disposition_")}
    exported = {key: server_texts().text(key.replace("_", ".", 1), language) for key in shown}
    assert shown
    assert exported == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mood_is_called_the_same_beside_the_conversation_and_in_its_line(language: str):
    desk = web_texts(f"desk/{language}.ts")
    line = yaml.safe_load((ROOT / "console/lines" / f"{language}.yml").read_text())
    for mood in ("strained", "upset"):
        assert desk[f"mood_{mood}"].lower() in line[f"sentiment.{mood}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_has_one_name(language: str):
    assert web_texts(f"desk/{language}.ts")["board"] == web_texts(f"board/{language}.ts")["board_title"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_range_of_minutes_is_worded_the_same_in_the_chat_and_on_the_phone(language: str):
    shared = web_texts(f"{language}.ts")
    ranges = [key.removeprefix("waiting_range_") for key in shared if key.startswith("waiting_range_")]
    assert {name: shared[f"waiting_range_{name}"] for name in ranges} == {
        name: server_texts().text(f"wait.range_{name}", language) for name in ranges
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_refused_in_the_same_words_by_page_and_server(language: str):
    shared = web_texts(f"{language}.ts")
    kind = server_texts().text(f"error.{FileKindRefused.__name__}", language)
    size = server_texts().text(f"error.{FileTooBig.__name__}", language, limit_megabytes=LIMIT_MEGABYTES)
    assert shared["file_kind"].endswith(kind)
    limit = f"{LIMIT_MEGABYTES} {'Mt' if language == 'fi' else 'MB'}"
    assert limit in size
    assert limit in shared["file_too_big"].replace("{limit}", str(LIMIT_MEGABYTES))


def test_the_page_knows_how_big_a_file_may_be():
    source = (ROOT / "web/src/api/chat-files.ts").read_text()
    assert f"FILE_LIMIT_MEGABYTES = {LIMIT_MEGABYTES};" in source
