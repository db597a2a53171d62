"""The network that is trained: a multilingual encoder over "translation </s></s> source", and small heads.

The encoder's embeddings of pieces and positions stay those of its package; its layers, the embeddings of the two sides
and their normalisation are trained.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as functional
from safetensors.torch import load_file
from torch import Tensor, nn

from mtqa.modeling.differences import restored
from mtqa.modeling.e5_weights import EncoderFile
from mtqa.modeling.joint_build import FROZEN, to_transformers
from mtqa.modeling.joint_estimator import HEADS, LAYERS

POOLED = 128
SENTENCE_OUTPUTS = ("expectation", "order", "related")
TOKEN_OUTPUTS = ("edited", "wrong", "missing")


class JointNetwork(nn.Module):
    """Ids of a batch of pairs -> three numbers a pair and three logits a token."""

    def __init__(self, file: EncoderFile) -> None:
        super().__init__()
        self.encoder = to_transformers(file)
        width = file.sizes["width"]
        for name, value in self.encoder.named_parameters():
            value.requires_grad_(name not in FROZEN)
        self.pooled = nn.Linear(3 * width, POOLED)
        self.sentence = nn.Linear(POOLED, len(SENTENCE_OUTPUTS))
        self.hidden = nn.Linear(width, POOLED)
        self.token = nn.Linear(POOLED, len(TOKEN_OUTPUTS))

    def forward(self, ids: Tensor, sides: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """`ids`, `sides` (0 translation, 1 source), `inside` (not padding)  # (pairs, tokens) -> SENTENCE_OUTPUTS
        # (pairs, 3), logits of TOKEN_OUTPUTS  # (pairs, tokens, 3).
        """
        states = self.encoder(ids, attention_mask=inside, token_type_ids=sides).last_hidden_state
        parts = [states[:, 0]]
        for side in (0, 1):
            own = (inside.bool() & (sides == side)).unsqueeze(2).to(states.dtype)
            parts.append((states * own).sum(1) / own.sum(1).clamp(min=1.0))
        pooled = torch.tanh(self.pooled(torch.cat(parts, dim=1)))
        return self.sentence(pooled), self.token(functional.gelu(self.hidden(states)))

    def load_shipped(self, folder: Path) -> None:
        """Take the weights of an earlier run as they ship; the network must still be that of its package.

        An output that the earlier run did not have begins at zero.
        """
        layers = restored(load_file(folder / LAYERS), self.encoder.state_dict())
        heads = {name: value.float() for name, value in load_file(folder / HEADS).items()}
        for name in ("sentence.weight", "sentence.bias"):
            lacking = len(SENTENCE_OUTPUTS) - len(heads[name])
            heads[name] = torch.cat([heads[name], torch.zeros(lacking, *heads[name].shape[1:])])
        found = {f"encoder.{name}": value for name, value in layers.items()} | heads
        missing, unknown = self.load_state_dict(found, strict=False)
        if unknown or {name.removeprefix("encoder.") for name in missing} != FROZEN:
            raise ValueError(
                f"{folder} does not hold the weights of this network: {sorted(unknown)[:4] or missing[:4]}"
            )

    def freeze(self, layers: int) -> None:
        """Leave the lowest layers, and what comes before them, as they are."""
        lower = tuple(f"encoder.layer.{number}." for number in range(layers))
        for name, value in self.encoder.named_parameters():
            if layers and name.startswith(("embeddings.", *lower)):
                value.requires_grad_(False)

    def trained(self) -> dict[str, Tensor]:
        """What differs from the package's file."""
        return {name: value.detach() for name, value in self.state_dict().items() if name[8:] not in FROZEN}
