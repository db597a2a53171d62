"""The package's file of the multilingual encoder: what was written is read, and damage is named with the file."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from mtqa.errors import ModelError
from mtqa.modeling.e5_weights import EncoderFile, read_encoder_file
from tests.modeling.tiny_joint import (
    BEGIN,
    BLOCK,
    CHARACTERS,
    END,
    EPSILON,
    PADDING,
    PIECES,
    SIZES,
    UNKNOWN,
    encoder_bytes,
    is_four_bits,
    piece_scores,
    tiny_tensors,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> EncoderFile:
    path = tmp_path_factory.mktemp("encoder") / "encoder.bin"
    path.write_bytes(encoder_bytes())
    return read_encoder_file(path)


def test_sizes_pieces_and_characters_are_those_that_were_written(file: EncoderFile) -> None:
    assert file.sizes == SIZES
    assert file.epsilon == pytest.approx(EPSILON)
    assert file.pieces == tuple(zip(PIECES, piece_scores().tolist(), strict=True))
    assert file.special == (BEGIN, END, PADDING, UNKNOWN)
    assert file.characters == CHARACTERS


@pytest.mark.parametrize("name", tiny_tensors())
def test_a_tensor_comes_back(name: str, file: EncoderFile) -> None:
    written, found = tiny_tensors()[name], file.tensors[name]
    assert found.shape == written.shape
    assert found.dtype == np.float32
    if not is_four_bits(name):
        np.testing.assert_array_equal(found, written)
        return
    step = np.abs(written.reshape(-1, BLOCK)).max(axis=1, keepdims=True) / 7  # of 15 that a block has  # (blocks, 1)
    off = np.abs(found - written).reshape(-1, BLOCK)
    assert (off <= 0.51 * step).all()
    assert off.max() > 0.2 * step.min()  # 4 bits cannot hold them all


def test_there_are_no_tensors_but_those(file: EncoderFile) -> None:
    assert file.tensors.keys() == tiny_tensors().keys()


def test_the_halves_of_a_byte_are_weights_sixteen_apart(tmp_path: Path) -> None:
    content = encoder_bytes({"l0.q.w": tiny_tensors()["l0.q.w"]})
    block = struct.pack("<e", 0.5) + bytes(number | (15 - number) << 4 for number in range(16))
    blocks = block * SIZES["width"]
    (tmp_path / "encoder.bin").write_bytes(content[: -len(blocks)] + blocks)
    (row, *others) = read_encoder_file(tmp_path / "encoder.bin").tensors["l0.q.w"]
    assert row.tolist() == [*np.arange(-4.0, 4.0, 0.5), *np.arange(3.5, -4.5, -0.5)]
    assert all(np.array_equal(row, other) for other in others)


def damaged(content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "encoder.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="is damaged") as caught:
        read_encoder_file(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("magic", [b"GGUF", b"E5S2", b"\x00" * 4])
def test_another_kind_of_file_is_refused(magic: bytes, tmp_path: Path) -> None:
    assert "does not begin" in damaged(encoder_bytes(magic=magic), tmp_path)


@pytest.mark.parametrize("block", [16, 64, 0])
def test_blocks_of_another_size_are_refused(block: int, tmp_path: Path) -> None:
    assert f"blocks have {block} weights" in damaged(encoder_bytes(block=block), tmp_path)


PARTS = {
    "nothing": 0,
    "magic": 3,
    "sizes": 20,
    "borders of pieces": 100,
    "scores": 400,
    "pieces": encoder_bytes().index(b"<unk>"),
    "characters": encoder_bytes().index(struct.pack("<IB", 0x2026, 3)) + 7,
    "directory": encoder_bytes().index(b"l1.q.w") + 3,
    "first tensor": encoder_bytes().index(b"l1.oln.b") + 200,
    "last tensor": len(encoder_bytes()) - 1,
}


@pytest.mark.parametrize("part", PARTS)
def test_a_file_that_is_cut_off_is_damaged(part: str, tmp_path: Path) -> None:
    damaged(encoder_bytes()[: PARTS[part]], tmp_path)


def test_a_map_of_characters_that_ends_elsewhere_is_damaged(tmp_path: Path) -> None:
    content = encoder_bytes()
    rows = content.index(struct.pack("<IB", 0x0001, 0))
    (size,) = struct.unpack_from("<I", content, rows - 4)
    other = content[: rows - 4] + struct.pack("<I", size + 1) + content[rows:]
    assert "map of characters" in damaged(other, tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file") as caught:
        read_encoder_file(tmp_path / "encoder.bin")
    assert str(tmp_path / "encoder.bin") in str(caught.value)
