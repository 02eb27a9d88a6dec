"""What a verified customer is told, against the rows of the database: each figure, and what it is said to be."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.e2e import accounts
from tests.e2e.charges import finnish_reference
from tests.e2e.running_system import RunningSystem, wait_until
from tests.e2e.spelling import amount, day, month
from tests.e2e.talk import LANGUAGES, Answer, Talk, words

LETTERS = "SELECT subject FROM outbox_message WHERE kind = 'email' AND recipient = ? AND dedupe_key LIKE 'copy:%'"
COPY_OF = {
    "en": "Please mail me the bills for {} and {}",
    "de": "Bitte schicken Sie mir die Rechnungen vom {} und vom {}",
    "fi": "Lähettäkää minulle {}n ja {}n laskut",
}


@dataclass(frozen=True)
class Known:
    """A verified customer's talk, with the words and spelling of its language."""

    talk: Talk
    number: str

    @property
    def system(self) -> RunningSystem:
        return self.talk.system

    def ask(self, wish: str) -> Answer:
        return self.talk.tell(words(wish, self.talk.language))

    def amount(self, minor: int) -> str:
        return amount(minor, self.talk.language)

    def day(self, iso: str) -> str:
        return day(iso, self.talk.language, self.system)

    def month(self, iso: str) -> str:
        return month(iso, self.talk.language, self.system)


@pytest.fixture(scope="module")
def debtors(system: RunningSystem) -> Iterator[dict[str, Known]]:
    """A customer with one open bill for each language; nothing is changed in these talks."""
    with ExitStack() as stack:
        known = {}
        for place, language in enumerate(LANGUAGES, 3):
            talk, number = stack.enter_context(Talk(system, language)), accounts.owing(system, place)
            talk.verify(number)
            known[language] = Known(talk, number)
        yield known


@pytest.fixture(params=LANGUAGES)
def debtor(debtors: dict[str, Known], request: pytest.FixtureRequest) -> Known:
    return debtors[request.param]


def test_what_is_owed_and_when_it_is_due(debtor: Known) -> None:
    bill = accounts.open_bill(debtor.system, debtor.number)

    told = debtor.ask("balance").facts(_due(debtor, bill["due_on"], "utter_payments_due", "utter_payments_overdue"))

    assert told == {"amount": debtor.amount(bill["open_minor"]), "due_on": debtor.day(bill["due_on"])}


def test_how_to_pay_it(debtor: Known) -> None:
    bill = accounts.open_bill(debtor.system, debtor.number)
    (seller,) = debtor.system.sql("SELECT iban FROM seller WHERE id = ?", bill["seller_id"])

    told = debtor.ask("pay").facts(_due(debtor, bill["due_on"], "utter_payments_how", "utter_payments_how_overdue"))

    assert (told["amount"], told["due_on"]) == (debtor.amount(bill["open_minor"]), debtor.day(bill["due_on"]))
    assert told["iban"].replace(" ", "") == seller["iban"]
    _, year, sequence = bill["number"].split("-")
    reference = (
        finnish_reference(year + sequence) if bill["number"].startswith("FI") else bill["number"].replace("-", "")
    )
    assert told["reference"].replace(" ", "").endswith(reference)


def test_which_payment_came_last(debtor: Known) -> None:
    payment = accounts.last_payment(debtor.system, debtor.number)

    for wish in ("payment_status", "paid_already"):  # what the customer claims changes nothing about it
        answer = debtor.ask(wish)
        response = "utter_payments_received"
        told = answer.facts(response if answer.says(response) else "utter_payments_received_late")
        assert (told["amount"], told["number"]) == (debtor.amount(payment["amount_minor"]), payment["bill_number"])
        assert told["received_on"] == debtor.day(payment["received_on"])
        owed = accounts.open_bill(debtor.system, debtor.number)["open_minor"]
        assert debtor.amount(owed) in answer.text


