"""Language codes as people write them, brought to the form that the rest of mtqa reads.

Codes are ISO 639-1 where a language has one, else ISO 639-2 or 639-3 (three letters). Source of the tables: the
ISO 639-2 registration authority (Library of Congress), code list of 2024.
"""

from __future__ import annotations

import difflib
import re

from mtqa.errors import SettingsError

_UNKNOWN = frozenset(("auto", "und"))  # the user does not know: the text itself tells
_CODE = re.compile(r"[a-z]{2,3}")
_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{1,8})*", re.IGNORECASE)  # BCP 47, or a locale: pt-BR, zh_Hant_TW
_TWO_LETTERS = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
    "kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng "
    "nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
# Former codes of ISO 639-1, and codes of three letters of languages that have one of two.
_SAME = dict(
    pair.split("=")
    for pair in (
        "iw=he in=id ji=yi jw=jv mo=ro "
        "afr=af alb=sq amh=am ara=ar arb=ar arm=hy aze=az baq=eu bel=be ben=bn bos=bs bul=bg bur=my cat=ca ces=cs "
        "chi=zh cmn=zh cym=cy cze=cs dan=da deu=de dut=nl ell=el eng=en est=et eus=eu fas=fa fin=fi fra=fr fre=fr "
        "geo=ka ger=de gle=ga glg=gl gre=el guj=gu hat=ht hau=ha heb=he hin=hi hrv=hr hun=hu hye=hy ibo=ig ice=is "
        "ind=id isl=is ita=it jav=jv jpn=ja kan=kn kat=ka kaz=kk khm=km kir=ky kor=ko kur=ku lao=lo lat=la lav=lv "
        "lit=lt ltz=lb mac=mk mal=ml mao=mi mar=mr may=ms mkd=mk mlg=mg mlt=mt mon=mn mri=mi msa=ms mya=my nep=ne "
        "nld=nl nno=nn nob=nb nor=no pan=pa per=fa pes=fa pol=pl por=pt prs=fa pus=ps que=qu ron=ro rum=ro rus=ru "
        "sin=si slk=sk slo=sk slv=sl som=so spa=es sqi=sq srp=sr sun=su swa=sw swe=sv tam=ta tat=tt tel=te tgk=tg "
        "tgl=tl tha=th tib=bo tir=ti tuk=tk tur=tr uig=ug ukr=uk urd=ur uzb=uz vie=vi wel=cy wol=wo xho=xh yid=yi "
        "yor=yo zho=zh zul=zu"
    ).split()
)
# Codes of countries that are taken for those of their languages and are no codes of languages.
_COUNTRIES = {
    "cn": "zh",
    "jp": "ja",
    "ua": "uk",
    "gr": "el",
    "cz": "cs",
    "dk": "da",
    "sp": "es",
    "ir": "fa",
    "rs": "sr",
}


def language_code(written: str, *, origin: str = "source-language") -> str | None:
    """The code of a language as ISO 639 has it; None for `auto` and `und`. SettingsError for what is no code.

    A region or script behind the language is dropped (pt-BR is pt); a code of three letters becomes that of two where
    there is one. A language that mtqa knows nothing of is a language all the same.
    """
    tag = written.strip()
    code = re.split("[-_]", tag, maxsplit=1)[0].lower()
    if code in _UNKNOWN and code == tag.lower():
        return None
    code = _SAME.get(code, code)
    if _TAG.fullmatch(tag) and _CODE.fullmatch(code) and (len(code) == 3 or code in _TWO_LETTERS):
        return code
    raise SettingsError(f"{origin}: {written!r} is no language code; {_hint(tag, code)}")


def _hint(tag: str, code: str) -> str:
    from mtqa.knowledge.source_languages import LANGUAGE_NAMES

    if code in _COUNTRIES:
        return f"did you mean {_COUNTRIES[code]} ({LANGUAGE_NAMES.get(_COUNTRIES[code], 'its language')})?"
    names = {name.lower(): code for code, name in LANGUAGE_NAMES.items()}
    near = difflib.get_close_matches(tag.lower(), names, n=2, cutoff=0.8)
    if near:
        return f"did you mean {' or '.join(f'{names[name]} ({name.capitalize()})' for name in near)}?"
    return "give a code of ISO 639, for example de, pt-BR or ceb, or auto to have it guessed"
