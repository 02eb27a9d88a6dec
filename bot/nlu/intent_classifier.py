"""Logistic regression over all sentence features, stored as plain arrays.

Rasa's own classifier fixes the regularisation and stores itself with skops, whose import alone takes longer than the
rest of a start. Training is the same; what is stored are the weights, and a prediction is one product.
"""

from typing import Any, Dict, List, Text, Tuple, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

WEIGHTS_FILE = "weights.npz"
Weights = Dict[str, np.ndarray]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks the intents of a message by probability."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            # Smaller is stricter: weights stay nearer to zero.
            "inverse_regularisation": 1.0,
            "max_iterations": 200,
            "ranking_length": 5,
        }

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntentClassifier":
        return cls(config, model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntentClassifier":
        with model_storage.read_from(resource) as folder, np.load(folder / WEIGHTS_FILE) as stored:
            return cls(config, model_storage, resource, dict(stored))

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, weights: Weights
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._weights = weights

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        model = LogisticRegression(
            C=self._config["inverse_regularisation"],
            max_iter=self._config["max_iterations"],
            class_weight="balanced",
            tol=1e-3,
        )
        model.fit(_as_rows(examples), [example.get(INTENT) for example in examples])
        self._weights = {
            "intents": np.array(model.classes_.tolist()),
            "coefficients": np.ascontiguousarray(model.coef_.T, dtype=np.float32),
            "intercepts": model.intercept_.astype(np.float32),
        }
        with self._model_storage.write_to(self._resource) as folder:
            weights = self._weights
            np.savez(
                folder / WEIGHTS_FILE,
                intents=weights["intents"],
                coefficients=weights["coefficients"],
                intercepts=weights["intercepts"],
            )
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT):
                ranking = self._rank(message)
                message.set("intent", ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> List[Dict[Text, Any]]:
        sparse, dense = _sentence_features(message)
        weights = self._weights["coefficients"]
        # The few n-grams of one message pick their rows; a product of whole matrices would read all of them.
        logits = self._weights["intercepts"] + sparse.data @ weights[sparse.indices]
        logits = logits + dense @ weights[sparse.shape[1] :]
        odds = np.exp(logits - logits.max())
        confidences = odds / odds.sum()
        return [
            {"name": str(self._weights["intents"][place]), "confidence": float(confidences[place])}
            for place in np.argsort(-confidences)
        ]


def _sentence_features(message: Message) -> Tuple[csr_matrix, np.ndarray]:
    """Return the counted n-grams and patterns, and the embedding."""
    sparse, dense = message.get_sparse_features(TEXT)[1], message.get_dense_features(TEXT)[1]
    return csr_matrix(sparse.features), dense.features[0]


def _as_rows(messages: List[Message]) -> csr_matrix:
    """Return one row per message: its sparse features, then its dense ones."""
    return vstack([hstack(_sentence_features(message)) for message in messages], format="csr")
