"""Triggers that keep issued invoices as they are, on SQLite and on PostgreSQL."""

from alembic import op

ISSUED_TABLES = ("invoice", "line_item", "invoice_tax")
REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'issued rows are never changed' USING ERRCODE = 'restrict_violation';
END $$
"""
REFUSE_LATE_LINE_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_line_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {sealed} THEN
        RAISE EXCEPTION 'issued rows are never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def keep_issued_rows() -> None:
    for table in ISSUED_TABLES:
        refuse_changes(table)
    _refuse_late_lines()


def release_issued_rows() -> None:
    """Drop the triggers, for a migration that has to rebuild a table; `keep_issued_rows` puts them back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ISSUED_TABLES:
            op.execute(f"DROP TRIGGER {table}_is_issued ON {table}")
            op.execute(f"DROP TRIGGER {table}_is_kept ON {table}")
        op.execute("DROP TRIGGER line_item_is_in_time ON line_item")
        return
    for table in ISSUED_TABLES:
        op.execute(f"DROP TRIGGER {table}_refuses_update")
        op.execute(f"DROP TRIGGER {table}_refuses_delete")
    op.execute("DROP TRIGGER line_item_is_in_time")


def refuse_changes(table: str) -> None:
    """Make the table append-only, whoever asks: an issued document is corrected by a new one."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSE_FUNCTION)
        op.execute(
            f"CREATE TRIGGER {table}_is_issued BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_issued()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'issued rows are never changed'); END"
        )


def _refuse_late_lines() -> None:
    """Seal an invoice: its taxes are written last, and after them no line is added."""
    sealed = "EXISTS (SELECT 1 FROM invoice_tax WHERE invoice_tax.invoice_id = NEW.invoice_id)"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSE_LATE_LINE_FUNCTION.format(sealed=sealed))
        op.execute(
            "CREATE TRIGGER line_item_is_in_time BEFORE INSERT ON line_item "
            "FOR EACH ROW EXECUTE FUNCTION refuse_line_of_issued()"
        )
        return
    op.execute(
        f"CREATE TRIGGER line_item_is_in_time BEFORE INSERT ON line_item WHEN {sealed} "
        "BEGIN SELECT RAISE(ABORT, 'issued rows are never changed'); END"
    )
