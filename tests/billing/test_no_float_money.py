"""No binary fraction touches money: not in the code, not in the tables."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, Float, Integer, Numeric, inspect

import billing
import billing.models
from billing.db import Base

ROOT = Path(billing.__file__).parent
# The made-up town of the demo throws dice: its fractions are chances, and what they choose are whole amounts.
SOURCES = sorted(path for path in ROOT.rglob("*.py") if "demo" not in path.relative_to(ROOT).parts)

# Divisions of Decimals, which are exact, and of folders by names.
EXACT_DIVISIONS = {
    ("money.py", "divide"),
    ("documents/formatting.py", "unit_price"),
    ("documents/formatting.py", "rate"),
    ("exchange/exporting.py", "_write"),
    ("exchange/importing.py", "_find_files"),
}
MONEY = ("_minor", "_micro", "basis_points", "tax_rate", "quantity")


def findings(source: str, path: str) -> Iterator[str]:
    """Name each float literal, each use of the type float and each division that could yield one."""
    for function, node in _with_function(ast.parse(source), ""):
        where = f"{path}:{getattr(node, 'lineno', 0)} in {function or 'the module'}"
        match node:
            case ast.Constant(value=float() | complex()):
                yield f"{where}: a literal {node.value}"
            case ast.Name(id="float" | "complex"):
                yield f"{where}: {node.id}"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                if not _joins_paths(node) and (path, function) not in EXACT_DIVISIONS:
                    yield f"{where}: a division"


def _with_function(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield inner, child
        yield from _with_function(child, inner)


def _joins_paths(node: ast.BinOp | ast.AugAssign) -> bool:
    """Tell `folder / "file"` from a division: a text stands on one side of it."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for side in sides
        for part in ast.walk(side)
    )


def test_the_code_of_billing_has_no_binary_fractions() -> None:
    found = [
        finding
        for path in SOURCES
        for finding in findings(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]

    assert found == []
    assert len(SOURCES) > 50


@pytest.mark.parametrize(
    "source",
    [
        "tax = amount * 0.19",
        "def share(): return amount / days",
        "amount /= 2",
        "amount = float(text)",
        "def f(amount: float) -> None: ...",
        "list(map(float, amounts))",
        "x = 1e3",
    ],
)
def test_the_scan_finds_what_it_is_for(source: str) -> None:
    assert list(findings(source, "example.py"))


def test_the_scan_lets_whole_numbers_and_paths_pass() -> None:
    assert not list(findings('half = amount // 2\npath = ROOT / "laws" / f"{name}.yml"', "example.py"))


def test_no_column_holds_a_binary_fraction() -> None:
    tables = Base.metadata.tables.values()
    columns = [column for table in tables for column in table.columns]

    assert [str(column) for column in columns if isinstance(column.type, Numeric | Float)] == []
    money = [column for column in columns if column.name.endswith(MONEY)]
    assert [str(column) for column in money if not isinstance(column.type, Integer)] == []
    assert len(money) > 20


def test_the_database_stores_money_as_whole_numbers(engine: Engine) -> None:
    inspector = inspect(engine)
    columns = [
        (table, column["name"], column["type"])
        for table in inspector.get_table_names()
        for column in inspector.get_columns(table)
    ]

    assert [(table, name) for table, name, type_ in columns if isinstance(type_, Numeric | Float)] == []
    money = [(table, name, type_) for table, name, type_ in columns if name.endswith(MONEY)]
    assert [(table, name) for table, name, type_ in money if not isinstance(type_, Integer)] == []
    assert len(money) > 20
