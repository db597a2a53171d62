"""Words written in another script letter by letter, as a name looks that was transliterated and left so."""

from __future__ import annotations

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_LETTERS: dict[str, tuple[str, ...]] = {
    "cyrillic": tuple("а б к д е ф г х и дж к л м н о п к р с т у в в кс й з".split()),
    "greek": tuple("α μπ κ ντ ε φ γκ χ ι τζ κ λ μ ν ο π κ ρ σ τ ου β ου ξ ι ζ".split()),
    "arabic": tuple("ا ب ك د ي ف ج ه ي ج ك ل م ن و ب ق ر س ت و ف و كس ي ز".split()),
    "hebrew": tuple("א ב ק ד א פ ג ה י ג ק ל מ נ ו פ ק ר ס ט ו ו ו קס י ז".split()),
    "devanagari": tuple("ा ब क द े फ ग ह ि ज क ल म न ो प क र स त ु व व क्स य ज़".split()),
    "katakana": tuple("ア ブ ク ド エ フ グ ハ イ ジ ク ル ム ン オ プ ク ル ス ト ウ ヴ ワ クス イ ズ".split()),
    "georgian": tuple("ა ბ კ დ ე ფ გ ჰ ი ჯ კ ლ მ ნ ო პ ქ რ ს ტ უ ვ ვ ქს ი ზ".split()),
}
SCRIPTS: tuple[str, ...] = tuple(_LETTERS)
# Latin letters that have a double in Cyrillic: mixed alphabets inside one word.
_DOUBLES = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")


def in_script(word: str, script: str) -> str:
    """The word in the letters of one of SCRIPTS; a first capital is kept where the script has capitals."""
    table = dict(zip(_LATIN, _LETTERS[script], strict=True))
    written = "".join(table.get(letter, letter) for letter in word.lower())
    return written[:1].upper() + written[1:] if word[:1].isupper() and script in ("cyrillic", "greek") else written


def with_doubles(word: str) -> str:
    """The word with those letters in Cyrillic that look the same."""
    return word.translate(_DOUBLES)
