"""Is a name Chinese in pinyin? Four hundred syllables make all of them, so that any two are alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mtqa.knowledge.romanisation import fold

# Hanyu Pinyin: initials and finals; a few combinations that do not occur are let through.
_INITIAL = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])"
_FINAL = (
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|ia|ie|in|iu|ou|ua|ui|un|uo|ue|ve|a|(?<![bpf])e|i"
    r"|(?<=[bpmfwyl])o|u|v)"
)
_SYLLABLES = re.compile(rf"(?:{_INITIAL}{_FINAL}|ai|an|ang|ao|e|en|er|ou|yuan|yue|yun){{1,2}}")
# The same syllables as Russian spells them (Palladius), in Latin letters; those with -o, -e and -i stand for several.
_RUSSIAN = re.compile(
    r"(?:(?:chzh|ch|sh|zh|tsz|ts|kh|[bpmfdtnlgkhsv])?"
    r"(?:y?(?:uan|ue|uy|un|an|ao|a|u)|ay|ai|ey|ei|en|e|ye|in|i|ou|o|uay|uai|uan|uey|uei|ua|y)|er)+"
)
_SURNAMES = frozenset(
    "zhang wang li liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang han "
    "feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu lyu ding ren shen yao fu zhong "
    "cui tan liao fan shi dai jia xia qiu hou zou xiong meng qin bai yan xue lei long tao yin mao jin gu kong shao wan "
    "lai wen mo hao gong shang chang niu ge geng shan pang bao tong ni mu xi an chu kang shu ji miao ning pu "
    "ying".split()
)


def is_pinyin_name(words: Sequence[str]) -> bool:
    """True for a Chinese surname and one or two syllables of pinyin, surname first or last."""
    folded = [fold(word).replace(" ", "") for word in words]
    if len(folded) != 2 or not all(_SYLLABLES.fullmatch(word) for word in folded):
        return False
    return folded[0] in _SURNAMES or folded[1] in _SURNAMES


def is_russian_pinyin(word: str) -> bool:
    """True for a word, from Russian in Latin letters, that may be Chinese syllables (chzhantszyakou)."""
    return _RUSSIAN.fullmatch(word) is not None
