from __future__ import annotations

import lzma
import sys
from types import ModuleType

import pytest

from mtqa.knowledge.building import words

# Zipf frequencies by language: the package the script reads is not needed to test it.
FREQUENCIES = {
    "en": {"the": 7.7, "president": 5.0, "don't": 6.0, "covid19": 4.0, "la": 4.5, "gesundheit": 2.0},
    "fr": {"la": 7.3, "toujours": 5.6, "président": 5.2, "president": 3.0, "y": 6.5, "l'an": 5.0},
    "de": {"gesundheit": 4.9, "the": 4.0},
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    source = ModuleType("wordfreq")

    def top_n_list(language: str, number: int, wordlist: str) -> list[str]:
        return list(FREQUENCIES.get(language, {}))[:number]

    def zipf_frequency(word: str, language: str, wordlist: str) -> float:
        return FREQUENCIES.get(language, {}).get(word, 0.0)

    path = tmp_path_factory.mktemp("words") / "words.tsv.xz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "top_n_list", top_n_list, raising=False)
        patch.setattr(source, "zipf_frequency", zipf_frequency, raising=False)
        patch.setitem(sys.modules, "wordfreq", source)
        words.build(path)
    return lzma.decompress(path.read_bytes()).decode("utf-8").splitlines()


def test_the_table_has_a_header_and_sorted_rows(lines: list[str]) -> None:
    assert lines[0] == "language\tword\tzipf"
    assert lines[1:] == sorted(lines[1:])
    assert all(line.count("\t") == 2 for line in lines)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("en\tthe\t7.7", True),
        ("en\tdon't\t6.0", True),
        ("en\tcovid19\t4.0", False),  # no word
        ("fr\ttoujours\t5.6", True),
        ("fr\tprésident\t5.2", True),
        ("fr\tpresident\t3.0", False),  # frequent in English, and no function word of French
        ("fr\tla\t7.3", True),  # a function word, though English has it in names
        ("fr\ty\t6.5", False),  # one letter
        ("fr\tl'an\t5.0", False),
        ("de\tgesundheit\t4.9", True),  # too rare in English to count there
        ("de\tthe\t4.0", False),
    ],
)
def test_rows_are_chosen(lines: list[str], row: str, kept: bool) -> None:
    assert (row in lines) is kept
