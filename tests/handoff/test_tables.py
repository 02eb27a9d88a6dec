"""The tables of all features, as the migrations make them."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import handoff.app  # noqa: F401 (every feature with its tables)
from billing.db import Base, make_engine


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str):
    engine = make_engine(database_url)
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    engine.dispose()

    assert differences == []
