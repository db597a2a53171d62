"""torch engine: fp32 on the CPU. The reference for CTranslate2, and how a user's own model runs."""

from __future__ import annotations

import copy
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mtqa.errors import ModelError, ModelMissing
from mtqa.modeling.language_model import CausalLanguageModel, Floats
from mtqa.modeling.tokens import Tokenizer
from mtqa.schema.progress import Progress, Step

_WINDOW = 512  # tokens, or fewer if the model was made for fewer
_DTYPE_SINCE = (4, 56)  # transformers renamed the argument torch_dtype
_LEAST_SHARED = 8  # tokens; a shorter common prefix is not worth a pass of its own


class TorchEngine:
    """A transformers causal model. Sequences with a common prefix share its pass through the key/value cache."""

    def __init__(self, model: Any, *, start: int, fingerprint: str, threads: int | None = None) -> None:
        self._model = model.eval()
        self.signature = f"{fingerprint}-torchfp32"
        self.workers = 1
        self.start = start
        if threads:
            torch.set_num_threads(threads)

    @torch.inference_mode()
    def log_probabilities(self, ids: Sequence[int]) -> Floats:
        """Log-probabilities of every next token  # (tokens, vocabulary)."""
        logits = self._model(torch.tensor([list(ids)])).logits[0]  # (tokens, vocabulary)
        predictions: Floats = torch.log_softmax(logits.float(), dim=-1).numpy()  # (tokens, vocabulary)
        return predictions

    def scores(self, sequences: Sequence[Sequence[int]]) -> Iterator[tuple[int, Floats]]:
        """Log-probability of each token after the first; a prefix that sequences share is computed once.

        With and without a shared prefix the sums differ in the sixth digit (fp32), whatever shares it.
        """
        for numbers in _families(sequences):
            prefix = _common_prefix([sequences[number] for number in numbers])
            if len(numbers) > 1 and prefix >= _LEAST_SHARED and self._keeps_a_cache:
                yield from self._score_family(sequences, numbers, prefix)
            else:
                for number in numbers:
                    yield number, self._score(sequences[number])

    @cached_property
    @torch.inference_mode()
    def _keeps_a_cache(self) -> bool:
        """False for recurrent models (Mamba, RWKV): their state is no key/value cache that can be continued twice."""
        answer = self._model(torch.tensor([[self.start, self.start]]), use_cache=True)
        return getattr(answer, "past_key_values", None) is not None

    @torch.inference_mode()
    def _score(self, ids: Sequence[int]) -> Floats:
        tokens = torch.tensor([list(ids)])  # (1, tokens)
        logits = self._model(tokens).logits[0, :-1]  # (tokens - 1, vocabulary)
        return _picked(logits, tokens[0, 1:])

    @torch.inference_mode()
    def _score_family(
        self, sequences: Sequence[Sequence[int]], numbers: Sequence[int], prefix: int
    ) -> Iterator[tuple[int, Floats]]:
        shared = torch.tensor([list(sequences[numbers[0]][:prefix])])  # (1, prefix)
        first = self._model(shared, use_cache=True)
        head = _picked(first.logits[0, :-1], shared[0, 1:])
        for number in numbers:
            tail = torch.tensor([list(sequences[number][prefix:])])  # (1, tail)
            if tail.shape[1] == 0:
                yield number, head
                continue
            logits = first.logits[0, -1:]  # (1, vocabulary)
            if tail.shape[1] > 1:
                cache = copy.deepcopy(first.past_key_values)
                more = self._model(
                    tail[:, :-1], past_key_values=cache, use_cache=True
                ).logits  # (1, tail - 1, vocabulary)
                logits = torch.cat([logits, more[0]])  # (tail, vocabulary)
            yield number, np.concatenate([head, _picked(logits, tail[0])])  # (tokens - 1,)

    @torch.inference_mode()
    def extend(self, ids: Sequence[int], width: int, most: int) -> list[list[int]]:
        """Greedy continuations behind the `width` likeliest next tokens."""
        last = self.log_probabilities(ids)[-1]  # (vocabulary,)
        grown = []
        for first in np.argsort(-last, kind="stable")[:width]:
            sequence = [*ids, int(first)]
            for _ in range(most):
                logits = self._model(torch.tensor([sequence])).logits[0, -1]  # (vocabulary,)
                sequence.append(int(logits.argmax()))
            grown.append(sequence[len(ids) :])
        return grown


