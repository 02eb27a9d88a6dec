"""Puts earlier payments to their invoices, books both, and lets no row take more than there is."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# In the order of receipt, never above the invoice's total: of each payment what lies below the total. The rest is
# credit. `before`: what was paid for the invoice earlier.
ALLOCATE = """
INSERT INTO allocation (payment_id, invoice_id, amount_minor, allocated_on)
SELECT payment_id, invoice_id,
    CASE WHEN before + amount_minor > total_minor THEN total_minor - before ELSE amount_minor END,
    CASE WHEN received_on > issued_on THEN received_on ELSE issued_on END
FROM (
    SELECT payment.id AS payment_id, invoice.id AS invoice_id, payment.amount_minor, invoice.total_minor,
        payment.received_on, invoice.issued_on,
        SUM(payment.amount_minor) OVER (
            PARTITION BY payment.invoice_id ORDER BY payment.received_on, payment.id
        ) - payment.amount_minor AS before
    FROM payment JOIN invoice ON invoice.id = payment.invoice_id
) AS receipt
WHERE before < total_minor
ORDER BY received_on, payment_id
"""
BOOK = (
    """
    INSERT INTO journal_transaction (customer_id, kind, document, booked_on, created_at)
    SELECT customer_id, 'invoice', number, issued_on, created_at FROM invoice ORDER BY seller_id, year, sequence
    """,
    """
    INSERT INTO journal_transaction (customer_id, kind, document, booked_on, created_at)
    SELECT customer_id, 'payment', reference, received_on, {midnight_received} FROM payment ORDER BY received_on, id
    """,
    """
    INSERT INTO journal_transaction (customer_id, kind, document, booked_on, created_at)
    SELECT invoice.customer_id, 'allocation', CAST(allocation.id AS VARCHAR), allocated_on, {midnight_allocated}
    FROM allocation JOIN invoice ON invoice.id = allocation.invoice_id ORDER BY allocation.id
    """,
)
INVOICE_OF = "FROM journal_transaction AS booked JOIN invoice ON booked.kind = 'invoice' AND booked.document = number"
TAX_OF = f"{INVOICE_OF} JOIN invoice_tax AS tax ON tax.invoice_id = invoice.id"
PAYMENT_OF = "FROM journal_transaction AS booked JOIN payment ON booked.kind = 'payment' AND document = reference"
ALLOCATION_OF = (
    "FROM allocation JOIN invoice ON invoice.id = allocation.invoice_id "
    "JOIN journal_transaction AS booked ON booked.kind = 'allocation' AND document = CAST(allocation.id AS VARCHAR)"
)
ENTRIES = (
    ("receivable", "invoice.total_minor", "invoice.currency", INVOICE_OF),
    ("revenue", "-tax.net_minor", "tax.currency", TAX_OF),
    ("tax_payable", "-tax.tax_minor", "tax.currency", TAX_OF),
    ("bank", "payment.amount_minor", "payment.currency", PAYMENT_OF),
    ("customer_credit", "-payment.amount_minor", "payment.currency", PAYMENT_OF),
    ("customer_credit", "allocation.amount_minor", "invoice.currency", ALLOCATION_OF),
    ("receivable", "-allocation.amount_minor", "invoice.currency", ALLOCATION_OF),
)

ALLOCATED = "(SELECT COALESCE(SUM(amount_minor), 0) FROM allocation WHERE {column} = NEW.{column})"
WAIVED = "(SELECT COALESCE(SUM(total_minor - to_credit_minor), 0) FROM credit_note WHERE invoice_id = NEW.invoice_id)"
INVOICE_TOTAL = "(SELECT total_minor FROM invoice WHERE id = NEW.invoice_id)"
ITEM = "(SELECT amount_minor FROM line_item WHERE id = NEW.line_item_id)"
CREDITED_OF_ITEM = "(SELECT COALESCE(SUM(amount_minor), 0) FROM credit_note_line WHERE line_item_id = NEW.line_item_id)"
NOTE_LINES = "FROM credit_note_line WHERE credit_note_id = NEW.credit_note_id"
# Name, table, what must not be, and the invoice whose other corrections and payments have to wait meanwhile.
REFUSED = (
    (
        "allocation_fits_invoice",
        "allocation",
        f"{ALLOCATED.format(column='invoice_id')} + {WAIVED} + NEW.amount_minor > {INVOICE_TOTAL}",
        "NEW.invoice_id",
    ),
    (
        "allocation_fits_payment",
        "allocation",
        f"NEW.payment_id IS NOT NULL AND {ALLOCATED.format(column='payment_id')} + NEW.amount_minor"
        " > (SELECT amount_minor FROM payment WHERE id = NEW.payment_id)",
        "NEW.invoice_id",
    ),
    (
        "allocation_fits_credit_note",
        "allocation",
        f"NEW.credit_note_id IS NOT NULL AND {ALLOCATED.format(column='credit_note_id')} + NEW.amount_minor"
        " > (SELECT to_credit_minor FROM credit_note WHERE id = NEW.credit_note_id)",
        "NEW.invoice_id",
    ),
    (
        "credit_note_fits_invoice",
        "credit_note",
        "(SELECT COALESCE(SUM(total_minor), 0) FROM credit_note WHERE invoice_id = NEW.invoice_id) + NEW.total_minor"
        f" > {INVOICE_TOTAL}"
        f" OR {ALLOCATED.format(column='invoice_id')} + {WAIVED} + NEW.total_minor - NEW.to_credit_minor"
        f" > {INVOICE_TOTAL}",
        "NEW.invoice_id",
    ),
    (
        "credit_note_line_fits_item",
        "credit_note_line",
        f"{CREDITED_OF_ITEM} + NEW.amount_minor NOT BETWEEN CASE WHEN {ITEM} < 0 THEN {ITEM} ELSE 0 END"
        f" AND CASE WHEN {ITEM} > 0 THEN {ITEM} ELSE 0 END"
        " OR (SELECT invoice_id FROM line_item WHERE id = NEW.line_item_id)"
        " <> (SELECT invoice_id FROM credit_note WHERE id = NEW.credit_note_id)"
        " OR EXISTS (SELECT 1 FROM credit_note_tax WHERE credit_note_id = NEW.credit_note_id)",
        "(SELECT invoice_id FROM credit_note WHERE id = NEW.credit_note_id)",
    ),
    (
        "credit_note_tax_fits_lines",
        "credit_note_tax",
        f"NEW.gross_minor <> (SELECT COALESCE(SUM(amount_minor), 0) {NOTE_LINES} AND tax_rate = NEW.tax_rate)"
        f" OR (SELECT SUM(amount_minor) {NOTE_LINES})"
        " <> (SELECT total_minor FROM credit_note WHERE id = NEW.credit_note_id)",
        "(SELECT invoice_id FROM credit_note WHERE id = NEW.credit_note_id)",
    ),
)
REFUSE_FUNCTION = """
CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM invoice WHERE id = {invoice} FOR NO KEY UPDATE;
    IF ({condition}) THEN
        RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
