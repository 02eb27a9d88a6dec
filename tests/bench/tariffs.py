"""Holds advice about plans against brute force in 5,000 accounts, and measures what one account takes.

python -m tests.bench.tariffs [CASES]
"""

import statistics
import sys
import time
from datetime import date, timedelta
from random import Random
from uuid import UUID

from billing.law import law_of
from billing.money import Money
from billing.rating.terms import ContractTerms, PlanPhase, PriceTerms, Usage
from billing.tariffs import Offer, compare
from tests.billing.tariffs.brute_force import TODAY, disagreements, random_case

CASES = 5_000
PLANS = 10
ACCOUNTS = 100


def main(cases: int) -> None:
    wrong = [seed for seed in range(cases) if disagreements(random_case(Random(seed)))]
    print(f"{cases} accounts, {len(wrong)} of them other than brute force {wrong[:10]}")
    spent = sorted(_milliseconds(seed) for seed in range(ACCOUNTS))
    print(
        f"12 months x {PLANS} plans: median {statistics.median(spent):.1f} ms, p95 {spent[ACCOUNTS * 95 // 100]:.1f} ms"
    )
    sys.exit(1 if wrong else 0)


def _milliseconds(seed: int) -> float:
    rng = Random(seed)
    offers = [Offer(_plan(rng, number), Money(0, "EUR")) for number in range(PLANS)]
    terms = ContractTerms(UUID(int=1), "EUR", (offers[0].plan,))
    days = [TODAY - timedelta(days=back) for back in range(0, 390, 3)]
    usage = [Usage(day, rng.randint(0, 5), "GB") for day in days]
    started = time.perf_counter()
    compare(terms, usage, offers, law_of("DE"), today=TODAY)
    return (time.perf_counter() - started) * 1000


def _plan(rng: Random, number: int) -> PlanPhase:
    since = date(2020, 1, 1)
    base = Money(rng.randint(500, 5000), "EUR")
    price = PriceTerms(UUID(int=number), since, None, base, unit="GB", included=10, unit_price_micro=2_000_000)
    return PlanPhase(f"plan_{number}", {"en": "Plan"}, since, None, (price,))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
