"""Lives random histories of accounts and says how many are off: python -m tests.bench.money_histories [number]"""

import json
import sys
import time
from multiprocessing import Pool
from random import Random

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from billing.db import Base, configure_sqlite
from tests.billing.money.histories import Account, draw_steps, faults, live
from tests.factories.billing import make_customer

HISTORIES = 10_000
AT_ONCE = 250
LENGTH = 8
SEED = 7


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else HISTORIES
    started = time.perf_counter()
    parts = [(SEED + start, min(AT_ONCE, number - start)) for start in range(0, number, AT_ONCE)]
    with Pool() as pool:
        off = [fault for faults_of_part in pool.starmap(_live_part, parts, chunksize=1) for fault in faults_of_part]
    seconds = round(time.perf_counter() - started, 1)
    print(json.dumps({"histories": number, "steps_each": LENGTH, "off": len(off), "seconds": seconds}))
    if off:
        sys.exit("\n".join(off[:10]))


def _live_part(seed: int, number: int) -> list[str]:
    """In memory and without triggers: what is right is right because of the code."""
    random = Random(seed)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    configure_sqlite(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        accounts = [Account(make_customer(session), Random(random.random())) for _ in range(number)]
        live(session, accounts, [draw_steps(random, LENGTH) for _ in accounts])
        return faults(session, accounts)


if __name__ == "__main__":
    main()
