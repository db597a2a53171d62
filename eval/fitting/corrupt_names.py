"""Garbling names as machine translation does: a trip through another script and back, with its losses."""

from __future__ import annotations

import random

# Letters and clusters that a trip through Cyrillic, Arabic, Devanagari or Chinese confuses.
_CONFUSIONS: tuple[tuple[str, ...], ...] = tuple(
    tuple(group.split("-"))
    for group in (
        "a-e-o o-u-ou-oo i-e-y-ee u-oo-o e-i-a b-p v-w-f ph-f g-k-gh-j c-k-s k-c-q z-s-zh-j s-z-sh "
        "sh-sch-s-ch ch-sh-k-tch j-zh-dj-g t-d-th d-t th-t-s x-ks-s h--kh kh-h-k y-i-j ck-k q-k w-v-u "
        "ey-i-ay ai-ay-ei au-o-ow eau-o ll-l tt-t ss-s nn-n rr-r l-ll r-rr n-m ew-iu-u sky-ski-skiy "
        "er-ar-or"
    ).split()
)  # "h--kh": h, nothing, kh


def garble(word: str, random_source: random.Random, edits: int) -> str:
    """The word with up to `edits` confusions, its first letter in upper case; may return the word unchanged."""
    text = word.lower()
    for _ in range(edits):
        options = []
        for group in _CONFUSIONS:
            for right in group:
                start = text.find(right) if right else -1
                while start >= 0:
                    options += [(start, right, wrong) for wrong in group if wrong != right]
                    start = text.find(right, start + 1)
        if not options:
            break
        start, right, wrong = random_source.choice(options)
        text = text[:start] + wrong + text[start + len(right) :]
    return text[:1].upper() + text[1:]
