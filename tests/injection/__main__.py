"""`python -m tests.injection [--each N] [--clean N] [--seed N]`: measures the fairness audit at full size."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.injection.databases import make_database
from tests.injection.measure import Result, compare
from tests.injection.run import build


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=200, help="defects per detector")
    parser.add_argument("--clean", type=int, default=10_000, help="clean accounts")
    parser.add_argument("--seed", type=int, default=24)
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "injection.db"
        connection = make_database(path)
        expected, clean = build(connection, arguments.seed, arguments.each, arguments.clean, _progress)
        connection.execute("COMMIT")
        connection.close()
        print(f"\r{len(expected)} spoiled and {len(clean)} clean accounts built", flush=True)  # noqa: T201
        result = compare(str(path), expected, clean)
    _print(result)
    print(f"{time.monotonic() - started:.0f} s")  # noqa: T201
    return 0 if result.is_good else 1


def _progress(done: int, in_all: int) -> None:
    if sys.stderr.isatty() and done % 50 == 0:
        sys.stderr.write(f"\r{done} of {in_all} accounts built")


def _print(result: Result) -> None:
    lines = [f"{'':10}{'injected':>9}{'found':>7}{'recall':>9}{'wrong amounts':>15}{'false alarms':>14}"]
    for detector, score in sorted(result.scores.items(), key=lambda item: int(item[0][1:])):
        recall = f"{100 * score.found / score.injected:.1f} %" if score.injected else "-"
        alarms = score.false_certain + score.false_likely
        lines.append(
            f"{detector:10}{score.injected:>9}{score.found:>7}{recall:>9}{score.wrong_amounts:>15}{alarms:>14}"
        )
    lines.append(f"clean accounts: {result.clean}, certain alarms {result.clean_certain}, likely {result.clean_likely}")
    lines.append(f"for a person: {dict(result.asked)}")
    print("\n".join([*lines, *result.notes[:40]]))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
