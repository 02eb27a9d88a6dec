"""Column types that several features share."""

from enum import StrEnum

from sqlalchemy import Enum


def choice(values: type[StrEnum], name: str) -> Enum:
    """A word out of a fixed set, stored as text; the database refuses any other."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )
