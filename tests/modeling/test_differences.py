"""Four bits of a difference give the weights back, as near as their steps are; what does not fit is refused."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.joint_quality.package import averaged
from models.quality_en.export import differences
from mtqa.errors import ModelError
from mtqa.modeling.differences import GROUP, restored

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

ROWS, COLUMNS = 48, 2 * GROUP


def weights(seed: int = 1) -> dict[str, Tensor]:
    chance = torch.Generator().manual_seed(seed)
    return {
        "layer.weight": torch.randn(ROWS, COLUMNS, generator=chance),
        "layer.bias": torch.randn(ROWS, generator=chance),
        "small.weight": torch.randn(3, COLUMNS, generator=chance),
    }


def test_a_small_change_comes_back_within_half_a_step() -> None:
    base = weights()
    change = 0.01 * torch.randn(ROWS, COLUMNS, generator=torch.Generator().manual_seed(2))
    change[3], change[:, :5] = 0.0, -0.02
    state = base | {"layer.weight": base["layer.weight"] + change}
    stored = differences(state, base)
    assert stored["layer.weight"].dtype == torch.uint8
    assert stored["layer.weight"].shape == (ROWS, COLUMNS // 2)
    back = restored(stored, base)
    assert back.keys() == state.keys()
    step = change.reshape(ROWS, -1, GROUP).abs().amax(dim=2).repeat_interleave(GROUP, dim=1) / 7
    off = (back["layer.weight"] - state["layer.weight"]).abs()
    clipped = change.abs() > 0.6 * 7 * step  # the outermost may be cut off where the others gain by it
    assert (off[~clipped] <= 0.51 * step[~clipped] + 1e-5).all()
    assert off.mean() < 0.12 * change.abs().mean()
    for name in ("layer.bias", "small.weight"):
        assert torch.equal(back[name], state[name])


def test_no_change_is_no_change() -> None:
    base = weights()
    assert torch.equal(restored(differences(base, base), base)["layer.weight"], base["layer.weight"])


def test_what_does_not_fit_is_refused() -> None:
    base = weights()
    stored = differences(weights(2), base)
    with pytest.raises(ModelError, match="without its scale"):
        restored({name: value for name, value in stored.items() if not name.endswith(".scale")}, base)
    with pytest.raises(ModelError, match="without what it differs from"):
        restored(stored, {})
    with pytest.raises(ModelError, match="another shape"):
        restored(stored, base | {"layer.weight": base["layer.weight"][:, :GROUP]})
    with pytest.raises(ModelError, match="no weight that it scales"):
        restored({"layer.weight.scale": stored["layer.weight.scale"]}, base)


def test_an_average_lies_between() -> None:
    one, other = weights(1), weights(2)
    found = averaged(one, other, 0.25)["layer.bias"]
    torch.testing.assert_close(found, 0.75 * one["layer.bias"] + 0.25 * other["layer.bias"])
