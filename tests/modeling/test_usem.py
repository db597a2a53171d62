"""The network against its formulas written out token by token; windows, kept tokens and threads change nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.errors import ModelError
from mtqa.modeling import usem_tokens
from mtqa.modeling.usem import Network, unpack_table
from mtqa.modeling.usem_tokens import Kept
from tests.modeling.tiny_encoder import EMBEDDING, STATES, WIDTH, as_npz, tiny_weights

WEIGHTS = tiny_weights()
VOCABULARY = 17 * 4
IDS = st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("usem")
    (path / "weights.npz").write_bytes(as_npz(WEIGHTS))
    unpack_table(path / "weights.npz", path)
    return path


@pytest.fixture(scope="module")
def network(folder: Path) -> Network:
    return Network.load(folder)


def normalised(row: np.ndarray) -> np.ndarray:
    return (row - row.mean()) / np.sqrt(row.var() + float(WEIGHTS["eps"]))


def convolved(rows: list[np.ndarray], layer: int, size: int, left: int) -> list[np.ndarray]:
    """relu(W [rows before .. rows after] + b) + row, zeros beyond both ends."""
    nothing = np.zeros_like(rows[0])
    found = []
    for at, row in enumerate(rows):
        places = [at + place - left for place in range(size)]
        around = np.concatenate([rows[one] if 0 <= one < len(rows) else nothing for one in places])
        found.append(np.maximum(around @ WEIGHTS[f"w{layer}_{size}"] + WEIGHTS[f"b{layer}_{size}"], 0) + row)
    return found


def written_out(ids: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Vector and states in doubles, one token after the other."""
    own = {name: value.astype(np.float64) for name, value in WEIGHTS.items()}
    embedded = [own[f"q{one % 17 + 1}"][one // 17] * own["scale"][one % 17] + own["lo"][one % 17] for one in ids]
    # The three branches are normalised together.
    together = [
        normalised(np.concatenate([row @ own[f"proj{size}"] + own[f"proj_b{size}"] for size in (2, 3, 5)]))
        for row in embedded
    ]
    features = [[row] for row in embedded]
    for branch, (size, left) in enumerate(((2, 0), (3, 1), (5, 2))):
        width = len(own["ln_g2"])
        rows = [
            row[branch * width : (branch + 1) * width] * own[f"ln_g{size}"] + own[f"ln_b{size}"] for row in together
        ]
        for row, more in zip(features, convolved(convolved(rows, 1, size, left), 2, size, left), strict=True):
            row.append(more)
    states = np.stack(
        [
            (normalised(np.concatenate(row)) * own["ln_g"] + own["ln_b"]) @ own["cnn_W"] + own["cnn_b"]
            for row in features
        ]
    )
    pooled = states.sum(axis=0) / np.sqrt(len(ids))
    first = np.maximum(pooled @ own["d0"], 0)
    second = np.maximum(pooled @ own["p1"] + first @ own["d1"], 0)
    last = np.tanh(second @ own["p3"] + np.maximum(second @ own["d2"], 0) @ own["d3"])
    return last / np.linalg.norm(last), states


def vector_of(network: Network, ids: Sequence[int]) -> np.ndarray:
    return network.finished([network.total(ids)], [len(ids)])[0]


def vector_and_states(network: Network, ids: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    total, states = network.total_and_states(ids)
    return network.finished([total], [len(ids)])[0], states


@settings(max_examples=40, deadline=None)
@given(ids=IDS)
def test_vector_and_states_are_those_of_the_formulas(network: Network, ids: list[int]) -> None:
    vector, states = vector_and_states(network, ids)
    expected, expected_states = written_out(ids)
    np.testing.assert_allclose(states, expected_states, atol=2e-4)
    np.testing.assert_allclose(vector, expected, atol=2e-4)
    assert (vector.shape, states.shape) == ((WIDTH,), (len(ids), STATES))
    assert np.array_equal(vector_of(network, ids), vector)


@pytest.mark.parametrize("tokens", [1, 2, 5, 511, 512, 513, 516, 520, 1024, 1100])
def test_a_long_text_is_read_in_windows_as_if_whole(network: Network, tokens: int) -> None:
    ids = np.random.default_rng(tokens).integers(0, VOCABULARY, tokens).tolist()
    vector, states = vector_and_states(network, ids)
    expected, expected_states = written_out(ids)
    np.testing.assert_allclose(states, expected_states, atol=2e-4)
    np.testing.assert_allclose(vector, expected, atol=2e-4)


@settings(max_examples=8, deadline=None)
@given(texts=st.lists(IDS, min_size=1, max_size=6), order=st.randoms())
def test_what_was_read_before_changes_no_bit(folder: Path, texts: list[list[int]], order: object) -> None:
    fresh = [vector_of(Network.load(folder), ids) for ids in texts]
    numbers = list(range(len(texts)))
    order.shuffle(numbers)  # type: ignore[attr-defined]
    together = Network.load(folder)
    for number in numbers:
        assert np.array_equal(vector_of(together, texts[number]), fresh[number])


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(IDS, min_size=1, max_size=20))
def test_texts_together_give_what_each_gives_alone(folder: Path, texts: list[list[int]]) -> None:
    alone = [vector_of(Network.load(folder), ids) for ids in texts]
    together = Network.load(folder)
    with ThreadPoolExecutor(2) as pool:
        together.learn(texts, pool)
    found = together.finished(together.totals(texts), [len(ids) for ids in texts])
    assert all(np.array_equal(one, other) for one, other in zip(found, alone, strict=True))


@pytest.mark.parametrize("lengths", [[], [7], [1, 1], [1, 30, 2, 5, 1], [512, 3, 512], [3, 513, 4]])
def test_sums_of_texts_together_are_those_of_each_to_the_bit(network: Network, lengths: list[int]) -> None:
    rng = np.random.default_rng(sum(lengths))
    texts = [rng.integers(0, VOCABULARY, length).tolist() for length in lengths]
    found = network.totals(texts)
    assert len(found) == len(texts)
    assert all(np.array_equal(one, network.total(ids)) for one, ids in zip(found, texts, strict=True))


def test_tokens_are_forgotten_when_room_ends_and_results_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [np.random.default_rng(seed).integers(0, VOCABULARY, 30).tolist() for seed in range(8)]
    expected = [vector_of(Network.load(folder), ids) for ids in texts]
    monkeypatch.setattr(usem_tokens, "_KEPT", 40)
    small = Network.load(folder)
    monkeypatch.setattr(small._tokens, "_compute", counted := Counted(small._tokens._compute))
    found = [vector_of(small, ids) for ids in texts]
    assert counted.tokens > VOCABULARY  # some were computed again
    assert all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


class Counted:
    def __init__(self, action: object) -> None:
        self.action = action
        self.tokens = 0

    def __call__(self, ids: np.ndarray, kept: Kept, slot: int) -> None:
        self.tokens += len(ids)
        self.action(ids, kept, slot)  # type: ignore[operator]


def test_threads_share_a_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [np.random.default_rng(seed).integers(0, VOCABULARY, 30).tolist() for seed in range(40)]
    expected = [vector_of(Network.load(folder), ids) for ids in texts[:8]]
    monkeypatch.setattr(usem_tokens, "_KEPT", 40)
    shared = Network.load(folder)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda ids: vector_of(shared, ids), texts))
    assert all(np.array_equal(one, other) for one, other in zip(found[:8], expected, strict=True))


