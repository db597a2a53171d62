from __future__ import annotations

import pytest

from mtqa.knowledge.pinyin import is_pinyin_name, is_russian_pinyin


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


@pytest.mark.parametrize(
    ("word", "expected"),
    [("tszinpin", True), ("chzhantszyakou", True), ("erkhu", True), ("berlin", False), ("sergey", False), ("", False)],
)
def test_russian_spells_chinese_syllables_in_its_own_way(word: str, *, expected: bool) -> None:
    assert is_russian_pinyin(word) is expected
