"""What counts as a code, a card number or a bank account, and what does not."""

from collections.abc import Callable
from time import process_time

import pytest

from handoff.conversations.redaction import find_code, redact_codes, redact_numbers


@pytest.mark.parametrize(
    "text", ["482913", " 482 913 ", "482-913", "4 8 2 9 1 3", "482.913", "４８２９１３", "482–913."]
)
def test_six_digits_alone_are_a_code_however_grouped(text: str):
    found = find_code(text)

    assert found is not None
    assert (found.code, found.text) == ("482913", "••••••")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Der Code ist 482913.", "Der Code ist ••••••."),
        ("482 913 on koodi", "•••••• on koodi"),
        ("code:482913", "code:••••••"),
        ("my code is 4 8 2 9 1 3", "my code is ••••••"),
        ("it says 4, 8, 2, 9, 1, 3 I think", "it says •••••• I think"),
        ("4-8-2-9-1-3 thanks", "•••••• thanks"),
        ("4 8 2 9 1 3 10 minutes ago", "•••••• 10 minutes ago"),
        ("Code: 48 29 13 danke", "Code: •••••• danke"),
        ("48–29–13 danke", "•••••• danke"),
        ("koodi 482\u00a0913 kiitos", "koodi •••••• kiitos"),
        ("koodi 482  913 kiitos", "koodi •••••• kiitos"),
        ("code-482913", "code-••••••"),
        ("Code...482913", "Code...••••••"),
        ("482913-danke", "••••••-danke"),
        ("482913, danke", "••••••, danke"),
        ("code is 482.913", "code is ••••••"),
        ("code is 482.913.", "code is ••••••."),
        ("my number is 5346 4097 and the code 482913", "my number is 5346 4097 and the code ••••••"),
        ("am 12.10.26 kam 482-913", "am 12.10.26 kam ••••••"),
    ],
)
def test_one_code_inside_a_sentence_is_found(text: str, hidden: str):
    found = find_code(text)

    assert found is not None
    assert (found.code, found.text) == ("482913", hidden)


@pytest.mark.parametrize(
    "text",
    [
        "48291",
        "4829134",
        "20401860",
        "on 12.10.26 I paid",
        "on 12. 10. 26 I paid",
        "am 1.10.2026 bezahlt",
        "am 12.10.2026 bezahlt",
        "paid on 2026-10-12",
        "paid on 12/10/26",
        "1.482,91 Euro",
        "1.482.913 Euro",
        "482.913,00 Euro",
        "482 913,50 euroa",
        "my number is 5346 4097",
        "my number is 53 46 40 97",
        "my number is 53-46-40-97",
        "my number is 5 3 4 6 4 0 9 7",
        "invoice 2026–000123",
        "2026-000123 is the invoice",
        "482913 or 482914",
        "1234,56 euro",
        "no digits",
        "+49 171 3920099",
        "",
    ],
)
def test_other_numbers_are_no_code(text: str):
    assert find_code(text) is None


@pytest.mark.parametrize(
    "text", ["on 12.10.26", "am 1.10.2026", "1.482,91 Euro", "5346 4097", "53 46 40 97", "5 3 4 6 4 0 9 7"]
)
def test_dates_amounts_and_customer_numbers_are_not_hidden(text: str):
    assert redact_codes(text) == text


def test_two_candidates_are_both_hidden():
    assert redact_codes("482913 or 482914") == "•••••• or ••••••"


def test_everything_but_the_code_stays_as_it_was_written():
    assert redact_codes("／restart ①② ４８２９１３ ½ ﬁn") == "／restart ①② •••••• ½ ﬁn"
    assert redact_codes("／restart") == "／restart"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("4111111111111111", "•••• 1111"),
        ("my card 5500-0000-0000-0004!", "my card •••• 0004!"),
        ("amex 378282246310005", "amex •••• 0005"),
        ("DE89370400440532013000", "DE•• •••• 3000"),
        ("IBAN FI21 1234 5600 0007 85 from my bank", "IBAN FI•• •••• 0785 from my bank"),
        ("de89 3704 0044 0532 0130 00 ja danke", "DE•• •••• 3000 ja danke"),
        ("4111\u00a01111\u00a01111\u00a01111", "•••• 1111"),
        ("4111–1111–1111–1111", "•••• 1111"),
        ("4111  1111  1111  1111", "•••• 1111"),
        ("4111·1111·1111·1111 12/27", "•••• 1111 12/27"),
        ("4111 1111 1111 1111 12 27", "•••• 1111 12 27"),
        ("card 1: 4111 1111 1111 1111, card 2: 5500 0000 0000 0004", "card 1: •••• 1111, card 2: •••• 0004"),
        ("4111 1111 1111 1111 5500 0000 0000 0004", "•••• 1111 •••• 0004"),
        ("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "DE•• •••• 3000"),
        ("DE89–3704–0044–0532–0130–00", "DE•• •••• 3000"),
        ("DE89  3704  0044  0532  0130  00 danke", "DE•• •••• 3000 danke"),
        ("DE８９ 3704 0044 0532 0130 00", "DE•• •••• 3000"),
        (
            "von DE89 3704 0044 0532 0130 00 auf FI21 1234 5600 0007 85 bitte",
            "von DE•• •••• 3000 auf FI•• •••• 0785 bitte",
        ),
        ("DE89370400440532013000FI2112345600000785", "DE•• •••• 3000FI•• •••• 0785"),
        ("MT84 MALT 0110 0001 2345 MTLC AST0 01S.", "MT•• •••• 001S."),
    ],
)
def test_cards_and_accounts_keep_only_their_last_four(text: str, hidden: str):
    assert redact_numbers(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "customer 20401860",
        "invoice DE-2026-000123",
        "0000000000000000",
        "DE00370400440532013000",
        "+491713920099",
        "am 12.10.2026 – 1.482,91 Euro",
        "customer 5346 4097, bill DE-2026-000123",
    ],
)
def test_numbers_that_fail_their_check_stay(text: str):
    assert redact_numbers(text) == text


@pytest.mark.parametrize("pattern", ["1 ", "12  ", "4 8 2 9 1 3 ", "DE12 ", "DE8937040044", "1-", "7 7.3 ", " ", "."])
@pytest.mark.parametrize("redact", [find_code, redact_codes, redact_numbers])
def test_no_text_takes_long(redact: Callable[[str], object], pattern: str):
    """A few milliseconds are usual; the bound is generous for a busy machine."""
    longest = (pattern * 2000)[:2000]

    started = process_time()
    redact(longest)

    assert process_time() - started < 0.25