FORKS = """
import os
from mtqa.modeling.usem_tokens import Kept
kept = Kept(8, 20, 4, 2)
if os.fork() == 0:
    kept.embedding[:] = 1.0
    os._exit(0)
os.wait()
assert kept.embedding.shape[1] == 4 and not kept.embedding.any()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_a_forked_process_keeps_rows_of_its_own() -> None:
    subprocess.run([sys.executable, "-c", FORKS], check=True)


def test_the_table_is_in_the_order_of_the_ids(folder: Path) -> None:
    table = np.load(folder / "table.npy")
    assert table.shape == (VOCABULARY, EMBEDDING)
    for one in (0, 1, 16, 17, 40, 67):
        assert np.array_equal(table[one], WEIGHTS[f"q{one % 17 + 1}"][one // 17])


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("d0", None, "d0"),
        ("w1_3", np.zeros((5, 5), dtype=np.float32), "w1_3 has the shape"),
        ("ln_g", np.zeros(3, dtype=np.float32), "ln_g has the shape"),
        ("proj5", np.zeros((2, 6), dtype=np.float32), "damaged"),
    ],
)
def test_weights_that_do_not_fit_are_named(name: str, value: np.ndarray | None, says: str, tmp_path: Path) -> None:
    weights = {key: one for key, one in WEIGHTS.items() if key != name} | ({} if value is None else {name: value})
    (tmp_path / "weights.npz").write_bytes(as_npz(weights))
    unpack_table(tmp_path / "weights.npz", tmp_path)
    with pytest.raises(ModelError, match=says):
        Network.load(tmp_path)


@pytest.mark.parametrize("file", ["weights.npz", "table.npy"])
@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_files_that_are_cut_off_are_an_error(file: str, content: bytes | None, folder: Path, tmp_path: Path) -> None:
    for name in ("weights.npz", "table.npy"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(ModelError, match="damaged"):
        Network.load(tmp_path)
