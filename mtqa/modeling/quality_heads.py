"""The heads of the quality estimator, in torch for training; mtqa.modeling.quality_estimator runs them in numpy.

They read one linear map of the encoder's last layer, `features` numbers per token, and nothing else of it: the map is
the output layer of the converted encoder, so that whatever comes after it costs next to nothing.

A token is judged with its neighbours (a causal encoder sees an error often only at the next token) and with what an
attention over the whole sentence, both ways, finds for it. The sentence is judged by the mean and the last of the
features, by mean and maximum of what the token head saw, and by mean and maximum of the surprisal head, which says how
surprised the language model was at each token: one pass serves both.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from mtqa.modeling.quality_model import ATTENTION_HEADS, FARTHEST, FEATURES, NEIGHBOURS

_ATTENTION = 64  # numbers per token that the attention finds, all heads together
_TOKEN_HIDDEN = 64
_SENTENCE_HIDDEN = 96
_DROPOUT = 0.1


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the heads say of a batch.

    `z`, `raw`, `log_spread`  # (sentences,): standardised rating, rating of 1, logarithm of the standard deviation of
    the latter; `error`, `major`  # (sentences, tokens): logits; `surprisal`  # (sentences, tokens): nats.
    """

    z: Tensor
    raw: Tensor
    log_spread: Tensor
    error: Tensor
    major: Tensor
    surprisal: Tensor


class QualityHeads(nn.Module):
    """Token head, surprisal head and sentence head over the features."""

    def __init__(self) -> None:
        super().__init__()
        self.token_attention = nn.Linear(FEATURES, 3 * _ATTENTION)
        self.token_distance = nn.Parameter(torch.zeros(ATTENTION_HEADS, 2 * FARTHEST + 1))
        self.token_hidden = nn.Linear(len(NEIGHBOURS) * FEATURES + _ATTENTION, _TOKEN_HIDDEN)
        self.token_output = nn.Linear(_TOKEN_HIDDEN, 2)
        self.surprisal = nn.Linear(len(NEIGHBOURS) * FEATURES, 1)
        self.sentence_hidden = nn.Linear(2 * FEATURES + 2 * _TOKEN_HIDDEN + 5, _SENTENCE_HIDDEN)
        self.sentence_output = nn.Linear(_SENTENCE_HIDDEN, 3)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, features: Tensor, lengths: Tensor) -> Judgement:
        """`features`  # (sentences, tokens, FEATURES), padded on the right; `lengths`  # (sentences,)."""
        places = torch.arange(features.shape[1])  # (tokens,)
        inside = places[None] < lengths[:, None]  # (sentences, tokens)
        features = features * inside[..., None]
        near = torch.cat([shifted(features, by) for by in NEIGHBOURS], dim=-1)
        found = attend(self.token_attention(features), self.token_distance, inside)  # (sentences, tokens, _ATTENTION)
        hidden = torch.tanh(self.token_hidden(torch.cat([near, found], dim=-1)))  # (sentences, tokens, _TOKEN_HIDDEN)
        error, major = self.token_output(hidden).unbind(-1)  # (sentences, tokens) each
        surprisal = self.surprisal(near).squeeze(-1)  # (sentences, tokens)
        # The sentence head learns from what the surprisal head says, not the other way round.
        said = surprisal.detach() / 4.0 * (inside & (places > 0)[None])  # nothing comes before the first token
        count = lengths[:, None].float()  # (sentences, 1)
        last = features[torch.arange(len(features)), lengths - 1]  # (sentences, FEATURES)
        kept = hidden * inside[..., None]
        probable = torch.sigmoid(error) * inside  # (sentences, tokens)
        pooled = torch.cat(
            [
                features.sum(1) / count,
                last,
                kept.sum(1) / count,
                hidden.masked_fill(~inside[..., None], -1.0).amax(1),
                probable.sum(1, keepdim=True) / count,
                probable.amax(1, keepdim=True),
                torch.log(count) / 4.0,
                said.sum(1, keepdim=True) / (count - 1.0),
                said.amax(1, keepdim=True),
            ],
            dim=-1,
        )
        sentence = self.dropout(torch.tanh(self.sentence_hidden(pooled)))  # (sentences, _SENTENCE_HIDDEN)
        z, raw, log_spread = self.sentence_output(sentence).unbind(-1)  # (sentences,) each
        return Judgement(z, raw, log_spread, error, major, surprisal)


def attend(query_key_value: Tensor, distance: Tensor, inside: Tensor) -> Tensor:
    """Attention with a learned bias by distance (Shaw et al. 2018)  # (sentences, tokens, numbers).

    `query_key_value`  # (sentences, tokens, 3 * numbers); `distance`  # (ATTENTION_HEADS, 2 * FARTHEST + 1);
    `inside`  # (sentences, tokens): False for padding.
    """
    sentences, tokens, _ = query_key_value.shape
    query, key, value = (
        one.view(sentences, tokens, ATTENTION_HEADS, -1).transpose(1, 2) for one in query_key_value.chunk(3, dim=-1)
    )  # (sentences, heads, tokens, size) each
    places = torch.arange(tokens)
    apart = (places[None] - places[:, None]).clamp(-FARTHEST, FARTHEST) + FARTHEST  # (tokens, tokens)
    bias = distance[:, apart][None].masked_fill(~inside[:, None, None], float("-inf"))
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    return mixed.transpose(1, 2).reshape(sentences, tokens, -1)


def shifted(features: Tensor, by: int) -> Tensor:
    """Row t holds what stood at t + by; zeros outside  # (sentences, tokens, FEATURES)."""
    moved = torch.roll(features, -by, dims=1)
    if by > 0:
        moved[:, -by:] = 0.0
    elif by < 0:
        moved[:, :-by] = 0.0
    return moved
