"""Tables of mtqa.knowledge.transliteration, per script and language. Written for this project.

Systems after BGN/PCGN 1947 and later (Russian, Ukrainian, Belarusian, Bulgarian, Serbian), ICAO Doc 9303 (passports),
ISO 9 and scientific usage, ELOT 743, Revised Romanization of Korean, Hepburn, Hanyu Pinyin; what is in none of them
is the usage of the press.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Script(StrEnum):
    """A script with a table."""

    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    GREEK = "Greek"
    ARMENIAN = "Armenian"
    GEORGIAN = "Georgian"
    HEBREW = "Hebrew"
    ARABIC = "Arabic"
    DEVANAGARI = "Devanagari"
    HANGUL = "Hangul"
    KANA = "kana"
    HAN = "Han"


RANGES: Mapping[Script, tuple[tuple[int, int], ...]] = {
    Script.LATIN: ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x300, 0x36F),
                   (0x1E00, 0x1EFF), (0x253, 0x272)),
    Script.CYRILLIC: ((0x400, 0x52F),),
    Script.GREEK: ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    Script.ARMENIAN: ((0x530, 0x58F),),
    Script.GEORGIAN: ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    Script.HEBREW: ((0x591, 0x5F4),),
    Script.ARABIC: ((0x620, 0x65F), (0x66E, 0x6D3), (0x6FA, 0x6FF)),
    Script.DEVANAGARI: ((0x900, 0x963), (0x971, 0x97F)),
    Script.HANGUL: ((0xAC00, 0xD7A3),),
    Script.KANA: ((0x30A1, 0x30FA), (0x30FC, 0x30FC)),  # katakana: names are hardly written in hiragana
    Script.HAN: ((0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
}  # fmt: skip
CASED = frozenset({Script.LATIN, Script.CYRILLIC, Script.GREEK, Script.ARMENIAN})
# How much of the likeness is that of the levelled keys; the rest is that of the spellings.
KEY_WEIGHT: Mapping[Script, float] = {
    Script.LATIN: 1.0, Script.CYRILLIC: 0.7, Script.GREEK: 0.7, Script.ARMENIAN: 0.7, Script.GEORGIAN: 0.7,
    Script.HEBREW: 1.0, Script.ARABIC: 1.0, Script.DEVANAGARI: 0.7, Script.HANGUL: 0.6, Script.KANA: 0.8,
    Script.HAN: 0.7,
}  # fmt: skip
VOWELS = frozenset("aeiouyаеёиоуыэюяіїєáéíóúůýě")
FLEETING: Mapping[Script, str] = {Script.CYRILLIC: "ео", Script.LATIN: "e"}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "þ": "th", "ð": "d"})


# Letters by which languages in Latin script spell the sounds of foreign names that English spells otherwise; a word
# without one of the first marks is taken to be at home (Čeljabinsk: Chelyabinsk, Schoigu: Shoigu, Szojgu: Shoygu).
RESPELLED: Mapping[str, tuple[re.Pattern[str], tuple[tuple[str, str], ...]]] = {
    "cs": (re.compile("[šžč]"), (("ch", "kh"), ("šč", "shch"), ("š", "sh"), ("č", "ch"), ("ž", "zh"), ("j", "y"))),
    "de": (re.compile("sch"), (("dsch", "j"), ("tsch", "ch"), ("sch", "sh"), ("j", "y"), ("w", "v"))),
    "pl": (re.compile("sz|cz|ż"), (("szcz", "shch"), ("sz", "sh"), ("cz", "ch"), ("ż", "zh"), ("w", "v"), ("j", "y"))),
}
_SPELLED_LIKE = {"sk": "cs", "sl": "cs", "hr": "cs", "bs": "cs", "lt": "cs", "lv": "cs"}


def respelled(word: str, language: str | None) -> str | None:
    """A lower-case word of a Latin script as English spells its sounds; None where nothing says that it is foreign."""
    marks = RESPELLED.get(_SPELLED_LIKE.get(language or "", language or ""))
    if marks is None or not marks[0].search(word):
        return None
    for written, sound in marks[1]:
        word = word.replace(written, sound)
    return word


def _rules(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), level) for pattern, level in pairs)


# Applied in this order to the key of romanisation.romanised, or to the word itself for the scripts of RAW.
RAW = frozenset({Script.KANA, Script.HAN})
LEVELS: Mapping[Script, tuple[tuple[re.Pattern[str], str], ...]] = {
    # Japanese has no l, v, th, si, ti; it puts u or o behind a consonant and writes final -er as -a.
    Script.KANA: _rules(
        ("ph", "f"), ("ck|q", "k"), ("tch|tsch", "ch"), ("ch(?=i)", "t"), ("ts(?=u)", "t"), ("sch|sh|th", "s"),
        ("c(?=[eiy])", "s"), ("c(?!h)", "k"), ("x", "ks"), ("l", "r"), ("v", "b"), ("f", "h"), ("z|j", "s"),
        ("w(?=h)", ""), ("y", "i"), ("ou|oo|oh|ow|au", "o"), ("ee|ea|ie", "i"), ("ei|ai|ay", "e"), ("[eaou]r$", "a"),
        (r"(.)\1+", r"\1"), ("(?<=[bcdghkmprst])[uo](?=[bcdghkmnprst]|$)", ""), ("r(?=[bcdghkmnprst]|$)", ""),
        ("m(?=[bp])", "n"), ("(?<=..)[aeiu]+$", ""), (r"(.)\1+", r"\1"),
    ),
    # Chinese writes foreign sounds by syllables: r is l, final consonants are lost or get a vowel.
    Script.HAN: _rules(
        ("ph", "f"), ("ck|q(?=u)", "k"), ("sch|sh|zh|tch|ch|th|c(?=[eiy])|ts|tz|[zsjxq]", "s"), ("c", "k"), ("r", "l"),
        ("b|p", "p"), ("d|t", "t"), ("g|k|h", "k"), ("v|f|w", "v"), ("m", "n"), ("ng", "n"), ("[eoiyu]+", "e"),
        (r"(.)\1+", r"\1"),
    ),
    # Short vowels are not written; Arabic has no p, v, g; w and y are consonants or vowels.
    Script.ARABIC: _rules(
        ("p", "b"), ("v(?=[aeiou])|f", "f"), ("sh|Z|c", "s"), ("z", "s"), ("g|j|k|q|h", "k"), ("[aeiouvwy]", ""),
        (r"(.)\1+", r"\1"),
    ),
    Script.HEBREW: _rules(
        ("v|b|f|p|u", "b"), ("sh|Z|c", "s"), ("z", "s"), ("j|g", "g"), ("k|q|h", "k"), ("[aeiouwy]", ""),
        (r"(.)\1+", r"\1"),
    ),
    Script.HANGUL: _rules(
        ("l", "r"), ("f", "p"), ("v|b", "p"), ("d", "t"), ("g", "k"), ("Z|z|c|j", "s"), ("sh", "s"), ("eo|eu|u", "o"),
        (r"(.)\1+", r"\1"),
    ),
    Script.DEVANAGARI: _rules(("sh", "s"), ("v|b", "b"), ("z|Z", "j"), ("f", "p"), ("aa", "a"), (r"a$", "")),
}  # fmt: skip

_RUSSIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "w", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
    "ѓ": "gj", "ќ": "kj", "ѕ": "dz", "’": "", "'": "",
}  # fmt: skip
_PRESS = {**_RUSSIAN, "ё": "e", "х": "h", "й": "i", "ц": "ts", "щ": "sh", "ю": "iu", "я": "ia"}
_SCIENTIFIC = {
    **_RUSSIAN, "ж": "z", "й": "j", "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "sc", "ю": "ju", "я": "ja", "є": "je",
    "ї": "ji", "ё": "jo",
}  # fmt: skip
_UKRAINIAN = {**_RUSSIAN, "г": "h", "и": "y"}
_UKRAINIAN_PASSPORT = {**_UKRAINIAN, "й": "i", "ю": "iu", "я": "ia", "є": "ie", "ї": "i"}
_BELARUSIAN = {**_RUSSIAN, "г": "h", "ў": "u"}
_BULGARIAN = {**_RUSSIAN, "щ": "sht", "ъ": "a", "х": "h", "й": "y"}
_SERBIAN = {**_SCIENTIFIC, "х": "h", "ђ": "dj"}
_SERBIAN_ASCII = {**_RUSSIAN, "х": "h", "ћ": "ch", "ђ": "dj", "љ": "l", "њ": "n", "ј": "y", "џ": "dzh", "ц": "ts"}
_Systems = tuple[dict[int, str], ...]


def _systems(*systems: Mapping[str, str]) -> _Systems:
    return tuple(str.maketrans(dict(system)) for system in systems)


_CYRILLIC: Mapping[str, _Systems] = {
    "ru": _systems(_RUSSIAN, _PRESS, _SCIENTIFIC),
    "uk": _systems(_UKRAINIAN, _UKRAINIAN_PASSPORT, _RUSSIAN, _PRESS),
    "be": _systems(_BELARUSIAN, _RUSSIAN, _UKRAINIAN_PASSPORT),
    "bg": _systems(_BULGARIAN, _RUSSIAN),
    "mk": _systems(_SERBIAN_ASCII, _SERBIAN),
    "sr": _systems(_SERBIAN, _SERBIAN_ASCII),
}
_ANY_CYRILLIC = _systems(_RUSSIAN, _PRESS, _UKRAINIAN, _BULGARIAN, _SERBIAN)


def cyrillic_systems(language: str | None) -> _Systems:
    """The systems of a language, those of several languages where it is not known to write Cyrillic."""
    return _CYRILLIC.get(language or "", _ANY_CYRILLIC)


# Ending of a case, and what the nominative may have in its place.
_Endings = tuple[tuple[str, tuple[str, ...]], ...]


def _read(rows: str) -> _Endings:
    """Rows "ending:nominative,nominative"; a dash stands for nothing."""
    table = []
    for row in rows.split():
        ending, _, nominatives = row.partition(":")
        table.append((ending, tuple("" if one == "-" else one for one in nominatives.split(","))))
    return tuple(table)


_EAST_SLAVIC = _read(
    "ці:ка вский:вка вского:вка вском:вка вської:вка вському:вка щенского:ще щенском:ще "
    "ского:ский,ское ського:ський скому:ский,ское ському:ський ским:ский ським:ський ском:ский,ск ской:ская,ский "
    "ськой:ська скую:ская ську:ська ские:ский ських:ський ских:ский ого:ый,ий,ой ому:ый,ий,ой "
    "ому:- ым:ый,- им:ий,-,ій ой:а,ая,- ою:а ую:ая ая:ый ей:я,ь,ий,- ою:а ові:- еві:- ем:ь,й,- єм:й ом:-,о "
    "ою:а ами:-,а ах:-,а ам:-,а ов:- ів:- ы:-,а и:-,а,я,ь,ія а:-,о у:-,а ю:ь,я,й я:ь,й,- е:-,а,я,о і:-,а,я ії:ія "
    "ии:ия ию:ия ией:ия ия:ий ію:ія єю:я ка:-"
)
_ENDINGS: Mapping[str, _Endings] = {
    "cs": _read(
        "ovi:-,a,o em:-,ek ům:- ou:a,- ách:a,- ami:a ového:ový ové:ová ovou:ová ová:-,a,ý,e ův:-,a ova:-,ov ovo:-,ov "
        "ovy:-,ov ově:-,ov ových:- ského:ský skému:ský ským:ský ská:ský ské:ský ého:ý ému:ý ým:ý ka:ek,- "
        "sku:k,-,sko ska:k,-,sko skem:k,-,sko "
        "ku:ek,-,k kovým:ek kovi:ek kem:ek "
        "cí:c,ce a:-,o,e u:-,a,o y:-,a e:-,a,o ě:-,a,o i:-,e,a í:-,e,a é:ý,á é:- ho:- "
        "ích:- ech:-"
    ),
    "pl": _read(
        "owi:-,a em:-,ek iem:- ą:a,- ę:a ego:y,i,- emu:y,i,- im:i ym:y iej:a ach:- ami:- a:-,o u:-,a y:-,a i:-,a e:-,a"
    ),
    "is": _read(
        "num:- inum:-,inn ins:-,inn ur:- sins:s arinnar:- unni:a una:a unnar:a ar:-,i,ur s:-,ur i:-,ur,i u:-,a,ur "
        "um:-,ur "
        "a:-,i,ur,a n:- nn:- ir:-"
    ),
    "de": _read("s:- es:- er:- ern:- ische:- ischen:- ischer:-"),
    "hr": _read("om:-,o em:- ova:- u:-,a a:-,o e:-,a i:-,a"),
    "fi": _read("n:- in:- ssa:- sta:- lla:- lta:- lle:- ta:- a:- ä:- ssä:- stä:- on:- en:-"),
    "hu": _read(
        "t:- ot:- et:- ban:- ben:- nak:- nek:- val:- vel:- nal:- nel:- hoz:- hez:- ról:- ről:- tól:- től:- i:-"
    ),
    "tr": _read("nin:- nın:- in:- ın:- un:- ün:- de:- da:- den:- dan:- te:- ta:- i:- ı:- u:- ü:- ye:- ya:- e:- a:-"),
    "lv": _read("s:- a:-,s am:-,s u:-,s is:- im:-,is os:- e:-"),
    "lt": _read("as:- is:- us:- o:-,as ui:-,us ą:-,as ė:-"),
    "et": _read("i:- s:- st:- le:- lt:- ga:- u:- a:- e:-"),
    "sv": _read("s:- en:- et:-"),
}
_ALIASES = {"sk": "cs", "sl": "hr", "bs": "hr", "da": "sv", "nb": "sv", "no": "sv", "nl": "sv", "az": "tr"}
_GENITIVE = _read("s:-")
_GREEK_ENDINGS = _read("ου:ος,ης ο:ος η:ης α:ας,- ν:- ς:-")
_BULGARIAN_ENDINGS = _read("а:- ът:- та:- то:- ov:-")


def endings(script: Script, language: str | None) -> _Endings:
    """Case endings of names in a language, by its script where the language is unknown or contradicts it."""
    if script is Script.CYRILLIC:
        return _BULGARIAN_ENDINGS if language in {"bg", "mk"} else _EAST_SLAVIC
    if script is Script.GREEK:
        return _GREEK_ENDINGS
    if script is Script.LATIN:
        return _ENDINGS.get(_ALIASES.get(language or "", language or ""), _GENITIVE)
    return ()


# Letter by letter, longest first; what is left goes through anyascii.
SYSTEMS: Mapping[Script, tuple[dict[str, str], ...]] = {
    Script.GREEK: (
        {"ου": "ou", "ού": "ou", "ευ": "ev", "εύ": "ev", "αυ": "av", "αύ": "av", "μπ": "b", "ντ": "d", "γκ": "g",
         "γγ": "ng", "χ": "ch", "η": "i", "ή": "i", "υ": "y", "ύ": "y", "φ": "f", "ω": "o", "ώ": "o"},
        {"ου": "u", "ού": "u", "ευ": "ef", "εύ": "ef", "αυ": "af", "αύ": "af", "μπ": "mp", "ντ": "nt", "γκ": "gk",
         "γγ": "gg", "χ": "h", "η": "i", "ή": "i", "υ": "i", "ύ": "i", "φ": "ph", "ει": "i", "εί": "i", "οι": "i"},
        {"ντ": "nt", "γκ": "g", "χ": "kh", "ευ": "eu", "αυ": "au", "τζ": "j", "τσ": "ch", "μπ": "b"},
    ),
    Script.ARMENIAN: ({"ու": "u", "և": "ev", "ջ": "j", "խ": "kh", "ղ": "gh", "շ": "sh", "չ": "ch", "ց": "ts", "ծ": "ts",
                       "ժ": "zh", "ձ": "dz", "ճ": "ch", "ը": "", "թ": "t", "փ": "p", "ք": "k"},),
    Script.GEORGIAN: ({"ღ": "gh", "ყ": "q", "შ": "sh", "ჩ": "ch", "ც": "ts", "ძ": "dz", "წ": "ts", "ჭ": "ch", "ხ": "kh",
                       "ჟ": "zh", "ქ": "k", "თ": "t", "ფ": "p", "პ": "p", "ჯ": "j"},),
    Script.HEBREW: ({"צ'": "ch", "ג'": "j", "ז'": "zh", "ץ": "ts", "צ": "ts", "ש": "sh", "ח": "h", "כ": "k", "ך": "k",
                     "ק": "k", "ט": "t", "ת": "t", "פ": "p", "ף": "f", "ב": "b", "ו": "v", "י": "i", "א": "a", "ע": "a",
                     "ה": "h"},
                    {"ש": "s", "ו": "o", "ץ": "tz", "צ": "tz", "ה": "a", "א": "", "ע": "", "פ": "f", "ב": "v",
                     "ח": "ch", "כ": "ch", "י": "y"}),
    Script.ARABIC: ({"ال": "al", "ج": "j", "ق": "q", "غ": "gh", "خ": "kh", "ش": "sh", "ث": "th", "ذ": "dh", "ض": "d",
                     "ظ": "z", "ع": "a", "ء": "", "ة": "a", "و": "w", "ي": "i", "ى": "a", "ا": "a", "أ": "a", "إ": "i",
                     "آ": "a", "ئ": "", "ؤ": "", "چ": "ch", "ژ": "zh", "گ": "g", "پ": "p", "ی": "i", "ک": "k"},
                    {"ال": "", "ج": "g", "ق": "k", "غ": "g", "ث": "s", "ذ": "z", "ض": "z", "و": "u", "ي": "y", "ی": "y",
                     "ا": "a", "ش": "sh", "خ": "kh", "ع": "", "ة": "", "ک": "k"}),
    Script.DEVANAGARI: ({},),
}  # fmt: skip


def is_devanagari_consonant(character: str) -> bool:
    """True for ka to ha and the letters with a dot."""
    return "\u0915" <= character <= "\u0939" or "\u0958" <= character <= "\u095f"


def is_devanagari_sign(character: str) -> bool:
    """True for a vowel sign, the virama or the dot, before which no vowel is understood."""
    return "\u093a" <= character <= "\u094f" and character != "\u093d"


# Sounds that two kana write together.
KANA_PAIRS: tuple[tuple[str, str], ...] = tuple(
    (pair.split(":")[0], pair.split(":")[1])
    for pair in (
        "ティ:ti ディ:di ファ:fa フィ:fi フェ:fe フォ:fo フュ:fyu ヴァ:va ヴィ:vi "
        "ヴェ:ve ヴォ:vo ヴ:vu ウィ:wi ウェ:we ウォ:wo チェ:che シェ:she ジェ:je "
        "トゥ:tu ドゥ:du ツァ:tsa ツェ:tse ツォ:tso デュ:dyu テュ:tyu イェ:ye クァ:kwa "
        "クィ:kwi クェ:kwe クォ:kwo グァ:gwa キャ:kya キュ:kyu キョ:kyo シャ:sha シュ:shu "
        "ショ:sho チャ:cha チュ:chu チョ:cho ニャ:nya ニュ:nyu ニョ:nyo ヒャ:hya ヒュ:hyu "
        "ヒョ:hyo ミャ:mya ミュ:myu ミョ:myo リャ:rya リュ:ryu リョ:ryo ギャ:gya ギュ:gyu "
        "ギョ:gyo ジャ:ja ジュ:ju ジョ:jo ビャ:bya ビュ:byu ビョ:byo ピャ:pya ピュ:pyu "
        "ピョ:pyo"
    ).split()
)

# Syllables as names have them, and letters in which the older McCune-Reischauer and the press differ.
HANGUL_SYSTEMS: tuple[dict[str, str], ...] = (
    {"이": "lee", "박": "park", "최": "choi", "정": "jung", "노": "roh", "문": "moon", "윤": "yoon", "우": "woo",
     "임": "lim", "유": "yoo", "eo": "u", "eu": "u", "ae": "ae"},
    {"김": "kim", "강": "kang", "조": "cho", "전": "chun", "권": "kwon", "신": "shin", "구": "koo", "주": "joo",
     "eo": "o", "u": "oo", "si": "shi"},
)  # fmt: skip

# Characters that are read otherwise in names.
POLYPHONES: Mapping[str, tuple[str, ...]] = {
    row[0]: tuple(row[2:].split(","))
    for row in (
        "曾:zeng,ceng 单:shan,dan 單:shan,dan 解:xie,jie 重:chong,zhong 长:chang,zhang "
        "長:chang,zhang 乐:le,yue 樂:le,yue 仇:qiu,chou 区:ou,qu 查:zha,cha "
        "朴:piao,pu,park 覃:qin,tan 盖:gai,ge 吕:lv,lu,lyu 呂:lv,lu,lyu 任:ren "
        "行:xing,hang 万:wan,mo 宿:su,xiu 石:shi,dan 陆:lu 六:liu,lu "
        "绿:lv,lu 大:da,dai 都:du,dou 会:hui,kuai 西:xi 什:shi,shen "
        "藏:zang,cang 佛:fo,fu 给:gei,ji 率:lv,shuai 调:diao,tiao 传:chuan,zhuan "
        "蚌:beng,bang 奇:qi,ji 柏:bai,bo 薄:bo,bao 茜:qian,xi 俞:yu 翟:zhai,di"
    ).split()
}

# Characters that spell foreign names by their sounds (transcription tables of the Xinhua agency, with the commonest
# of Hong Kong and Taiwan); own list, 2026-11-27.
SPELLING = frozenset(
    "阿埃艾爱安昂奥澳巴白拜班邦包堡保鲍贝本比彼毕宾冰波博伯柏勃布采策查察茨楚茨措达大代戴丹当道德得登邓狄迪底蒂地第丁顿东冬杜都敦多"
    "朵俄厄恩尔二法凡范方菲费芬丰冯佛夫弗福富伏盖甘冈高哥戈格葛根贡古瓜关圭桂郭果哈海罕汉翰杭豪赫黑亨洪侯胡华怀惠霍基吉季济加佳迦贾简杰捷金津"
    "京久喀卡开凯坎康考柯科可克肯孔寇库奎坤夸拉腊莱来赖兰朗劳老勒乐雷蕾冷黎李里理丽利莉力立连良列林琳龙隆娄卢鲁路露吕律伦罗洛马玛麦迈曼芒毛茂梅"
    "门蒙孟米密缅敏明摩莫默墨姆木穆拿娜纳乃奈南内嫩尼妮年涅宁牛纽农努诺女欧帕派潘庞佩彭蓬皮匹平珀泼坡浦普奇琪齐契恰钱乔切钦青琼丘邱屈让热仁日荣茹儒瑞若"
    "撒萨塞赛三桑色瑟森沙莎山珊尚绍舍申沈圣生胜施诗什石史士示寿舒朔丝斯思司松苏素孙所索塔台太泰坦汤唐陶特腾滕提梯铁廷亭通图土吐托陀脱瓦娃万王旺威"
    "韦维伟魏温文翁沃乌吾武五西希锡悉席喜霞夏先香祥肖逊谢辛欣兴匈雄休修许叙旭薛雪亚雅延扬杨尧耶叶伊易因英尤于约云则泽曾扎詹湛张章哲珍真芝治中朱茱竹卓兹子紫宗祖佐"
    "爾羅馬納維蘭倫爾薩賽內蘇達盧魯貝賓寧紐農歐龐彭蓋岡貢漢亞葉雲約澤張詹門傑簡喬瓊韋溫烏謝蕭遜許華萬懷賈加麗藍勞樂雷連倫羅麥邁緬農諾潘齊契錢欽讓熱榮薩紹聖勝"
    "壽孫臺湯騰鐵圖偉衛興許揚堯葉約則貞莊蒂妲黛歇頓鄧鮑畢費馮關貴濟凱庫奧"
)

# One character that stands for a province or a city (湘赣 is Hunan and Jiangxi).
ABBREVIATED_PLACES: Mapping[str, str] = {
    row[0]: row[2:]
    for row in (
        "京:beijing 津:tianjin 沪:shanghai 渝:chongqing 冀:hebei 晋:shanxi 辽:liaoning 吉:jilin "
        "黑:heilongjiang 苏:jiangsu 浙:zhejiang 皖:anhui 闽:fujian 赣:jiangxi 鲁:shandong 豫:henan "
        "鄂:hubei 湘:hunan 粤:guangdong 琼:hainan 川:sichuan 蜀:sichuan 贵:guizhou 黔:guizhou "
        "滇:yunnan 陕:shaanxi 秦:shaanxi 甘:gansu 陇:gansu 青:qinghai 桂:guangxi 宁:ningxia "
        "新:xinjiang 郑:zhengzhou 蓉:chengdu 汉:wuhan 穗:guangzhou 杭:hangzhou"
    ).split()
}
