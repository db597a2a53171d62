"""The network that reads a pair: each token beside what answers it on the other side, then all tokens together.

Its input are the token states of the meaning encoder. Soft alignment by cosines, and the comparison of a token with
what it is aligned to, are those of decomposable attention (Parikh et al. 2016, Chen et al. 2017); above them stand two
transformer layers. mtqa.modeling.pair_reader computes the same in numpy from the weights that `folded` gives.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

WIDTH = 128
KEYS = (128, 32, 32, 32)  # width of the vectors by which each head aligns
HEADS = len(KEYS)
LAYERS = 2
_HIDDEN = 2 * WIDTH
_SHARPNESS = 10.0  # logits per unit of cosine, at the start
_NOTHING = 0.3  # cosine of "nothing answers it", at the start


class Layer(nn.Module):
    """Attention of all tokens to all, and a layer for each token alone."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.mixed = nn.Linear(WIDTH, 3 * WIDTH)
        self.joined = nn.Linear(WIDTH, WIDTH)
        self.between = nn.LayerNorm(WIDTH)
        self.wide = nn.Linear(WIDTH, _HIDDEN)
        self.narrow = nn.Linear(_HIDDEN, WIDTH)

    def forward(self, tokens: Tensor, inside: Tensor) -> Tensor:
        """Tokens  # (pairs, tokens, WIDTH), inside  # (pairs, tokens): which are none of padding -> the same shape."""
        pairs, count, _ = tokens.shape
        parts = self.mixed(self.before(tokens)).reshape(pairs, count, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        mask = inside[:, None, None, :]
        seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask)
        tokens = tokens + self.joined(seen.transpose(1, 2).reshape(pairs, count, WIDTH))
        after: Tensor = tokens + self.narrow(torch.relu(self.wide(self.between(tokens))))
        return after


class PairNetwork(nn.Module):
    """States of both sides -> logits that tokens are wrong, or answered by nothing, and one score for each pair."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        states = len(mean)
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.own = nn.Linear(states, WIDTH)
        self.value = nn.Linear(states, WIDTH)
        self.key = nn.Linear(states, sum(KEYS))
        self.sharpness = nn.Parameter(torch.full((HEADS,), math.log(_SHARPNESS)))
        self.nothing = nn.Parameter(torch.full((HEADS,), _NOTHING))
        self.compared = nn.Linear(4 * WIDTH + 2 * HEADS, WIDTH)
        self.level = nn.LayerNorm(WIDTH)
        self.side = nn.Parameter(torch.zeros(2, WIDTH))
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.token = nn.Linear(WIDTH, 1)
        self.weight = nn.Linear(WIDTH, 1)
        self.pooled = nn.Linear(4 * WIDTH + 2, WIDTH)
        self.score = nn.Linear(WIDTH, 1)

    def start_from(self, cover: Tensor) -> None:
        """Let the first head align by a map of raw states  # (KEYS[0], states) that is already trained."""
        with torch.no_grad():
            self.key.weight[: KEYS[0]] = cover * self.deviation
            self.key.bias[: KEYS[0]] = cover @ self.mean

    def forward(
        self, source: Tensor, in_source: Tensor, translation: Tensor, in_translation: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """States  # (pairs, tokens, states) and which are tokens  # (pairs, tokens) of either side -> token logits of
        the source and of the translation  # (pairs, tokens) each, and scores  # (pairs,).
        """
        states = [(one - self.mean) / self.deviation for one in (source, translation)]
        keys = [[functional.normalize(part, dim=-1) for part in self.key(one).split(KEYS, -1)] for one in states]
        values = [self.value(one).chunk(HEADS, -1) for one in states]
        masks = (in_source, in_translation)
        rows = []
        for side, other in ((0, 1), (1, 0)):
            answer, figures = self._answered(keys[side], keys[other], values[other], masks[other])
            own = self.own(states[side])
            joined = torch.cat([own, answer, own * answer, (own - answer).abs(), figures], -1)
            rows.append(self.level(torch.relu(self.compared(joined))) + self.side[side])
        tokens, inside = torch.cat(rows, 1), torch.cat(masks, 1)
        for layer in self.layers:
            tokens = layer(tokens, inside)
        border = source.shape[1]
        logits, weights = self.token(tokens).squeeze(-1), self.weight(tokens).squeeze(-1)
        parts: list[Tensor] = []
        worst: list[Tensor] = []
        for part, mask in ((slice(0, border), in_source), (slice(border, None), in_translation)):
            own = tokens[:, part]
            parts.append((own * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))
            share = weights[:, part].masked_fill(~mask, -torch.inf).softmax(-1)
            parts.append((share[..., None] * own).sum(1))
            worst.append(torch.logsumexp(logits[:, part].masked_fill(~mask, -torch.inf), -1, keepdim=True))
        score = self.score(torch.relu(self.pooled(torch.cat([*parts, *worst], -1)))).squeeze(-1)
        return logits[:, :border], logits[:, border:], score

    def _answered(
        self, keys: list[Tensor], others: list[Tensor], values: tuple[Tensor, ...], inside: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What answers each token  # (pairs, tokens, WIDTH); its best cosine and how far anything answers it, of each
        head  # (pairs, tokens, 2 HEADS).
        """
        answers, best, mass = [], [], []
        for head, (one, other, value) in enumerate(zip(keys, others, values, strict=True)):
            sharpness = self.sharpness[head].exp()
            cosine = (one @ other.transpose(1, 2)).masked_fill(~inside[:, None], -1.0)
            logits = (sharpness * cosine).masked_fill(~inside[:, None], -torch.inf)
            nothing = (sharpness * self.nothing[head]).expand(*logits.shape[:2], 1)
            share = torch.cat([logits, nothing], -1).softmax(-1)[..., :-1]
            answers.append(share @ value)
            best.append(cosine.amax(-1))
            mass.append(share.sum(-1))
        return torch.cat(answers, -1), torch.stack([*best, *mass], -1)

    def folded(self) -> dict[str, Tensor]:
        """The weights with the standardisation of the states folded in, all input maps in one."""
        state = {name: value.detach() for name, value in self.state_dict().items()}
        scale = 1.0 / state.pop("deviation")
        offset = -state.pop("mean") * scale
        weights = [state.pop(f"{name}.weight") for name in ("own", "value", "key")]
        biases = [state.pop(f"{name}.bias") for name in ("own", "value", "key")]
        state["input.weight"] = torch.cat(weights) * scale
        state["input.bias"] = torch.cat(biases) + torch.cat(weights) @ offset
        state["sharpness"] = state["sharpness"].exp()
        return state
