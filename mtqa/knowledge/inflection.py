"""English inflection for replacements that must be grammatical in place: endings, plurals, "a" or "an"."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Past tense and participle of irregular verbs that tables use.
_IRREGULAR: Mapping[str, tuple[str, str]] = {
    "become": ("became", "become"), "bring": ("brought", "brought"), "come": ("came", "come"),
    "deal": ("dealt", "dealt"), "do": ("did", "done"), "draw": ("drew", "drawn"), "find": ("found", "found"),
    "get": ("got", "got"), "give": ("gave", "given"), "go": ("went", "gone"), "have": ("had", "had"),
    "hear": ("heard", "heard"), "hold": ("held", "held"), "keep": ("kept", "kept"), "know": ("knew", "known"),
    "lay": ("laid", "laid"), "lead": ("led", "led"), "leave": ("left", "left"), "make": ("made", "made"),
    "mean": ("meant", "meant"), "meet": ("met", "met"), "oversee": ("oversaw", "overseen"), "pay": ("paid", "paid"),
    "put": ("put", "put"), "run": ("ran", "run"), "say": ("said", "said"), "see": ("saw", "seen"),
    "seek": ("sought", "sought"), "set": ("set", "set"), "speak": ("spoke", "spoken"), "spend": ("spent", "spent"),
    "take": ("took", "taken"), "think": ("thought", "thought"), "win": ("won", "won"),
}  # fmt: skip
_BE: Mapping[str, tuple[str, ...]] = {
    "base": ("be", "are", "am"), "third": ("is",), "past": ("was", "were"), "participle": ("been",),
    "progressive": ("being",),
}  # fmt: skip
_DOUBLING = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprt]$")  # one-syllable verbs double: run, running
_DOUBLING_LONG = frozenset({"admit", "commit", "compel", "control", "enrol", "occur", "permit", "refer", "regret"})
_IRREGULAR_PLURALS = {"man": "men", "woman": "women", "person": "people", "child": "children"}
_VOWEL_SOUND = re.compile(r"^(?:[aeio]|u(?!ni(?!n)|s[aeiu]|t[ei])|hour|honest|honou?r|heir)", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(r"^(?:eu|ewe|one\b|once\b)", re.IGNORECASE)


def verb_forms(base: str) -> dict[str, tuple[str, ...]]:
    """The forms of a verb: base, third, past, participle, progressive; "be" has several forms for some of them."""
    if base == "be":
        return dict(_BE)
    past, participle = _IRREGULAR.get(base) or (_regular_past(base), _regular_past(base))
    third = "has" if base == "have" else _with_s(base)
    return {
        "base": (base,),
        "third": (third,),
        "past": (past,),
        "participle": (participle,),
        "progressive": (progressive(base),),
    }


def progressive(verb: str) -> str:
    """The -ing form of a base form: respond -> responding, live -> living, run -> running, lie -> lying."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return verb[:-1] + "ing"
    return _doubled(verb) + "ing"


def plural(noun: str) -> str:
    """The plural of a noun: policy -> policies, businessman -> businessmen."""
    for singular_end, plural_end in _IRREGULAR_PLURALS.items():
        if noun.endswith(singular_end):
            return noun.removesuffix(singular_end) + plural_end
    return _with_s(noun)


def singular(noun: str) -> str:
    """The singular of a regular plural: policies -> policy, processes -> process, researches -> research."""
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    return noun.removesuffix("s")


def indefinite_article(phrase: str) -> str:
    """The article "a" or "an", by the sound of the first word."""
    return "an" if _VOWEL_SOUND.match(phrase) and not _CONSONANT_SOUND.match(phrase) else "a"


def cased_like(written: str, proposal: str) -> str:
    """The proposal with its first letter in upper case if what is written begins so."""
    return proposal[:1].upper() + proposal[1:] if written[:1].isupper() else proposal


def _regular_past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ied"
    return _doubled(verb) + "ed"


def _with_s(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "sh", "ch", "x", "z")) or word in {"do", "go"}:
        return word + "es"
    return word + "s"


def _doubled(verb: str) -> str:
    return verb + verb[-1] if _DOUBLING.match(verb) or verb in _DOUBLING_LONG else verb
