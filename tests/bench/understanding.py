"""How well intents are told on public sets: our classifier beside stock Rasa's default pipeline, on the same splits.

    .venv-bot/bin/python -m tests.bench.understanding FOLDER           # ours; stock's figures are read from the file
    .venv-bot/bin/python -m tests.bench.understanding FOLDER --stock   # also stock's, measured anew: an hour or more

FOLDER holds banking77-train.csv and banking77-test.csv (train.csv and test.csv of BANKING77: github.com/PolyAI-LDN/
task-specific-datasets) and massive-en, massive-de and massive-fi.jsonl.gz (en-US, de-DE and fi-FI of MASSIVE 1.0, each
compressed: github.com/alexa/massive). Both are CC BY 4.0.
Stock's figures are slow to get: they are measured once, on the first draw, and kept in understanding_stock.json.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot import lean_imports
from bot.settings import quieten_libraries
from tests.bench.public_sets import SEEDS, Split, banking77, draw, massive
from tests.bench.stock_understanding import measure_stock

CLASSIFIER = "bot.nlu.intent_classifier.CalibratedIntentClassifier"
ROOT = Path(__file__).parents[2]
STOCK_FIGURES = Path(__file__).with_name("understanding_stock.json")
CACHE = ROOT / "var/cache/public"
LANGUAGES = ("de", "fi", "en")


def splits(folder: Path) -> Iterator[list[Split]]:
    """Yield the draws of each set; all of BANKING77 is one."""
    banking = banking77(folder)
    yield [draw(banking, seed) for seed in SEEDS]
    for language in LANGUAGES:
        whole = massive(folder, language)
        yield [draw(whole, seed) for seed in SEEDS]
    yield [banking]


def accuracy_of_ours(split: Split) -> float:
    """Train and ask the very classes of our pipeline, with the settings of config.yml."""
    from bot.nlu.embedder import Embedder
    from bot.nlu.intent_classifier import gather, settings_of
    from bot.nlu.intent_training import train

    (config,) = (
        each for each in yaml.safe_load((ROOT / "config.yml").read_text())["pipeline"] if each["name"] == CLASSIFIER
    )
    embedder = Embedder()
    texts, intents = zip(*split.train, strict=True)
    model = train(gather(list(texts), list(intents), embedder, CACHE), settings_of(config))
    asked = [text for text, _ in split.test]
    vectors = dict(zip(asked, embedder.embed_phrases(asked, CACHE), strict=True))
    predictions = (model.predict(text, vectors.__getitem__) for text in asked)
    said = [model.intents[prediction.probabilities.argmax()] for prediction in predictions]
    return statistics.mean(meant == guess for (_, meant), guess in zip(split.test, said, strict=True))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="FOLDER", help="folder of the public sets")
    parser.add_argument("--stock", action="store_true", help="measure stock Rasa too, on the first draw of each set")
    parser.add_argument("--only", default="", help="only sets whose name contains this")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        parser.error(f"there is no folder {options.data}")
    quieten_libraries()
    lean_imports.install()
    stock = json.loads(STOCK_FIGURES.read_text(encoding="utf-8"))["accuracy"]
    print(f"{'set':28} {'asked':>6} {'ours':>7} {'lowest':>7} {'stock':>7} {'s':>6}")
    for draws in splits(options.data):
        if options.only not in draws[0].name:
            continue
        started = time.monotonic()
        ours = [accuracy_of_ours(split) for split in draws]
        seconds = time.monotonic() - started
        if options.stock:
            with tempfile.TemporaryDirectory() as folder:
                stock[draws[0].name] = measure_stock(draws[0], Path(folder))
        theirs = stock.get(draws[0].name)
        shown = "-" if theirs is None else f"{theirs:.1%}"
        figures = f"{statistics.mean(ours):7.1%} {min(ours):7.1%} {shown:>7} {seconds:6.0f}"
        print(f"{draws[0].name:28} {len(draws[0].test):6} {figures}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
