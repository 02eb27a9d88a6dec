"""The migrations and the models describe the same database, and it keeps issued invoices as they are."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlalchemy.schema import SchemaItem, Table

from billing import migrations, models
from billing.db import Base

BILLING_TABLES = {
    getattr(models, name).__tablename__ for name in models.__all__ if hasattr(getattr(models, name), "__tablename__")
}


def test_upgrading_an_empty_database_gives_the_tables_of_the_models(engine: Engine) -> None:
    def is_billings(item: SchemaItem, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
        table = item if isinstance(item, Table) else getattr(item, "table", None)
        return table is None or table.name in BILLING_TABLES

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_billings})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []
    assert set(inspect(engine).get_table_names()) >= BILLING_TABLES


def test_upgrading_twice_changes_nothing(engine: Engine, database_url: str) -> None:
    before = inspect(engine).get_table_names()

    migrations.upgrade(database_url)

    assert inspect(engine).get_table_names() == before


def test_no_column_holds_a_float(engine: Engine) -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]

    assert len(columns) > 100
    assert [str(column) for column in columns if column.type.python_type is float] == []
