"""What an objection is about: the bill looked at last, or the lines of it that were asked about."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from actions.base import Work
from actions.bill_choice import BILLS_KNOWN
from actions.formatting import Wording
from actions.reply import Reply
from billing.documents.facts import LineFacts, load_invoice
from billing.documents.formatting import Print
from billing.documents.line_texts import line_title
from billing.identity import Verification
from billing.invoices import InvoiceFacts, list_invoices
from billing.ledger.credit_notes import creditable
from billing.money import Money, total

BILL_SLOT, LINES_SLOT = "disputes_invoice", "disputes_lines"


@dataclass(frozen=True)
class Contested:
    """Without lines it is the whole bill."""

    bill: InvoiceFacts
    lines: Sequence[LineFacts]

    @property
    def line_ids(self) -> list[int] | None:
        return [line.item.id for line in self.lines] or None

    def amount(self, work: Work) -> Money:
        """Return what of it was not credited yet."""
        if not self.lines:
            return self.bill.total - self.bill.credited
        left = creditable(work.session, self.bill.id)
        return total((left[line.item.id] for line in self.lines), self.bill.total.currency)

    def in_words(self, wording: Wording) -> str:
        month = wording.month(self.bill.period.start)
        if not self.lines:
            return wording.words("contested.bill", month=month)
        titles = dict.fromkeys(line_title(line.item, Print(wording.language)) for line in self.lines)
        return wording.words("contested.line", month=month, title=", ".join(titles))


def remember_contested(reply: Reply, bill: InvoiceFacts | None, lines: Sequence[LineFacts] = ()) -> None:
    """Keep it for an objection that may follow; what takes something off is not objected to."""
    charged = [line.item.id for line in lines if line.amount.minor > 0]
    reply.remember(BILL_SLOT, None if bill is None else bill.number)
    reply.remember(LINES_SLOT, json.dumps(charged) if charged else None)


def find_contested(work: Work, verification: Verification) -> Contested | None:
    """Return what was kept, if it is this customer's."""
    slots = work.dialogue.tracker
    bills = list_invoices(work.session, verification.customer_id, limit=BILLS_KNOWN)
    bill = next((bill for bill in bills if bill.number == slots.get_slot(BILL_SLOT)), None)
    if bill is None:
        return None
    kept = slots.get_slot(LINES_SLOT)
    ids = json.loads(kept) if isinstance(kept, str) and kept else []
    lines = load_invoice(work.session, bill.id).lines if ids else []
    return Contested(bill, [line for line in lines if line.item.id in ids])