def test_what_a_bill_consists_of(debtor: Known) -> None:
    bill, *_ = accounts.bills(debtor.system, debtor.number)
    lines = accounts.lines(debtor.system, bill)

    answer = debtor.ask("explain")

    told = answer.facts("utter_invoices_bill")
    assert (told["number"], told["total"]) == (bill["number"], debtor.amount(bill["total_minor"]))
    assert told["month"].casefold() == debtor.month(bill["period_start"]).casefold()
    assert told["issued_on"] == debtor.day(bill["issued_on"])
    for line in lines:
        assert debtor.amount(line["amount_minor"]) in (told["lines"] if line["kind"] != "tax" else answer.text)


def test_by_how_much_the_bill_changed(debtor: Known) -> None:
    now, before, *_ = accounts.bills(debtor.system, debtor.number)
    difference = now["total_minor"] - before["total_minor"]
    way = "more" if difference > 0 else "less" if difference else "none"

    told = debtor.ask("why").facts(f"utter_invoices_change_{way}")

    assert told["total"] == debtor.amount(now["total_minor"])
    assert difference == 0 or told["difference"] == debtor.amount(difference)
    assert told["month"].casefold() == debtor.month(now["period_start"]).casefold()
    assert told["previous_month"].casefold().startswith(debtor.month(before["period_start"]).casefold()[:-1])


def test_two_bills_by_their_months_go_to_the_address_on_file_and_no_other(debtor: Known) -> None:
    _, older, oldest, *_ = accounts.bills(debtor.system, debtor.number)
    email = accounts.customer(debtor.system, debtor.number)["email"]
    names = [debtor.month(bill["period_start"]) for bill in (older, oldest)]

    answer = debtor.talk.tell(COPY_OF[debtor.talk.language].format(*names))

    assert answer.facts("utter_invoices_copies_sent")["count"] == "2"
    assert email not in answer.text
    assert "•••@" in answer.text
    sent = wait_until(lambda: _subjects(debtor, email, at_least=2), seconds=30, what="two letters")
    assert {older["number"], oldest["number"]} <= {re.findall(r"[A-Z]{2}-\d{4}-\d+", each)[0] for each in sent}


def test_which_plan_is_had_and_at_which_price(debtor: Known) -> None:
    plan = accounts.plan(debtor.system, debtor.number)

    told = debtor.ask("terms").facts("utter_contracts_terms_plan")

    assert told["since"] == debtor.day(plan["started_on"])
    assert told["plan"].startswith(f"{json.loads(plan['name'])[debtor.talk.language]}, ")
    assert debtor.amount(plan["base_minor"]) in told["plan"]


def test_what_may_be_paid_later_adds_up_to_what_is_open(debtor: Known) -> None:
    bill = accounts.open_bill(debtor.system, debtor.number)

    told = debtor.ask("pay_later").facts("utter_payments_plan_options")

    assert told["amount"] == debtor.amount(bill["open_minor"])
    assert told["month"].casefold() == debtor.month(bill["period_start"]).casefold()
    assert accounts.count(debtor.system, "arrangement", debtor.number) == 0


def test_who_has_no_credit_gets_no_figure_and_no_row(debtor: Known) -> None:
    assert accounts.credit_minor(debtor.system, debtor.number) < 0

    assert debtor.ask("refund").says("utter_payments_refund_none")
    assert debtor.ask("refund_status").says("utter_payments_refund_not_asked")
    assert accounts.count(debtor.system, "refund", debtor.number) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_credit_is_told_to_the_cent(system: RunningSystem, language: str) -> None:
    number = accounts.with_credit(system, LANGUAGES.index(language))
    with Talk(system, language) as talk:
        talk.tell(words("refund", language))
        told = talk.verify(number).facts("utter_payments_refund_confirm")

    credit = amount(accounts.credit_minor(system, number), language)
    assert told == {"credit": credit, "amount": credit}
    assert accounts.count(system, "refund", number) == 0


def _due(debtor: Known, due_on: str, coming: str, past: str) -> str:
    (row,) = debtor.system.sql("SELECT ? < date('now') AS is_past", due_on)
    return past if row["is_past"] else coming


def _subjects(debtor: Known, email: str, *, at_least: int) -> list[str]:
    found = [str(row["subject"]) for row in debtor.system.sql(LETTERS, email)]
    return found if len(found) >= at_least else []