# SQLite has nothing that waits for the end of a transaction; there the one function that books makes sure.
BALANCE_FUNCTION = """
CREATE FUNCTION refuse_unbalanced_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM journal_entry WHERE transaction_id = NEW.transaction_id
        GROUP BY currency HAVING SUM(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'journal_transaction_sums_to_zero' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
BALANCE_TRIGGER = """
CREATE CONSTRAINT TRIGGER journal_transaction_sums_to_zero AFTER INSERT ON journal_entry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_transaction()
"""


def upgrade() -> None:
    _book_earlier_money()
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, condition, invoice in REFUSED:
        if on_postgresql:
            op.execute(REFUSE_FUNCTION.format(name=name, condition=condition, invoice=invoice))
            op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()")
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
    if on_postgresql:
        op.execute(BALANCE_FUNCTION)
        op.execute(BALANCE_TRIGGER)


def downgrade() -> None:
    raise NotImplementedError("what is booked stays booked; there is no way back")


def _book_earlier_money() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    midnight = "{day}::timestamp AT TIME ZONE 'UTC'" if on_postgresql else "{day} || ' 00:00:00.000000'"
    op.execute(ALLOCATE)
    for statement in BOOK:
        op.execute(
            statement.format(
                midnight_received=midnight.format(day="received_on"),
                midnight_allocated=midnight.format(day="allocated_on"),
            )
        )
    for account, amount, currency, source in ENTRIES:
        op.execute(
            "INSERT INTO journal_entry (transaction_id, account, amount_minor, currency) "
            f"SELECT booked.id, '{account}', {amount}, {currency} {source} WHERE {amount} <> 0"
        )
