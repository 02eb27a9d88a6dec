"""Lays a page out as PDF with the compiler inside the typst wheel: no system fonts, no network, no files but ours.

The page goes in as JSON, so what customers are called is text to the compiler and never code.
"""

import json
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

from billing.db import JsonObject

FOLDER = Path(__file__).parent
TEMPLATE = FOLDER / "document.typ"
# Readable aloud (PDF/UA) and fit to be archived (PDF/A).
STANDARDS: list[Any] = ["ua-1", "a-3a"]  # Any: typst keeps its list of names to itself


def render_pdf(page: JsonObject, *, dated: date) -> bytes:
    """Return the PDF; the same page always has the same bytes.

    Letters that none of the compiler's fonts has are allowed by neither standard. Such a page is still made, with boxes
    in their place; whoever copies the text or has it read out gets the letters.
    """
    try:
        return _compiled(page, dated, STANDARDS)
    except typst.TypstError as problem:
        if "could not be displayed" not in str(problem):
            raise
        return _compiled(page, dated, [])


def _compiled(page: JsonObject, dated: date, standards: list[Any]) -> bytes:
    timestamp = datetime.combine(dated, time(), UTC)
    pdf = compiler_of(page).compile(format="pdf", pdf_standards=standards, timestamp=timestamp)
    if not isinstance(pdf, bytes):
        raise TypeError(f"a PDF is bytes, not {type(pdf).__name__}")
    return pdf


def compiler_of(page: JsonObject) -> typst.Compiler:
    """Make one per document: a compiler serves one thread at a time, and costs nothing beside the layout."""
    inputs = {"page": json.dumps(page, ensure_ascii=False)}
    return typst.Compiler(TEMPLATE, root=FOLDER, font_paths=_fonts(), sys_inputs=inputs)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