def load_gguf(
    folder: Path,
    tokenizer: Tokenizer,
    *,
    start: int,
    fingerprint: str,
    threads: int | None,
    progress: Progress | None = None,
) -> CausalLanguageModel:
    """The model of a store folder on torch, from its GGUF file."""
    from mtqa.modeling.convert import open_gguf, to_transformers

    model = to_transformers(open_gguf(folder / "model.gguf"))
    engine = TorchEngine(model, start=start, fingerprint=fingerprint, threads=threads)
    return CausalLanguageModel(engine, tokenizer, progress=progress)


def load_own_model(
    name: str, *, offline: bool, threads: int | None, progress: Progress | None = None
) -> CausalLanguageModel:
    """A user's own causal model from a local folder or a hub name.

    Raises ModelMissing if a hub name is not here and may not be fetched, ModelError if it is no causal model, lacks
    weights or has no fast tokenizer.
    """
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    folder = Path(name)
    if folder.exists() and not (folder / "config.json").is_file():
        raise ModelError(f"{name} has no config.json: a folder saved with transformers' save_pretrained is needed")
    if progress is not None:
        progress(Step(f"loading {name}"))
    fast, model = _load(name, is_local=folder.exists(), offline=offline)
    if getattr(fast, "backend_tokenizer", None) is None:
        raise ModelError(f"{name} has no fast tokenizer (tokenizer.json): character offsets need one")
    start = next((one for one in (fast.bos_token_id, fast.eos_token_id, fast.pad_token_id) if one is not None), None)
    if start is None:
        raise ModelError(f"{name}: the tokenizer names no beginning or end of text token to start a sentence with")
    window = min(_WINDOW, int(getattr(model.config, "max_position_embeddings", _WINDOW) or _WINDOW))
    engine = TorchEngine(model, start=int(start), fingerprint=_fingerprint(model), threads=threads)
    tokenizer = Tokenizer(copy.deepcopy(fast.backend_tokenizer))
    return CausalLanguageModel(engine, tokenizer, window=window, context=max(1, window // 3), progress=progress)


def _load(name: str, *, is_local: bool, offline: bool) -> tuple[Any, Any]:
    """Tokenizer and model of transformers."""
    import transformers
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    newer = tuple(int(part) for part in transformers.__version__.split(".")[:2]) >= _DTYPE_SINCE
    precision = {"dtype" if newer else "torch_dtype": torch.float32}
    try:
        fast = transformers.AutoTokenizer.from_pretrained(name, use_fast=True, local_files_only=offline)
        model, loaded = transformers.AutoModelForCausalLM.from_pretrained(
            name, local_files_only=offline, output_loading_info=True, **precision
        )
    except Exception as error:  # damaged files raise errors of five libraries
        kind = ModelError if is_local else ModelMissing
        raise kind(
            f"{name} cannot be loaded as a causal language model: {_first_line(error)}; give a folder with "
            "config.json, safetensors weights and tokenizer.json, a hub name that this machine can reach, or a model "
            "of `mtqa models list`"
        ) from error
    if missing := sorted(loaded["missing_keys"]):
        raise ModelError(
            f"{name} lacks {len(missing)} weights of a causal language model ({missing[0]}, ...): it is another kind "
            "of model or was saved in part"
        )
    return fast, model


def _families(sequences: Sequence[Sequence[int]]) -> list[list[int]]:
    """Numbers of the sequences that begin alike, in order of first appearance."""
    families: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, ids in enumerate(sequences):
        families[tuple(ids[:_LEAST_SHARED])].append(number)
    return list(families.values())


def _common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    shortest = min(len(ids) for ids in sequences)
    first = sequences[0]
    return next((at for at in range(shortest) if any(ids[at] != first[at] for ids in sequences)), shortest)


def _picked(logits: torch.Tensor, tokens: torch.Tensor) -> Floats:
    """Log-probability of each token under its row of logits  # (tokens,)."""
    chosen = logits.float().gather(1, tokens[:, None])[:, 0] - torch.logsumexp(logits.float(), dim=-1)
    picked: Floats = chosen.numpy()
    return picked


def _fingerprint(model: Any) -> str:
    digest = hashlib.sha256()
    for name, value in model.state_dict().items():
        digest.update(name.encode())
        digest.update(value.float().sum(dtype=torch.float64).numpy().tobytes())
    return digest.hexdigest()[:4]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
