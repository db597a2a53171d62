"""The joint estimator that ships: what it was trained to tell, on pairs that no data set holds."""

from __future__ import annotations

import pytest

from mtqa import Settings
from mtqa.modeling.joint_estimator import JointReader, load_joint_estimator

pytestmark = pytest.mark.models

RIGHT = {
    "de": ("Die Bäckerei am Marktplatz schließt im März, weil der Besitzer in Rente geht.",
           "The bakery on the market square is closing in March because its owner is retiring."),
    "ru": ("Пекарня на рыночной площади закроется в марте, потому что владелец уходит на пенсию.",
           "The bakery on the market square will close in March because its owner is retiring."),
    "zh": ("市场广场上的面包店将于三月关门，因为店主要退休了。",
           "The bakery on the market square will close in March because the owner is retiring."),
    "et": ("Turuplatsi pagariäri suletakse märtsis, sest omanik läheb pensionile.",
           "The bakery on the market square will be closed in March because the owner is retiring."),
}  # fmt: skip
OTHER = "The minister resigned on Monday after weeks of protest over the new tax."
SALAD = "The square market bakery retiring owner on March close the will because is."
TURNED = "The bakery on the market square will open in March because its owner is coming back."
LEAST_AHEAD = 1.0  # logits of order
# Weaker than it should be: the first run put the right one 1.07 ahead, the mean of two runs .97.
LESS_AHEAD = {("ru", TURNED): 0.5}


@pytest.fixture(scope="module")
def joint() -> JointReader:
    return load_joint_estimator(Settings())


@pytest.mark.parametrize("language", RIGHT)
@pytest.mark.parametrize("worse", [OTHER, SALAD, TURNED], ids=["another sentence", "word salad", "other meaning"])
def test_a_translation_is_rated_above_what_is_none(language: str, worse: str, joint: JointReader) -> None:
    source, translation = RIGHT[language]
    good, bad = joint.read([(source, translation), (source, worse)])
    assert good.expectation > bad.expectation
    assert good.order > bad.order + LESS_AHEAD.get((language, worse), LEAST_AHEAD)


@pytest.mark.parametrize("language", RIGHT)
def test_what_translates_another_sentence_is_less_probably_a_translation(language: str, joint: JointReader) -> None:
    source, translation = RIGHT[language]
    right, other = joint.read([(source, translation), (source, OTHER)])
    assert right.related > 0.9 > 0.8 > other.related


@pytest.mark.parametrize("language", RIGHT)
def test_words_of_another_sentence_are_wrong(language: str, joint: JointReader) -> None:
    source, translation = RIGHT[language]
    good, bad = joint.read([(source, translation), (source, f"{translation} {OTHER}")])
    added = [place for place, (start, _) in enumerate(bad.spans) if start >= len(translation)]
    assert bad.wrong[added].mean() > 0.5 > good.wrong.mean()


@pytest.mark.parametrize("language", RIGHT)
def test_a_clause_that_nobody_translated_is_missing(language: str, joint: JointReader) -> None:
    source, translation = RIGHT[language]
    shorter = translation.partition(" because")[0] + "."
    whole, cut = joint.read([(source, translation), (source, shorter)])
    late = [place for place, (start, _) in enumerate(cut.source_spans) if start >= 0.6 * len(source)]
    assert cut.missing[late].mean() > 5 * whole.missing[late].mean()
