from __future__ import annotations

import pytest

from mtqa.knowledge.pinyin import is_pinyin_name


@pytest.mark.parametrize(
    "name", ["Zhang Ruoyun", "Xi Jinping", "Li Ping", "Song Xiao’an", "Liu Mingyang", "Ruoyun Zhang"]
)
def test_chinese_names(name: str) -> None:
    assert is_pinyin_name(name.split())


@pytest.mark.parametrize(
    "name", ["Olaf Scholz", "Elon Musk", "Alan Turing", "Xi Inping", "Emma Yang", "Kim Jong Un", "Li"]
)
def test_other_names(name: str) -> None:
    assert not is_pinyin_name(name.split())
