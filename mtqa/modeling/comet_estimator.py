"""A COMET-style estimator on torch: an XLM-R encoder and a head that sees the source and the translation.

Rei et al. 2020, COMET, and Unbabel's participation in the WMT20 shared task (COMET-QE): the class that COMET calls
`referenceless_regression_metric`. Checkpoints are read as numbers alone, never executed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mtqa.errors import ModelError
from mtqa.modeling.own_encoders import (
    OwnTokenizer,
    file_of,
    fingerprint_of,
    needed,
    prepare,
    tokenizer_of,
    weighted_mean,
)
from mtqa.schema.progress import Progress

_REFERENCELESS = "referenceless_regression_metric"
_CHECKPOINTS = ("model.safetensors", "checkpoints/model.safetensors", "checkpoints/model.ckpt", "model.ckpt")
_ACTIVATIONS = {"Tanh": torch.nn.Tanh, "ReLU": torch.nn.ReLU, "Sigmoid": torch.nn.Sigmoid, "GELU": torch.nn.GELU}
_ENCODER = "encoder.model."
_HEAD = "estimator.ff."
_MIX = "layerwise_attention."


@dataclass(frozen=True, slots=True)
class LayerMix:
    """A weighted sum of layers (Peters et al. 2018), each normalised over all its numbers first if `normalised`."""

    weights: torch.Tensor  # (layers,), they sum to one
    gamma: float
    normalised: bool

    def __call__(self, layers: Sequence[torch.Tensor]) -> torch.Tensor:
        """(1, tokens, hidden) of each layer to (1, tokens, hidden)."""
        if len(layers) != len(self.weights):
            raise ModelError(f"the layer mix has {len(self.weights)} weights, the encoder {len(layers)} layers")
        parts = [weight * self._normal(layer) for weight, layer in zip(self.weights, layers, strict=True)]
        return self.gamma * torch.stack(parts).sum(dim=0)

    def _normal(self, layer: torch.Tensor) -> torch.Tensor:
        if not self.normalised:
            return layer
        return (layer - layer.mean()) / torch.sqrt(layer.var(unbiased=False) + 1e-12)


class CometEstimator:
    """Implements schema.roles.SourceEstimator as COMET's referenceless regression does (Rei et al. 2020, COMET-QE).

    The mean over tokens of a mix of the encoder's layers is the sentence; the head sees [h; s; h*s; |h-s|].
    """

    def __init__(
        self, model: Any, tokenizer: OwnTokenizer, head: torch.nn.Module, *, mix: LayerMix | int, signature: str
    ) -> None:
        """`mix` is how layers are weighed, or the number of the one layer that is used."""
        self._model = model
        self._tokenizer = tokenizer
        self._head = head
        self._mix = mix
        self.signature = signature

    @torch.inference_mode()
    def rate(self, sources: Sequence[str], hypotheses: Sequence[str]) -> list[float]:
        """One score per pair, higher is better, on the scale of the model. ValueError for a blank text."""
        pairs = list(zip(sources, hypotheses, strict=True))
        known: dict[str, torch.Tensor] = {}
        scores = []
        for source, hypothesis in pairs:
            if source not in known:  # translations of one source usually follow each other
                known = {source: self._sentence(source)}
            left, right = self._sentence(hypothesis), known[source]  # (hidden,)
            seen = torch.cat([left, right, left * right, (left - right).abs()])  # (4 x hidden,)
            scores.append(float(self._head(seen[None])[0, 0]))
        return scores

    def _sentence(self, text: str) -> torch.Tensor:
        ids, _ = self._tokenizer.encode(text)
        pooled, lengths = [], []
        for window in self._tokenizer.windows(ids):
            layers = self._model(input_ids=torch.tensor([window.ids]), output_hidden_states=True).hidden_states
            mixed = layers[self._mix] if isinstance(self._mix, int) else self._mix(layers)  # (1, tokens, hidden)
            pooled.append(mixed[0].mean(dim=0))  # (hidden,)
            lengths.append(len(window.ids))
        return weighted_mean(pooled, lengths)


def load_comet_estimator(
    name: str, *, offline: bool, threads: int | None = None, progress: Progress | None = None
) -> CometEstimator:
    """From a local folder or a hub name: hparams.yaml and checkpoints/model.ckpt, as COMET keeps them.

    The encoder's config.json and tokenizer.json are taken from the folder if they lie there, else from the hub name
    that hparams.yaml gives. Raises ModelMissing if something is not here and may not be fetched, ModelError for what
    cannot be loaded, such as a model that needs a reference.
    """
    prepare(name, offline=offline, threads=threads, progress=progress)
    hparams = _read_hparams(needed(name, "hparams.yaml", offline=offline))
    kind = hparams.get("class_identifier")
    if kind != _REFERENCELESS:
        raise ModelError(f"{name} is a {kind}; only a {_REFERENCELESS} sees source and translation one by one")
    if hparams.get("pool", "avg") != "avg":
        raise ModelError(f"{name} pools by {hparams['pool']}; only avg is known")
    path = next((found for one in _CHECKPOINTS if (found := file_of(name, one, offline=offline))), None)
    if path is None:
        raise ModelError(f"{name} has no weights: one of {', '.join(_CHECKPOINTS)} is needed")
    weights = _read_weights(path)
    own = file_of(name, "config.json", offline=offline) is not None
    base = name if own else str(hparams.get("pretrained_model"))
    model = _encoder(base, weights, offline=offline)
    return CometEstimator(
        model,
        tokenizer_of(base, model, offline=offline),
        _head(name, hparams, weights, hidden=int(model.config.hidden_size)),
        mix=_mix(name, hparams, weights),
        signature=f"comet-{fingerprint_of(weights)}",
    )


def _read_hparams(path: Path) -> dict[str, Any]:
    import yaml

    try:
        hparams = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    if not isinstance(hparams, dict):
        raise ModelError(f"{path} is damaged: it holds no settings")
    return hparams


def _read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Weights by name, fp32."""
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            stored = load_file(path)
        else:
            stored = torch.load(path, map_location="cpu", weights_only=True)
            stored = stored.get("state_dict", stored)
        return {name: value.float() for name, value in stored.items() if isinstance(value, torch.Tensor)}
    except Exception as error:  # torch, pickle and safetensors raise errors of their own
        said = (str(error).strip() or repr(error)).splitlines()[0]
        raise ModelError(
            f"{path} cannot be read as weights alone ({said}); save its state dict as model.safetensors"
        ) from error


