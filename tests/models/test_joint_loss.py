"""Losses of the joint estimator's training: where an unmarked stretch is looked for, and rows read by length."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from models.joint_quality.train import _in_parts, _placed


def labels(logits: list[float], share: float) -> list[float]:
    return [float(one) for one in _placed(torch.tensor(logits), share)]


def test_a_stretch_of_a_share_is_put_where_the_logits_are_greatest() -> None:
    assert labels([-3.0, -3.0, 2.0, 1.0, 2.0, -3.0], 0.5) == [0.0, 0.0, 1.0, 1.0, 1.0, 0.0]
    assert labels([3.0, -3.0, -1.0, -3.0], 0.25) == [1.0, 0.0, 0.0, 0.0]
    assert labels([0.0, 1.0], 1.0) == [1.0, 1.0]


def test_the_edges_of_a_long_stretch_are_unknown() -> None:
    found = labels([-2.0] * 6 + [2.0] * 10 + [-2.0] * 4, 0.5)
    assert found == [0.0] * 4 + [-1.0] * 4 + [1.0] * 6 + [-1.0] * 4 + [0.0] * 2


def test_one_token_that_is_very_sure_does_not_outweigh_a_stretch() -> None:
    assert labels([40.0, -3.0, -3.0, 2.0, 2.0, 2.0], 0.5)[3:] == [1.0, 1.0, 1.0]


class Summing(nn.Module):
    """Says of each row the sum of its ids inside, and of each token its id."""

    def forward(self, ids: Tensor, sides: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        return (ids * inside).sum(1, keepdim=True).float(), (ids * inside).float()[:, :, None].expand(-1, -1, 3)


@pytest.mark.parametrize("rows", [1, 3, 9])
def test_rows_come_back_in_their_order_however_long_they_are(rows: int) -> None:
    torch.manual_seed(1)
    lengths = torch.randint(1, 12, (rows,))
    inside = (torch.arange(12)[None] < lengths[:, None]).long()
    ids = torch.randint(2, 99, (rows, 12)) * inside
    numbers, logits = _in_parts(Summing(), ids, torch.zeros_like(ids), inside)  # type: ignore[arg-type]
    assert torch.equal(numbers[:, 0], ids.sum(1).float())
    assert torch.equal(logits[:, :, 1], ids.float())
