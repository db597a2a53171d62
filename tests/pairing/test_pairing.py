"""Documents and their sources: which sentence belongs to which, and the invariants that hold for any text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa import pairing
from mtqa.pairing import Paired, find_links, pair, pair_many
from mtqa.schema.document import Document
from mtqa.segmenting import segment, segment_line

Texts = tuple[str, ...]
Links = list[tuple[Texts, Texts]]

ARTICLE = [
    ("Землетрясение в Чили унесло 525 жизней.", "An earthquake in Chile has claimed 525 lives."),
    ("Президент Мишель Бачелет объявила траур.", "President Michelle Bachelet declared mourning."),
    (
        "По данным полиции, в городе Консепсьон без крова остались около двух тысяч семей, которым нужна вода.",
        "According to police, about two thousand families are homeless in Concepción and need water.",
    ),
    ("Школы закрыты до 17 марта.", "Schools are closed until March 17."),
]


def linked(paired: Paired) -> Links:
    document = paired.document
    return [
        (
            tuple(paired.source_segments[index].span.of(document.source or "") for index in link.source_segments),
            tuple(document.text_of(document.segments[index]) for index in link.segments),
        )
        for link in paired.links
    ]


def read(sources: Sequence[str], targets: Sequence[str], language: str = "ru", space: str = "\n") -> Paired:
    document = Document("", space.join(targets), source=space.join(sources), source_language=language)
    return find_links(segment(document))


SOURCES, TARGETS = [source for source, _ in ARTICLE], [target for _, target in ARTICLE]
ONE_TO_ONE: Links = [((source,), (target,)) for source, target in ARTICLE]


@pytest.mark.parametrize("space", ["\n", " ", "\r\n\r\n"])
def test_sentences_that_follow_each_other(space: str) -> None:
    assert linked(read(SOURCES, TARGETS, space=space)) == ONE_TO_ONE


@pytest.mark.parametrize("missing", range(4))
def test_a_sentence_left_out_is_found(missing: int) -> None:
    paired = read(SOURCES, TARGETS[:missing] + TARGETS[missing + 1 :])
    expected = [*ONE_TO_ONE]
    expected[missing] = ((SOURCES[missing],), ())
    assert linked(paired) == expected
    assert [span.of(paired.document.source or "") for span in paired.document.unpaired_source] == [SOURCES[missing]]


@pytest.mark.parametrize("missing", range(4))
def test_a_sentence_added_has_no_source(missing: int) -> None:
    paired = read(SOURCES[:missing] + SOURCES[missing + 1 :], TARGETS)
    spans = [one.source_span for one in paired.document.segments]
    assert [span is None for span in spans] == [index == missing for index in range(4)]
    assert paired.document.unpaired_source == ()


def test_two_segments_of_one_source_sentence_share_its_span() -> None:
    parts = ["According to police, about two thousand families are homeless in Concepción.", "They need water."]
    paired = read(SOURCES, [*TARGETS[:2], *parts, TARGETS[3]], space=" ")
    assert linked(paired)[2] == ((SOURCES[2],), tuple(parts))
    spans = [one.source_span for one in paired.document.segments]
    assert spans[2] == spans[3]
    assert spans[2] is not None and spans[2].of(paired.document.source or "") == SOURCES[2]


def test_one_segment_of_two_source_sentences_spans_both() -> None:
    joined = "Chile's quake claimed 525 lives, and President Michelle Bachelet declared mourning."
    paired = read(SOURCES, [joined, *TARGETS[2:]], space=" ")
    span = paired.document.segments[0].source_span
    assert span is not None and span.of(paired.document.source or "") == f"{SOURCES[0]} {SOURCES[1]}"


def test_headings_datelines_and_list_items_pair() -> None:
    sources = ["Hilfe für Kiew", "BERLIN (dpa) - Kanzler Olaf Scholz sprach am Montag.", "- 20 Panzer", "- 3.500 Helme"]
    targets = [
        "Help for Kyiv",
        "BERLIN (dpa) - Chancellor Olaf Scholz spoke on Monday.",
        "- 20 tanks",
        "- 3,500 helmets",
    ]
    found = linked(read(sources, targets, "de"))
    assert found[0] == ((sources[0],), (targets[0],))
    assert found[1:3] == [
        (("BERLIN (dpa) -",), ("BERLIN (dpa) -",)),
        ((sources[1][15:],), (targets[1][15:],)),
    ]
    assert found[3:] == [((sources[2],), (targets[2],)), ((sources[3],), (targets[3],))]


@pytest.mark.parametrize(
    ("language", "sources", "targets"),
    [
        ("zh", ["习近平访问了北京。", "学生有1200人。"], ["Xi Jinping visited Beijing.", "There were 1,200."]),
        ("ja", ["トランプ氏は日本を訪問した。", "会談は3時間。"], ["Trump visited Japan.", "Talks took 3 hours."]),
        ("ar", ["زار الرئيس 12 مدينة.", "قال إنه سعيد."], ["He went to 12 cities.", "He is happy."]),
        ("de", ["Ja 👩🏽‍💻!", "Café\u0301 ist zu."], ["Yes 👩🏽‍💻!", "The café\u0301 is closed."]),
    ],
)  # fmt: skip
def test_offsets_hold_in_any_script(language: str, sources: list[str], targets: list[str]) -> None:
    expected = [((source,), (target,)) for source, target in zip(sources, targets, strict=True)]
    space = "" if language in ("zh", "ja") else " "
    document = Document("", " ".join(targets), source=space.join(sources), source_language=language)
    assert linked(find_links(segment(document))) == expected


@pytest.mark.parametrize(
    ("source", "expected"), [(" Eins. Zwei. Drei. Vier.\n", "Eins. Zwei. Drei. Vier."), ("\n", None)]
)
def test_a_line_of_a_parallel_file_is_paired_whole(source: str, expected: str | None) -> None:
    document = pair(segment_line(Document("", "One.", source=source, source_language="de")))
    span = document.segments[0].source_span
    assert (span and span.of(source)) == expected


@pytest.mark.parametrize(
    ("text", "source"), [("", ""), ("", "Ja."), ("One.\nTwo.", ""), ("One.", "Eins.\nZwei.\nDrei.")]
)
def test_an_empty_side_and_a_document_without_source(text: str, source: str) -> None:
    document = segment(Document("", text, source=source, source_language="de"))
    assert len(find_links(document).links) >= len(document.segments)
    bare = segment(Document("", text))
    assert find_links(bare) == Paired(bare)


class FakeEncoder:
    """Words of a small lexicon point into the same direction in both languages."""

    def __init__(self, lexicon: dict[str, str]) -> None:
        self.words = {word: number for number, pair in enumerate(lexicon.items()) for word in pair}
        self.size = len(lexicon) + 1
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[np.ndarray]:
        self.asked += texts
        vectors = []
        for text in texts:
            vector = np.full(self.size, 0.01, dtype=np.float32)
            for word in text.lower().replace(".", " ").split():
                vector[self.words.get(word, self.size - 1)] += 1
            vectors.append(vector / np.linalg.norm(vector))
        return vectors


def test_meaning_decides_where_lengths_say_nothing() -> None:
    lexicon = {"hund": "dog", "maus": "cow", "baum": "oak", "rad": "car", "kind": "boy"}
    sources = [f"Das war {word.title()}." for word in lexicon]
    targets = [f"It was a {word}." for word in lexicon.values()]
    document = segment(
        Document("", " ".join(targets[:1] + targets[2:]), source=" ".join(sources), source_language="de")
    )
    paired = find_links(document, FakeEncoder(lexicon))
    assert [span.of(document.source or "") for span in paired.document.unpaired_source] == [sources[1]]
    assert find_links(document).document.unpaired_source != paired.document.unpaired_source


def test_two_sentences_are_read_together_only_where_one_may_not_be_enough() -> None:
    lexicon = {"hund": "dog", "maus": "cow", "baum": "oak", "rad": "car", "kind": "boy", "haus": "hut"}
    sources = [f"{word.title()}." for word in lexicon]
    targets = [f"{word.title()}." for word in lexicon.values()]
    for own, together in ((targets, 0), ([*targets[:3], "Car boy.", targets[5]], 1)):
        encoder = FakeEncoder(lexicon)
        paired = find_links(
            segment(Document("", " ".join(own), source=" ".join(sources), source_language="de")), encoder
        )
        assert {len(link.source_segments) for link in paired.links} == {1, 1 + together}
        asked = [text for text in encoder.asked if text.count(".") == 2]
        assert ("Rad. Kind." in asked) == bool(together)
        assert "Hund. Maus." not in asked


def test_documents_that_share_an_encoder_have_their_sentences_embedded_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lexicon = {"hund": "dog", "maus": "cow", "baum": "oak", "rad": "car", "kind": "boy", "haus": "hut"}
    sources = [f"Das war {word.title()}." for word in lexicon]
    targets = [f"It was a {word}." for word in lexicon.values()]
    documents = [
        segment(Document(str(low), " ".join(targets[low:]), source=" ".join(sources[low:]), source_language="de"))
        for low in range(4)
    ]
    alone = segment(Document("alone", "It was a dog. It was a cow."))
    expected = [*(pair(document, FakeEncoder(lexicon)) for document in documents[:3]), alone, pair(documents[3])]
    encoder, calls = FakeEncoder(lexicon), []
    monkeypatch.setattr(encoder, "embed", lambda texts: calls.append(list(texts)) or FakeEncoder(lexicon).embed(texts))
    monkeypatch.setattr(pairing, "_AHEAD", 13)  # six, five and four segments: the third is in a block of its own
    given = [*documents[:3], alone, documents[3]]
    found = pair_many(given, lambda document: None if document.id == "3" else encoder)
    assert found == expected
    assert calls[0] == [*sources, *targets, *sources[1:], *targets[1:]]
    assert calls[1:4] == [[*sources, *targets], [*sources[1:], *targets[1:]], [*sources[2:], *targets[2:]]]
    assert pair_many(found, lambda _: pytest.fail("they are paired")) == found


def test_an_encoder_that_loses_texts_is_refused() -> None:
    class Lossy(FakeEncoder):
        def embed(self, texts: Sequence[str]) -> list[np.ndarray]:
            return super().embed(texts)[:-1]

    document = segment(Document("", "A b.\nC d.", source="E f.\nG h."))
    with pytest.raises(ValueError, match="for 4 texts"):
        find_links(document, Lossy({}))


PIECE = st.sampled_from(
    [
        "Да. ",
        "好。",
        "No 5. ",
        "ذهب؟ ",
        "ไทย ",
        "e\u0301. ",
        "👩🏽‍💻 ",
        "\n",
        "\n\n",
        "x",
        "”",
        "\u200f",
        " ",
        "A b c. ",
    ]
)
TEXT = st.lists(PIECE, max_size=25).map("".join) | st.text(max_size=40)


@settings(deadline=None, max_examples=50)
@given(TEXT, TEXT, st.sampled_from(["ru", "zh", "th", None]), st.booleans())
def test_links_are_monotone_and_hold_everything_once(
    text: str, source: str, language: str | None, with_encoder: bool
) -> None:
    document = segment(Document("", text, source=source, source_language=language))
    paired = find_links(document, FakeEncoder({"no": "да."}) if with_encoder else None)
    assert [index for link in paired.links for index in link.segments] == list(range(len(document.segments)))
    held = [index for link in paired.links for index in link.source_segments]
    assert held == list(range(len(paired.source_segments)))
    spans = [span for one in paired.document.segments if (span := one.source_span)]
    assert all(span.start < span.end <= len(source) for span in spans)
    assert all(before == after or before.end <= after.start for before, after in pairwise(spans))
    covered = {(span.start, span.end) for span in spans}
    assert not any(span.overlaps(type(span)(*place)) for span in paired.document.unpaired_source for place in covered)
    assert [(one.span, one.kind) for one in paired.document.segments] == [
        (one.span, one.kind) for one in document.segments
    ]


def test_a_long_document_with_a_long_part_left_out() -> None:
    lengths = np.random.default_rng(1).integers(3, 30, size=800)
    sources = [f"{'wort ' * size}ende." for size in lengths]
    targets = [f"{'word ' * size}end." for size in np.concatenate([lengths[:300], lengths[420:]])]
    document = segment(Document("", "\n".join(targets), source="\n".join(sources), source_language="de"))
    start = time.process_time()
    paired = find_links(document)
    assert time.process_time() - start < 5
    assert len(paired.document.unpaired_source) == 120
    expected = {(index, index) for index in range(280)} | {(index, index + 120) for index in range(320, 680)}
    pairs = {(link.segments, link.source_segments) for link in paired.links}
    assert len(expected - {(first[0], second[0]) for first, second in pairs if first and second}) <= 5
