"""Words that end in a full stop without ending a sentence, and words that sentences begin with.

Written by hand for news English and for the residue that translations into English leave behind (French, German,
Spanish, Italian, Portuguese titles). Case matters: "No." is "number", "St." a saint or a street.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A name or the rest of the phrase must follow, so a sentence never ends here.
NEVER_LAST = _words(
    """
    Mr Mrs Ms Mx Messrs Mmes Dr Drs Prof Profs Rev Revd Hon Msgr Fr Gen Col Lt Capt Cpt Cmdr Cdr Maj Sgt Cpl Pvt
    Adm Brig Sen Rep Reps Gov Govs Pres Supt Insp Det Eng Amb Atty Dist Mt Ft Nat Natl Intl
    MM Mme Mlle Mlles Mgr Hr Herr Fr Frl Sr Sra Srta Sres Dña Sig Sigra Dott Avv Ing Dipl
    vs cf viz approx ca incl excl
    """
)

# Abbreviations only before a number or a Roman numeral: "No. 5", "Fig. 3", "Vol. II".
BEFORE_NUMBER = _words(
    """
    No Nos no nos Nr nr Art Arts art Fig Figs fig figs Vol Vols vol vols Ch Chap ch chap Sec Secs sec
    Par Para para pp p P PP Eq eq Ex Op op Ed Pt pt Tab Abs Bd max min ver v
    """
)

# Abbreviations that may also end a sentence; the next word decides.
MAY_BE_LAST = _words(
    """
    Inc Ltd Co Corp Bros Jr Sr Esq al St Ste Ave Blvd Rd Sq dept Dept est Est Assn Univ Mfg Cie Gmbh
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri
    Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn
    Tenn Tex Va Vt Wash Wis Wyo Que Ont
    """
)

# Names that end in an exclamation mark.
NAMES_WITH_MARK = _words("Yahoo Jeopardy")

MONTHS = _words(
    "January February March April May June July August September October November December "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
)

# Capitalised, these begin a new sentence; names do not begin with them (after the frequent-starter idea of
# Kiss and Strunk 2006, "Unsupervised multilingual sentence boundary detection").
STARTERS = _words(
    """
    The A An This That These Those He She It We They You I His Her Its Our Their My Your There Here
    In On At By For From With Without Under Over During After Before Since Until As Of To Into About Among Between
    But And Or Yet So Nor If When While Whereas Although Though Because Unless Once However Moreover Meanwhile
    Nevertheless Nonetheless Therefore Thus Then Now Also Still Instead Indeed Later Earlier Today Yesterday Tomorrow
    According Despite Some Many Most Several All Both Each Every Another Other Others One Two Three No Not Only Even
    Just What Who How Why Where Which Whose Such
    """
)

# Verbs of saying after a quoted question: “Why now?” Biden asked.
REPORTING = _words(
    """
    said says asked asks told tells added wrote writes replied answered shouted cried demanded wondered exclaimed
    insisted tweeted declared joked quipped
    """
)
