"""An invoice as a person, a screen reader and a banking app read it."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from billing.documents import print_document
from billing.documents.facts import InvoiceDocument
from billing.documents.formatting import Print
from billing.documents.invoice_page import invoice_page
from billing.documents.pdf import compiler_of, render_pdf
from billing.documents.references import payment_reference
from billing.rating.kinds import LineKind, ReasonCode
from tests.billing.documents.sample import everything, invoice, line, parties, tax
from tests.factories.money import eur

SPACES = re.compile(r"\s+")
LANGUAGES = ("en", "de", "fi")


def text_of(pdf: bytes) -> str:
    return SPACES.sub(" ", "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def printed(document: InvoiceDocument, language: str = "de") -> str:
    return text_of(print_document(document, language))


def read_code(document: InvoiceDocument) -> str | None:
    pictures = compiler_of(invoice_page(document, "de")).compile(format="png", ppi=110)
    codes = [
        code
        for picture in (pictures if isinstance(pictures, list) else [pictures or b""])
        for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    ]
    return codes[0].text if codes else None


def as_seen(text: str) -> str:
    return SPACES.sub(" ", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_amount_of_the_invoice_stands_on_it(language: str) -> None:
    document = everything()
    # 14.99 + 4.00 - 1.50 + 11.90 + 52.95 + 9.95 - 8.33 + 2.50 = 86.46
    assert document.total == eur(8646)

    text = printed(document, language)

    written = Print(language)
    for amount in (1499, 400, -150, 1190, 5295, 995, -833, 250, 8646, 7055, 1341, 8396):
        assert as_seen(written.amount(eur(amount))) in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Invoice DE-2026-000123", "€86.46", "−€8.33", "1 Nov 2026", "1–31 Oct 2026", "22 Nov 2026", "19%",
                "12 GB used, 10 GB of it included", "€0.319", "Reminder fee", "Page 1 / 1",
                "How to pay"]),
        ("de", ["Rechnung DE-2026-000123", "86,46 €", "−8,33 €", "01.11.2026", "01.–31.10.2026", "22.11.2026", "19 %",
                "verbraucht 12 GB, davon inklusive 10 GB", "0,319 €", "Mahngebühr", "Seite 1 / 1",
                "So bezahlen Sie"]),
        ("fi", ["Lasku DE-2026-000123", "86,46 €", "−8,33 €", "1.11.2026", "1.–31.10.2026", "22.11.2026", "19 %",
                "käytetty 12 Gt, josta sisältyi maksuun 10 Gt", "0,319 €", "Muistutusmaksu", "Sivu 1 / 1",
                "Maksutiedot"]),
    ],
)  # fmt: skip
def test_it_reads_as_the_language_writes_it(language: str, expected: list[str]) -> None:
    text = printed(everything(), language)

    assert [words for words in expected if words not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_who_bills_whom_for_what_and_how_to_pay(language: str) -> None:
    text = printed(everything(), language)

    for facts in (
        "Nordlicht Netz GmbH",
        "Hafenstraße 12",
        "20457 Hamburg",
        "DE123456788",
        "Lena Hoffmann",
        "Lindenweg 16",
        "20144 Hamburg",
        "20000017",
        "20000017-2",
        "166 kWh",
        "WO-7",
        "DE-2026-000099",
        "DE89 3704 0044 0532 0130 00",
        "COBADEFFXXX",
        "RF58 DE20 2600 0123",
    ):
        assert facts in text


def test_the_code_on_the_page_is_the_transfer() -> None:
    assert read_code(everything()) == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nNordlicht Netz GmbH\nDE89370400440532013000\nEUR86.46\n\nRF58DE2026000123"
    )


def test_a_finnish_bill_prints_the_reference_number_and_codes_its_rf_form() -> None:
    document = invoice([line(2790)], by=parties("FI", language="fi"))

    code = read_code(document)

    assert "Viitenumero 2 02600 01230" in printed(document, "fi")
    assert code is not None
    assert code.split("\n")[-1] == payment_reference("FI", "FI-2026-000123").rf


def test_a_bill_of_nothing_asks_for_nothing() -> None:
    document = invoice(
        [line(1499), line(-1499, kind=LineKind.DISCOUNT, reason=ReasonCode.DISCOUNT, name="Gratismonat")]
    )

    text = printed(document)

    assert "0,00 €" in text
    assert "Für diese Rechnung ist nichts zu zahlen." in text
    assert "IBAN" not in text
    assert read_code(document) is None


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Paid from your credit −€10.00", "Left to pay €4.99", "Amount €4.99"]),
        ("de", ["Aus Ihrem Guthaben bezahlt −10,00 €", "Noch zu zahlen 4,99 €", "Betrag 4,99 €"]),
        ("fi", ["Maksettu hyvityksestäsi −10,00 €", "Maksettavaa jää 4,99 €", "Summa 4,99 €"]),
    ],
)
def test_a_bill_that_credit_has_paid_in_part_asks_for_the_rest(language: str, expected: list[str]) -> None:
    document = invoice([line(1499)], credit_used=1000)

    text, code = printed(document, language), read_code(document)

    assert [words for words in expected if words not in text] == []
    assert code is not None
    assert code.split("\n")[7] == "EUR4.99"


def test_a_bill_that_credit_has_paid_asks_for_nothing() -> None:
    document = invoice([line(1499)], credit_used=1499)

    text = printed(document)

    assert "Aus Ihrem Guthaben bezahlt −14,99 €" in text
    assert "Ihr Guthaben hat diese Rechnung bezahlt. Es ist nichts mehr zu zahlen." in text
    assert "IBAN" not in text
    assert read_code(document) is None


@pytest.mark.parametrize("changes", [{"iban": ""}, {"iban": "DE00370400440532013000"}, {"legal_name": "N" * 71}])
def test_where_no_code_is_allowed_the_bill_is_printed_without(changes: dict[str, str]) -> None:
    document = invoice([line(1499)], by=parties(**changes))

    assert "14,99 €" in printed(document)
    assert read_code(document) is None


def test_net_prices_show_the_tax_as_lines_of_the_sum() -> None:
    added = line(1900, kind=LineKind.TAX, reason=ReasonCode.TAX, name=None, contract=None)
    document = invoice([line(10_000), added], [tax(1900, 10_000, 1900)])

    page = invoice_page(document, "de")

    assert document.total == eur(11_900)
    assert page["net_total"] == ["Summe netto", "100,00\u00a0€"]
    assert page["added_taxes"] == [["Umsatzsteuer 19\u00a0%", "19,00\u00a0€"]]
    assert [row["title"] for group in page["groups"] for row in group["lines"]] == ["Mobil L, Monatspreis"]
    assert "Summe netto" in printed(document)


def test_ninety_lines_repeat_their_head_and_count_their_pages() -> None:
    names = [f"Leistung {position:02}" for position in range(90)]
    document = invoice([line(100 + position, name=name) for position, name in enumerate(names)])

    reader = PdfReader(io.BytesIO(print_document(document, "de")))
    pages = [SPACES.sub(" ", page.extract_text()) for page in reader.pages]

    # 90 · 1.00 + (0 + … + 89) · 0.01 = 90.00 + 40.05
    assert document.total == eur(13_005)
    assert len(pages) == 3
    for number, text in enumerate(pages, 1):
        assert f"Seite {number} / 3" in text
    assert all("Leistung Zeitraum" in text for text in pages[:2])
    assert [name for name in names if not any(name in text for text in pages)] == []
    assert "130,05 €" in pages[-1]
    assert "Rechnung DE-2026-000123" in pages[1]


@pytest.mark.parametrize(
    "name",
    ['#read("/etc/passwd")', "$x$ *bold* _it_ `raw` <label> @ref", "\\ #panic() [ ] { }", "= Überschrift\n- Liste"],
)
def test_names_are_text_to_the_compiler_and_never_code(name: str) -> None:
    text = printed(invoice([line(1499, name=name)], by=parties(name=name, legal_name=name)))

    assert text.count(as_seen(name)) >= 3
    assert "root:" not in text


@pytest.mark.parametrize("name", ["李小龙", "Zoë 🎉", "Ιωάννης", "Иван", "محمد", "a\x00b\x07"])
def test_a_name_in_any_letters_is_printed(name: str) -> None:
    assert print_document(invoice([line(1499)], by=parties(name=name)), "de").startswith(b"%PDF")


def test_the_same_invoice_is_the_same_file() -> None:
    assert print_document(everything(), "de") == print_document(everything(), "de")
    assert print_document(everything(), "de") != print_document(everything(), "fi")


def test_the_file_can_be_read_aloud() -> None:
    reader = PdfReader(io.BytesIO(print_document(everything(), "de")))
    catalogue = reader.trailer["/Root"]

    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "de"
    assert reader.metadata is not None
    assert reader.metadata.title == "Rechnung DE-2026-000123"
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()


def test_a_wrong_page_is_an_error_and_not_a_wrong_file() -> None:
    page = invoice_page(everything(), "de")
    del page["total"]

    with pytest.raises(RuntimeError):
        render_pdf(page, dated=everything().invoice.issued_on)
