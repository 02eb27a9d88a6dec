"""A credit note says what is taken back of which invoice."""

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from billing import texts
from billing.documents import print_document
from billing.models.credit_note import CreditReason
from tests.billing.documents.sample import credit_note, line, tax


def printed(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Credit note DE-C-2026-000007", "For invoice", "€11.90", "€10.00", "€1.90", "Amount credited"]),
        ("de", ["Rechnungskorrektur DE-C-2026-000007", "Zur Rechnung", "11,90 €", "10,00 €", "1,90 €",
                "Gutgeschriebener"]),
        ("fi", ["Hyvityslasku DE-C-2026-000007", "Hyvitettävä lasku", "11,90 €", "10,00 €", "1,90 €",
                "Hyvitys yhteensä"]),
    ],
)  # fmt: skip
def test_it_names_the_invoice_the_amounts_and_the_tax(language: str, expected: list[str]) -> None:
    text = printed(print_document(credit_note([line(1190)], [tax(1900, 1000, 190)]), language))

    assert [words for words in expected if words not in text] == []
    assert text.count("DE-2026-000123") >= 2
    assert "IBAN" not in text
    assert "DE123456788" in text


@pytest.mark.parametrize("language", ["en", "de", "fi"])
@pytest.mark.parametrize("reason", list(CreditReason))
def test_every_reason_has_its_words(reason: CreditReason, language: str) -> None:
    assert print_document(credit_note([line(1190)], [tax(1900, 1000, 190)], reason=reason), language)


def test_in_german_no_document_is_called_what_the_tax_law_means_by_a_gutschrift() -> None:
    # § 14 (2) UStG: a "Gutschrift" is an invoice that the customer writes.
    words = (Path(texts.__file__).parent / "de.yml").read_text(encoding="utf-8")

    assert "Gutschrift" not in words
    assert words.count("Rechnungskorrektur") == 3  # title of the document, subject and body of its letter