def _encoder(base: str, weights: Mapping[str, torch.Tensor], *, offline: bool) -> Any:
    """The encoder that config.json of `base` describes, with the weights of the checkpoint."""
    import transformers

    config = needed(base, "config.json", offline=offline)
    try:
        model = transformers.AutoModel.from_config(transformers.AutoConfig.from_pretrained(config.parent))
        inner = {key[len(_ENCODER) :]: value for key, value in weights.items() if key.startswith(_ENCODER)}
        lacking = model.load_state_dict(inner, strict=False).missing_keys
    except Exception as error:  # damaged files raise errors of several libraries
        raise ModelError(f"{config} and the checkpoint do not fit each other: {error}") from error
    unmet = [key for key in lacking if not key.startswith("pooler.") and "position_ids" not in key]
    if unmet:
        raise ModelError(f"the checkpoint lacks {len(unmet)} weights of its encoder ({unmet[0]}, ...)")
    return model.float().eval()


def _head(
    name: str, hparams: Mapping[str, Any], weights: Mapping[str, torch.Tensor], *, hidden: int
) -> torch.nn.Sequential:
    """The feed-forward layers: linear maps with an activation between them, and perhaps one at the end."""
    numbers = sorted({int(key.split(".")[2]) for key in weights if key.startswith(_HEAD)})
    try:
        between = _ACTIVATIONS[hparams.get("activations", "Tanh")]
        final = hparams.get("final_activation")
        last = [_ACTIVATIONS[final]()] if final else []
        layers: list[torch.nn.Module] = []
        for number in numbers:
            weight, bias = weights[f"{_HEAD}{number}.weight"], weights[f"{_HEAD}{number}.bias"]
            linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
            linear.load_state_dict({"weight": weight, "bias": bias})
            layers += [linear, between()] if number != numbers[-1] else [linear, *last]
    except (KeyError, IndexError) as error:
        raise ModelError(f"{name}: the head cannot be built: {error} is not known") from error
    first = next((layer for layer in layers if isinstance(layer, torch.nn.Linear)), None)
    if first is None or first.in_features != 4 * hidden:
        raise ModelError(f"{name}: the head does not see [h; s; h*s; |h-s|] of {hidden} numbers each")
    return torch.nn.Sequential(*layers).eval()


def _mix(name: str, hparams: Mapping[str, Any], weights: Mapping[str, torch.Tensor]) -> LayerMix | int:
    layer = hparams.get("layer", "mix")
    if layer != "mix":
        return int(layer)
    prefix = f"{_MIX}scalar_parameters."
    numbers = sorted(int(key[len(prefix) :]) for key in weights if key.startswith(prefix))
    if not numbers or f"{_MIX}gamma" not in weights:
        raise ModelError(f"{name} mixes layers, but has no weights for them ({prefix}0, ...)")
    scores = torch.cat([weights[f"{prefix}{number}"].reshape(1) for number in numbers])  # (layers,)
    shares = _sparsemax(scores) if hparams.get("layer_transformation") == "sparsemax" else scores.softmax(dim=0)
    return LayerMix(shares, float(weights[f"{_MIX}gamma"]), normalised=bool(hparams.get("layer_norm", True)))


def _sparsemax(scores: torch.Tensor) -> torch.Tensor:
    """The nearest point of the simplex, Martins and Astudillo 2016  # (layers,)."""
    ordered = scores.sort(descending=True).values  # (layers,)
    above = ordered.cumsum(dim=0) - 1  # (layers,)
    support = int((ordered * torch.arange(1, len(scores) + 1) > above).sum())
    return torch.clamp(scores - above[support - 1] / support, min=0)
