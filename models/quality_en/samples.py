"""`python -m models.quality_en.samples`: write samples.md, every kind of corruption on sentences of our own."""

from __future__ import annotations

import random
from pathlib import Path

from models.quality_en.corruptions import KINDS, Corrupted, Material, corrupt

PAGE = Path(__file__).with_name("samples.md")
_EACH = 2
_TRIES = 200
SENTENCES = (
    "The Prime Minister of Finland, Sanna Marin, will meet the Foreign Minister of Estonia in Tallinn on Thursday.",
    "The bank lost 2.7 million euros last year, but its chairwoman does not want to close any of the 14 branches.",
    "“Nobody knows what he is planning,” said Greta Lindholm, who has led the museum since 2011.",
    "Heavy rain flooded the old harbour, and several families were taken to a school on the hill.",
    "The new train needs forty minutes from Lyon to the coast, which is half as long as the old one.",
    "She eventually made an appointment with her doctor because the pain in her knee had become worse.",
    "Farmers are calling for help from the government after the driest summer in a hundred years.",
    "The court has ruled that the company's owner must repay the money before the end of March.",
)
_SOURCES = {
    "de": ("Die Feuerwehr brachte die Bewohner am Abend in eine Turnhalle.",),
    "fr": ("Les pompiers ont conduit les habitants dans un gymnase.",),
    "cs": ("Hasiči odvezli obyvatele večer do tělocvičny.",),
    "ru": ("Пожарные вечером отвезли жителей в спортзал.",),
    "zh": ("消防员晚上把居民送到体育馆。",),
}


def page() -> str:
    """Markdown: per kind the corrupted sentences, what is marked in double brackets, major in bold ones."""
    material = Material(SENTENCES, _SOURCES)
    lines = [
        "# Corruptions, sampled",
        "",
        "What the quality estimator was shown as wrong, made from clean sentences by `corruptions.py` with a seed.",
        "Marks: `[[minor]]`, `[[!major]]`. In training the clean sentences are WMT21 references; these are our own.",
        "",
    ]
    for kind in KINDS:
        rng = random.Random(f"samples {kind}")
        found: list[Corrupted] = []
        for _ in range(_TRIES):
            one = corrupt(kind, rng.choice(SENTENCES), rng, material)
            if one is not None and all(one.text != other.text for other in found):
                found.append(one)
            if len(found) == _EACH:
                break
        lines += [f"**{kind}**", "", *(f"- {_shown(one)}" for one in found), ""]
    return "\n".join(lines)


def _shown(one: Corrupted) -> str:
    parts, at = [], 0
    for mark in one.marks:
        sign = "!" if mark.severity == "major" else ""
        parts += [one.text[at : mark.start], f"[[{sign}{one.text[mark.start : mark.end]}]]"]
        at = mark.end
    return "".join([*parts, one.text[at:]]) + (" (bad as a whole)" if one.whole else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
