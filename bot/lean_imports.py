"""Start Rasa without the heavy libraries that none of our components use.

Rasa imports TensorFlow, cloud clients and plotting while it registers its default components. Our pipeline computes
with NumPy, SciPy and scikit-learn alone, so `install` answers those imports with placeholders: a start takes seconds
instead of half a minute, and the process half the memory. A placeholder does nothing; calling one is an error.
"""

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any, Optional, Sequence

UNUSED_LIBRARIES = frozenset(
    {
        "tensorflow",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_text",
        "keras",
        "jax",
        "transformers",
        "matplotlib",
        "boto3",
        "botocore",
        "pymongo",
        "aio_pika",
    }
)


class Placeholder(type):
    """A class that stands for anything that an unused library would offer at import time."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return make_placeholder(name)

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return Any

    __ror__ = __or__


def make_placeholder(name: str) -> Any:
    return Placeholder(name, (Exception,), {"__init__": _refuse, "__new__": _decorate})


def _refuse(self: Any, *args: Any, **kwargs: Any) -> None:
    raise RuntimeError(f"{type(self).__name__} belongs to a library that this process leaves out")


def _decorate(cls: type, *args: Any, **kwargs: Any) -> Any:
    """Return a decorated function unchanged, so that `@tf.function` works at import."""
    if len(args) == 1 and not kwargs and callable(args[0]):
        return args[0]
    if kwargs and not args:
        return lambda decorated: decorated
    return Exception.__new__(cls)


class PlaceholderModule(ModuleType):
    """A module whose every attribute is a placeholder."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return make_placeholder(name)


class PlaceholderFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers imports of the unused libraries, before the real finders are asked."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname.partition(".")[0] in UNUSED_LIBRARIES:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def install() -> None:
    """Put the placeholders first in line; call it before the first import of Rasa."""
    sys.meta_path.insert(0, PlaceholderFinder())
