"""Public sets of texts with intents, which lie beside the repository and are never part of it."""

import csv
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PER_INTENT = 10
SEEDS = (1, 2, 3)
Row = tuple[str, str]


@dataclass(frozen=True)
class Split:
    """What is trained on and what is asked; `name` says from which set, and by which draw."""

    name: str
    language: str
    train: Sequence[Row]
    test: Sequence[Row]


def banking77(folder: Path) -> Split:
    train, test = (_read_csv(folder / f"banking77-{part}.csv") for part in ("train", "test"))
    return Split("BANKING77", "en", train, test)


def massive(folder: Path, language: str) -> Split:
    parts: dict[str, list[Row]] = defaultdict(list)
    with gzip.open(folder / f"massive-{language}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            parts[row["partition"]].append((row["utt"], row["intent"]))
    return Split(f"MASSIVE {language}", language, parts["train"], parts["test"])


def draw(split: Split, seed: int) -> Split:
    """Keep ten training examples of each intent, or all where there are fewer."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in split.train:
        by_intent[intent].append(text)
    chance = random.Random(seed)
    few = [
        (text, intent)
        for intent in sorted(by_intent)
        for text in chance.sample(by_intent[intent], min(PER_INTENT, len(by_intent[intent])))
    ]
    return Split(f"{split.name}, {PER_INTENT} per intent", split.language, few, split.test)


def _read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]
