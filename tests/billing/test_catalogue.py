"""A catalogue says the same things in three languages, or it does not load."""

from pathlib import Path

import pytest

from billing.catalogue import Catalogue, CatalogueInvalid
from billing.texts import billing_texts


def write(folder: Path, **texts: str) -> Path:
    for language, text in texts.items():
        (folder / f"{language}.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_text_is_found_by_language_with_its_values(tmp_path: Path) -> None:
    folder = write(tmp_path, en="hello: Hello {name}", de="hello: Guten Tag {name}", fi="hello: Hei {name}")

    assert Catalogue.load(folder).text("hello", "de", name="Frau Weber") == "Guten Tag Frau Weber"


def test_a_language_we_do_not_speak_reads_english(tmp_path: Path) -> None:
    folder = write(tmp_path, en="hello: Hello", de="hello: Guten Tag", fi="hello: Hei")

    assert Catalogue.load(folder).text("hello", "sv") == "Hello"


def test_a_key_that_one_language_lacks_is_refused_by_name(tmp_path: Path) -> None:
    folder = write(tmp_path, en="hello: Hello\nbye: Bye", de="hello: Guten Tag", fi="hello: Hei\nbye: Hei hei")

    with pytest.raises(CatalogueInvalid) as refused:
        Catalogue.load(folder)

    assert refused.value.problems == ["bye is missing in de"]


def test_placeholders_that_differ_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, en="hello: Hello {name}", de="hello: Guten Tag {nam}", fi="hello: Hei {name}")

    with pytest.raises(CatalogueInvalid) as refused:
        Catalogue.load(folder)

    assert refused.value.problems == ["hello has different placeholders"]


def test_a_value_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, en="hello: yes", de="hello: Ja", fi="hello: Kyllä")

    with pytest.raises(CatalogueInvalid):
        Catalogue.load(folder)


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_the_text_message_with_a_code_fits_into_one_and_says_what_it_must(language: str) -> None:
    text = billing_texts().text("code_sms", language, company="Nordlicht Netz", code="012345", minutes=10)

    assert len(text) <= 160
    assert text.startswith("Nordlicht Netz")
    assert "012345" in text
    assert "10 " in text
    assert "\N{NO-BREAK SPACE}" not in text
