"""Speaks the protocol of bot.nlu.parse without a model: a text names its intent and confidence, "greet 0.9 …"."""

import json
import sys

for line in sys.stdin:
    intent, confidence, *_ = json.loads(line)["text"].split()
    if intent == "die":
        sys.exit(3)
    answer = {"intent": intent, "confidence": float(confidence), "entities": []}
    print(json.dumps(answer | ({"milliseconds": 2.5} if "--timed" in sys.argv else {})))  # noqa: T201
