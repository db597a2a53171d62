"""The encoders that are compared and trained: the first layers of SmolLM2 (causal), and BERTs, which read both ways.

Both end in a linear map to FEATURES numbers per token, the input of mtqa.modeling.quality_heads. What is trained is
kept in float32; `compute` says in which precision the layers run, and in which those are kept that do not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from mtqa.modeling import token_types
from mtqa.modeling.quality_heads import Judgement, QualityHeads
from mtqa.modeling.quality_model import FEATURES

Tuning = Literal["adapters", "full", "upper"]
UPPER = 8  # layers that are trained with the tuning `upper`; those below stay as they were


class Adapted(nn.Module):
    """A linear map without bias; frozen with a low-rank addition (LoRA, Hu et al. 2021), or trained itself."""

    def __init__(self, weight: Tensor, *, rank: int, trained: bool, compute: torch.dtype = torch.float32) -> None:
        super().__init__()
        kept = weight.clone() if trained else weight.to(compute, copy=True)
        self.weight = nn.Parameter(kept, requires_grad=trained)
        self.down: nn.Parameter | None = None
        self.up: nn.Parameter | None = None
        if rank and not trained:
            self.down = nn.Parameter(torch.randn(rank, weight.shape[1]) / weight.shape[1] ** 0.5)
            self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, inputs: Tensor) -> Tensor:
        kind = inputs.dtype
        output = functional.linear(inputs, self.weight.to(kind))
        if self.down is not None and self.up is not None:
            output = output + functional.linear(functional.linear(inputs, self.down.to(kind)), self.up.to(kind))
        return output

    def merged(self) -> Tensor:
        """The weight with the addition  # (outputs, inputs)."""
        with torch.no_grad():
            weight = self.weight.float()
            return weight if self.down is None or self.up is None else weight + self.up @ self.down


