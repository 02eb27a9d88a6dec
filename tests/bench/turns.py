"""Measure a dialogue turn of our bot, and of stock Rasa beside it, in one run on one machine.

    .venv/bin/python -m tests.bench.turns [--only saldo|stock] [--depth 1000] [--json FILE]

Both have our data, our domain and our action server, and hear the same distinct texts of verified customers.
Prints a table and one JSON document. Compare within one run only: machines are shared, so ratios hold and times do not.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import our_bot, stock_rasa
from tests.bench.billing_world import BillingWorld, billing_world, distinct_texts
from tests.bench.measure import Plan, measure
from tests.bench.our_training import time_training
from tests.bench.processes import Running

# Deeper, stock Rasa would take an hour.
STOCK_DEPTH = 200


def main() -> None:
    arguments = read_arguments()
    plan = Plan(arguments.fresh, arguments.depth, arguments.conversations, with_training=not arguments.trained)
    results = {}
    if arguments.only != "saldo":
        stock_rasa.train()
    with billing_world() as world:
        if arguments.only != "stock":
            results[our_bot.NAME] = measure_saldo(world, plan)
        if arguments.only != "saldo":
            results[stock_rasa.NAME] = measure_stock(world, plan)
    Console().print(table_of(results))
    document = json.dumps(results, indent=2)
    print(document)
    if arguments.json is not None:
        arguments.json.write_text(document + "\n", encoding="utf-8")


def measure_saldo(world: BillingWorld, plan: Plan) -> dict[str, Any]:
    with our_bot.our_bot(world) as bot:
        figures = measure(bot.new_conversation, distinct_texts(), plan)
        memory_and_start = _process(bot)
    return {**figures, **memory_and_start, "training_s": round(time_training()) if plan.with_training else None}


def measure_stock(world: BillingWorld, plan: Plan) -> dict[str, Any]:
    with stock_rasa.stock_rasa(world) as bot:
        figures = measure(bot.new_conversation, distinct_texts(), replace(plan, depth=STOCK_DEPTH))
        return {**figures, **_process(bot.bot), "training_s": round(bot.trained_in)}


def _process(bot: Running | our_bot.OurBot) -> dict[str, Any]:
    return {"memory_mb": bot.memory_mb, "start_s": round(bot.started_in, 1)}


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    table = Table("", *results, title="One dialogue turn")
    for name, cell in ROWS.items():
        table.add_row(name, *(str(cell(figures)) for figures in results.values()))
    return table


def _load(figures: dict[str, Any]) -> str:
    return ", ".join(f"{number}: {each['turns_per_second']}" for number, each in figures["load"].items())


ROWS = {
    "fresh conversation, p50 / p95 ms": lambda figures: f"{figures['fresh']['p50_ms']} / {figures['fresh']['p95_ms']}",
    "p50 ms by 50 turns of one conversation": lambda figures: ", ".join(map(str, figures["median_ms_by_depth"])),
    "last 50 turns over the same texts in the first 50": lambda figures: figures["growth"],
    "turns a second, by conversations at once": _load,
    "resident memory, MB": lambda figures: figures["memory_mb"],
    "start until first answer, s": lambda figures: figures["start_s"],
    "training from nothing, processor s (stock: reckoned from 3 of 100 epochs)": lambda figures: figures["training_s"],
    "failed / silent turns": lambda figures: f"{figures['failed']} / {figures['silent']}",
}


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("saldo", "stock"))
    parser.add_argument("--fresh", type=int, default=100, help="how many conversations are asked their first question")
    parser.add_argument("--depth", type=int, default=1000, help="how many turns the long conversation has")
    parser.add_argument("--conversations", type=int, nargs="*", default=[8, 32], help="how many talk at once")
    parser.add_argument("--trained", action="store_true", help="do not time our training")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
