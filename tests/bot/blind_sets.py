"""The blind sets, and how like two texts are. Their texts never train and never tune anything."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.bot.domain_files import ROOT, read

OUT_OF_SCOPE = "out_of_scope"

BlindSet = Mapping[str, list[str]]


def blind_set(language: str) -> BlindSet:
    texts: BlindSet = read(ROOT / f"tests/bot/nlu/blind/{language}.yml")
    return texts


def blind_texts(language: str) -> Iterator[tuple[str, str]]:
    """Yield (intent, text)."""
    for intent, texts in blind_set(language).items():
        for text in texts:
            yield intent, text


def trigrams(text: str) -> frozenset[str]:
    """Return the runs of three characters of the text's words, each word between spaces; case does not count."""
    letters = "".join(character if character.isalnum() else " " for character in text.lower())
    padded = f" {' '.join(letters.split())} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


class SimilarTexts:
    """Finds the most similar of many texts by the Dice coefficient of their trigram sets, in an inverted index."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = list(texts)
        self._sizes = []
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(self._texts):
            grams = trigrams(text)
            self._sizes.append(len(grams))
            for gram in grams:
                self._places[gram].append(place)

    def most_similar(self, text: str) -> tuple[float, str]:
        """Return the highest coefficient and the text that has it; 0 and nothing where no trigram is shared."""
        grams = trigrams(text)
        shared: dict[int, int] = defaultdict(int)
        for gram in grams:
            for place in self._places.get(gram, ()):
                shared[place] += 1
        coefficients = ((2 * count / (len(grams) + self._sizes[place]), place) for place, count in shared.items())
        best, place = max(coefficients, default=(0.0, None))
        return best, "" if place is None else self._texts[place]