class DecoderLayer(nn.Module):
    """One layer of Llama; projections that read the same input are one matrix."""

    def __init__(self, layer: Any, config: Any, *, rank: int, trained: bool, compute: torch.dtype) -> None:
        super().__init__()
        attention, mlp = layer.self_attn, layer.mlp
        self.heads, self.groups = config.num_attention_heads, config.num_key_value_heads
        self.size = config.hidden_size // config.num_attention_heads
        self.epsilon = config.rms_norm_eps
        self.norm_attention = nn.Parameter(layer.input_layernorm.weight.detach().clone(), requires_grad=trained)
        self.norm_mlp = nn.Parameter(layer.post_attention_layernorm.weight.detach().clone(), requires_grad=trained)
        adapted = partial(Adapted, rank=rank, trained=trained, compute=compute)
        parts = [one.weight.detach() for one in (attention.q_proj, attention.k_proj, attention.v_proj)]
        self.query_key_value = adapted(torch.cat(parts))
        self.output = adapted(attention.o_proj.weight.detach())
        gates = torch.cat([mlp.gate_proj.weight.detach(), mlp.up_proj.weight.detach()])
        self.gate_up = adapted(gates)
        self.down = adapted(mlp.down_proj.weight.detach())

    def forward(self, hidden: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
        """Hidden  # (sentences, tokens, width); right padding needs no mask, as every token looks back only."""
        sentences, tokens, width = hidden.shape
        normed = functional.rms_norm(hidden, (width,), self.norm_attention.to(hidden.dtype), self.epsilon)
        sizes = [self.heads * self.size, self.groups * self.size, self.groups * self.size]
        query, key, value = (
            one.view(sentences, tokens, -1, self.size).transpose(1, 2)
            for one in self.query_key_value(normed).split(sizes, -1)
        )
        query, key = _rotated(query, rotation), _rotated(key, rotation)
        share = self.heads // self.groups
        mixed = functional.scaled_dot_product_attention(
            query, key.repeat_interleave(share, 1), value.repeat_interleave(share, 1), is_causal=True
        )
        hidden = hidden + self.output(mixed.transpose(1, 2).reshape(sentences, tokens, width))
        normed = functional.rms_norm(hidden, (width,), self.norm_mlp.to(hidden.dtype), self.epsilon)
        gate, up = self.gate_up(normed).chunk(2, -1)
        added: Tensor = hidden + self.down(functional.silu(gate) * up)
        return added


def _rotated(states: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    cosine, sine = rotation
    half = states.shape[-1] // 2
    return states * cosine + torch.cat([-states[..., half:], states[..., :half]], -1) * sine


class Decoder(nn.Module):
    """The first `layers` layers of a Llama model, mask kept; embeddings frozen."""

    def __init__(
        self, model: Any, *, layers: int, tuning: Tuning, rank: int, compute: torch.dtype = torch.float32
    ) -> None:
        super().__init__()
        config = model.config
        table = model.model.embed_tokens.weight.detach().to(compute, copy=True)
        self.embedding = nn.Embedding(table.shape[0], table.shape[1], _weight=table)
        self.embedding.weight.requires_grad_(False)
        trained_from = {"adapters": layers, "full": 0, "upper": layers - UPPER}[tuning]
        self.layers = nn.ModuleList(
            DecoderLayer(
                layer,
                config,
                rank=rank if tuning == "adapters" else 0,
                trained=number >= trained_from,
                compute=compute,
            )
            for number, layer in enumerate(model.model.layers[:layers])
        )
        self.norm = nn.Parameter(torch.ones(config.hidden_size))
        self.epsilon = config.rms_norm_eps
        self.features = nn.Linear(config.hidden_size, FEATURES, bias=False)
        parameters = getattr(config, "rope_parameters", None) or {"rope_theta": getattr(config, "rope_theta", 1e4)}
        self.theta = float(parameters["rope_theta"])
        self.size = config.hidden_size // config.num_attention_heads

    def forward(self, ids: Tensor, types: Tensor | None = None) -> Tensor:  # noqa: ARG002 - one interface for both
        """Ids  # (sentences, tokens) -> features  # (sentences, tokens, FEATURES)."""
        hidden = self._hidden(ids)
        mapped: Tensor = self.features(functional.rms_norm(hidden, hidden.shape[-1:], self.norm, self.epsilon))
        return mapped

    @torch.no_grad()
    def even_out(self, ids: Tensor, lengths: Tensor) -> None:
        """Start with a norm that gives every dimension the same size: a few outgrow the rest in middle layers, which
        int8 would pay for. ids  # (sentences, tokens); lengths  # (sentences,).
        """
        hidden = self._hidden(ids)
        normed = functional.rms_norm(hidden, hidden.shape[-1:], None, self.epsilon)
        places = torch.arange(ids.shape[1])[None]
        # Without the first token, which serves as a sink of attention and is huge.
        inside = (places > 0) & (places < lengths[:, None])  # (sentences, tokens)
        self.norm.copy_(1.0 / normed[inside].square().mean(0).sqrt().clamp(min=0.02))

    def _hidden(self, ids: Tensor) -> Tensor:
        """What leaves the last layer, in float32  # (sentences, tokens, width)."""
        hidden: Tensor = self.embedding(ids)
        rotation = self._rotation(ids.shape[1], hidden.dtype)
        for layer in self.layers:
            hidden = layer(hidden, rotation)
        return hidden.float()

    def _rotation(self, tokens: int, kind: torch.dtype) -> tuple[Tensor, Tensor]:
        rates = self.theta ** (-torch.arange(0, self.size, 2) / self.size)  # (half,)
        angles = torch.arange(tokens)[:, None] * rates[None]  # (tokens, half)
        return torch.cat([angles.cos()] * 2, -1).to(kind), torch.cat([angles.sin()] * 2, -1).to(kind)


def typed_bert(folder: Path) -> Any:
    """A BERT whose token types say what its uncased vocabulary drops: case, and white space before the token."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    first = model.embeddings.token_type_embeddings.weight.detach()[:1]  # (1, width)
    model.embeddings.token_type_embeddings = nn.Embedding(
        token_types.COUNT, first.shape[1], _weight=first.repeat(token_types.COUNT, 1)
    )
    return model


class Encoder(nn.Module):
    """A BertModel of transformers, all of it trained."""

    def __init__(self, model: Any, *, compute: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.compute = compute
        self.model = model
        self.features = nn.Linear(model.config.hidden_size, FEATURES, bias=False)

    def forward(self, ids: Tensor, types: Tensor | None = None) -> Tensor:
        """ids, types  # (sentences, tokens) -> features; id 0 is padding."""
        inside = (ids != 0).long()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.compute == torch.bfloat16):
            hidden = self.model(input_ids=ids, token_type_ids=types, attention_mask=inside).last_hidden_state
        mapped: Tensor = self.features(hidden.float())
        return mapped


class QualityNetwork(nn.Module):
    """Encoder and heads."""

    def __init__(self, encoder: Decoder | Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = QualityHeads()

    def forward(self, ids: Tensor, types: Tensor | None, lengths: Tensor) -> Judgement:
        judged: Judgement = self.heads(self.encoder(ids, types), lengths)
        return judged

    def groups(self, *, rate: float, head_rate: float) -> list[dict[str, Any]]:
        """Parameter groups of the optimizer: encoder, and what is new."""
        new = {id(one) for one in self.heads.parameters()} | {id(self.encoder.features.weight)}
        trained = [one for one in self.parameters() if one.requires_grad]
        return [
            {"params": [one for one in trained if id(one) not in new], "lr": rate},
            {"params": [one for one in trained if id(one) in new], "lr": head_rate},
        ]

    def trained_state(self) -> dict[str, Tensor]:
        """Only what training changes: frozen weights come from the base model."""
        names = {name for name, one in self.named_parameters() if one.requires_grad}
        return {name: value for name, value in self.state_dict().items() if name in names}

    def load_trained(self, state: Mapping[str, Tensor]) -> None:
        """ValueError if `state` is not of this network."""
        expected = self.trained_state().keys()
        if state.keys() != expected:
            differing = sorted(state.keys() ^ expected)
            raise ValueError(f"these weights are of another network; differing: {', '.join(differing[:4])}")
        self.load_state_dict(dict(state), strict=False)
