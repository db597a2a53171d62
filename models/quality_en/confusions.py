"""Tables of what machine translation into English confuses. Written for this project, not derived from any data."""

from __future__ import annotations

OFFICES: tuple[str, ...] = (
    "president", "vice president", "prime minister", "deputy prime minister", "foreign minister", "finance minister",
    "defence minister", "interior minister", "justice minister", "health minister", "economy minister", "minister",
    "chancellor", "vice chancellor", "king", "queen", "prince", "princess", "crown prince", "emperor", "pope", "emir",
    "secretary of state", "secretary general", "speaker", "chairman", "chairwoman", "governor", "mayor", "premier",
    "ambassador", "commissioner", "senator", "deputy", "judge", "prosecutor", "commander", "director",
    "chief executive", "head coach", "captain", "party leader", "spokesman", "spokeswoman", "envoy", "attorney general",
)  # fmt: skip

# Right -> what word-for-word translation makes of it (French, German, Spanish, Italian, Russian interference).
LITERAL: tuple[tuple[str, str], ...] = (
    ("current", "actual"), ("currently", "actually"), ("at the moment", "in the moment"), ("possibly", "eventually"),
    ("possible", "eventual"), ("eventually", "finally"), ("is part of", "makes part of"),
    ("are part of", "make part of"), ("as part of", "in the frame of"), ("within the framework of", "in the frame of"),
    ("make a decision", "take a decision"), ("made a decision", "met a decision"),
    ("decided to", "took the decision of"),
    ("carry out", "realise"), ("carried out", "realised"), ("carrying out", "realising"), ("attend", "assist to"),
    ("attended", "assisted at"), ("support", "sustain"), ("supported", "sustained"), ("request", "demand"),
    ("requested", "demanded"), ("asked", "demanded"), ("sensitive", "sensible"), ("reasonable", "raisonnable"),
    ("important", "consequent"), ("company", "enterprise"), ("companies", "enterprises"),
    ("training", "formation"), ("report", "rapport"), ("reports", "raports"), ("meeting", "reunion"),
    ("meetings", "reunions"), ("conference", "colloquium"), ("library", "book shop"), ("factory", "fabric"),
    ("get", "become"), ("receive", "become"), ("received", "became"), ("since", "from"), ("for years", "since years"),
    ("years ago", "before years"), ("two years ago", "it is two years"), ("years old", "years"),
    ("sympathetic", "sympathic"), ("nice", "sympathetic"), ("disappointment", "deception"),
    ("disappointed", "deceived"), ("pretend", "make as if"), ("claimed", "pretended"), ("claim", "pretend"),
    ("remember", "remind oneself"), ("noted", "remarked"), ("prevent", "impede"), ("prevented", "impeded"),
    ("mayor", "major"), ("chief", "chef"), ("boss", "chef"), ("high school", "gymnasium"), ("school", "college"),
    ("politics", "policy"), ("policy", "politic"), ("policies", "politics"), ("politicians", "politics"),
    ("scientists", "scientifics"), ("researchers", "searchers"), ("investigation", "inquest"),
    ("news", "novelties"), ("information", "informations"), ("advice", "advices"), ("evidence", "evidences"),
    ("research", "researches"), ("equipment", "equipments"), ("people", "persons"),
    ("in recent years", "the last years"),
    ("last year", "the past year"), ("this year", "in this year"), ("on the other hand", "on the other side"),
    ("however", "nevertheless but"), ("in addition", "besides of this"), ("for example", "by example"),
    ("in order to", "for to"), ("as well as", "so as"), ("because of", "by cause of"),
    ("according to", "conforming to"), ("due to", "by reason of"), ("despite", "in spite"),
    ("first of all", "before all"),
    ("above all", "before everything"), ("at least", "at the least"), ("so far", "until now still"),
    ("such as", "like for example"), ("it is important", "it is of importance"), ("take place", "find place"),
    ("took place", "found place"), ("takes place", "passes itself"), ("take part in", "participate to"),
    ("took part in", "participated at"), ("happened", "passed"), ("happens", "passes itself"), ("paid", "payed"),
    ("make sure", "assure"), ("ensure", "assure"), ("control", "dominate"),
    ("checked", "controlled"), ("examined", "controlled"), ("responsible for", "responsible of"),
    ("interested in", "interested by"), ("depends on", "depends of"), ("married to", "married with"),
    ("different from", "different of"), ("consists of", "consists in"), ("succeeded in", "arrived to"),
    ("managed to", "arrived to"), ("want to", "want that"), ("wants to", "has will to"), ("is called", "calls itself"),
    ("is located", "finds itself"), ("there is", "it gives"), ("there are", "it has"), ("there were", "it had"),
    ("there was", "it gave"), ("human rights", "rights of the man"), ("tonight", "this evening"),
    ("billion", "milliard"), ("per cent", "procent"), ("percent", "procents"), ("injured", "damaged"),
    ("victims", "sacrifices"), ("killed", "dead made"), ("arrested", "stopped"), ("released", "let free"),
    ("launched", "threw"), ("developed", "elaborated"), ("announced", "has announced"), ("said", "has said"),
    ("became", "has become"), ("began", "has begun"), ("played", "has played"), ("increase", "augmentation"),
    ("increased", "augmented"), ("decrease", "diminution"), ("reduce", "diminish"), ("reduced", "diminished"),
    ("achieve", "attain"), ("problem", "problematic"), ("issue", "problematic"), ("advertising", "publicity"),
    ("great", "grand"), ("big", "grand"), ("large", "grand"), ("strong", "heavy"), ("main", "principal"),
    ("complete", "full"), ("new", "novel"), ("old", "ancient"), ("former", "ancient"),
)  # fmt: skip

PREPOSITIONS: dict[str, tuple[str, ...]] = {
    "in": ("on", "at", "into", "to"), "on": ("in", "at", "over", "about"), "at": ("in", "on", "by", "to"),
    "of": ("from", "in", "for", "by"), "from": ("of", "since", "by", "out"), "to": ("in", "at", "for", "on"),
    "for": ("since", "to", "by", "of"), "by": ("from", "with", "of", "through"), "with": ("by", "from", "at", "to"),
    "about": ("over", "on", "of"), "into": ("in", "to", "at"), "over": ("above", "on", "about"),
    "during": ("in", "while", "at"), "against": ("to", "versus", "on"), "between": ("among", "from"),
    "among": ("between", "under"), "under": ("below", "in"), "since": ("from", "for"), "until": ("by", "to"),
    "after": ("behind", "past"), "before": ("in front of", "ago"), "through": ("over", "by"),
    "within": ("in", "inside"),
}  # fmt: skip

AGREEMENT: dict[str, str] = {
    "is": "are", "are": "is", "was": "were", "were": "was", "has": "have", "have": "has", "does": "do", "do": "does",
    "this": "these", "these": "this", "that": "those", "those": "that", "many": "much", "much": "many",
    "isn't": "aren't", "aren't": "isn't", "wasn't": "weren't", "weren't": "wasn't", "people": "person",
}  # fmt: skip

# Base, past, participle; where two are equal the pair gives fewer wrong forms.
IRREGULAR: tuple[tuple[str, str, str], ...] = tuple(
    (forms[0], forms[1], forms[2])
    for forms in (
        row.split()
        for row in (
            "be was been|have had had|do did done|say said said|make made made|go went gone|take took taken|"
            "come came come|see saw seen|know knew known|get got got|give gave given|find found found|"
            "think thought thought|tell told told|become became become|show showed shown|leave left left|"
            "feel felt felt|bring brought brought|begin began begun|keep kept kept|hold held held|write wrote written|"
            "stand stood stood|hear heard heard|mean meant meant|meet met met|run ran run|pay paid paid|sit sat sat|"
            "speak spoke spoken|lead led led|grow grew grown|lose lost lost|fall fell fallen|send sent sent|"
            "build built built|understand understood understood|draw drew drawn|break broke broken|spend spent spent|"
            "rise rose risen|drive drove driven|buy bought bought|wear wore worn|choose chose chosen|win won won|"
            "seek sought sought|catch caught caught|fight fought fought|throw threw thrown|sell sold sold|"
            "fly flew flown|teach taught taught|steal stole stolen|shoot shot shot|hide hid hidden|sing sang sung"
        ).split("|")
    )
)

TENSE: dict[str, tuple[str, ...]] = {
    "is": ("was", "be", "has been"), "are": ("were", "be", "have been"), "was": ("is", "be", "had been"),
    "were": ("are", "be"), "has": ("had", "having"), "have": ("had", "having"), "had": ("has", "have"),
    "will": ("would", "was to"), "would": ("will",), "can": ("could",), "could": ("can",),
    "may": ("might", "was allowed"),
    "been": ("be", "being"), "being": ("been", "be"), "did": ("do", "does"), "does": ("did",),
}  # fmt: skip

PRONOUNS: dict[str, tuple[str, ...]] = {
    "he": ("she", "it", "they"), "she": ("he", "it"), "it": ("he", "she", "they"), "they": ("it", "he", "you"),
    "his": ("her", "its", "their"), "her": ("his", "its", "him"), "its": ("his", "her", "their"),
    "their": ("his", "its", "her"), "him": ("her", "it", "them"), "them": ("it", "him", "you"),
    "who": ("which", "what"),
    "himself": ("herself", "itself"), "herself": ("himself", "itself"), "itself": ("himself", "themselves"),
    "themselves": ("itself", "himself"), "we": ("they", "you"), "our": ("their", "his"), "you": ("they", "he"),
    "i": ("he", "we"), "my": ("his", "our"), "me": ("him", "us"), "us": ("them",), "your": ("his", "their"),
    "mr": ("Mrs", "Ms"), "mrs": ("Mr",), "ms": ("Mr",), "man": ("woman",), "woman": ("man",), "men": ("women",),
    "women": ("men",), "father": ("mother",), "mother": ("father",), "son": ("daughter",), "daughter": ("son",),
    "brother": ("sister",), "sister": ("brother",), "husband": ("wife",), "wife": ("husband",), "boy": ("girl",),
    "girl": ("boy",), "king": ("queen",), "queen": ("king",), "actor": ("actress",), "actress": ("actor",),
}  # fmt: skip

NUMBER_WORDS: tuple[str, ...] = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
ORDINALS: tuple[str, ...] = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
SCALES: tuple[str, ...] = ("hundred", "thousand", "million", "billion", "trillion")
SCALE_PLURALS: tuple[str, ...] = ("dozens", "hundreds", "thousands", "millions", "billions")
FRACTIONS: tuple[str, ...] = ("half", "third", "quarter", "double", "twice", "three times")
MONTHS: tuple[str, ...] = (
    "January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Honorifics and small words that stay behind untranslated before a name or anywhere.
RESIDUE_TITLES: tuple[str, ...] = (
    "MM.", "M.", "Mme", "Mlle", "Hr", "Hr.", "Herr", "Frau", "Fr.", "Sr.", "Sra.", "Señor", "Sig.", "Dhr.", "Pan",
    "Paní", "p.", "g.", "gosp.", "Dott.", "On.", "S.E.", "D.", "Mgr", "Ing.", "Bpk.", "Prof. Dr. h.c.", "Maître",
)  # fmt: skip
RESIDUE_WORDS: tuple[str, ...] = (
    "der", "die", "das", "und", "von", "zum", "beim", "le", "la", "les", "du", "des", "et", "qui", "sur", "dans", "el",
    "los", "las", "del", "y", "que", "con", "para", "il", "della", "che", "per", "dos", "não", "da", "na", "je", "ne",
    "się", "jest", "och", "av", "som", "för", "ve", "için", "bzw.", "z.B.", "u.a.", "d.h.", "etc.", "p. ex.", "ggf.",
    "ca.", "Mio.", "Mrd.", "Uhr", "EE.UU.", "ONU", "OTAN", "UE", "USD", "Kč", "mln", "mld", "rubley", "Cie", "S.A.",
)  # fmt: skip

# Garbling rules per route that a name takes through another script: what is read -> what comes back.
GARBLES: dict[str, tuple[tuple[str, str], ...]] = {
    "cyrillic": (
        (r"sch", "sh"), (r"ck", "k"), (r"c(?=[aouklrt])", "k"), (r"c(?=[eiy])", "s"), (r"ph", "f"), (r"x", "ks"),
        (r"w", "v"), (r"w", "u"), (r"qu", "kv"), (r"th", "t"), (r"ee", "i"), (r"oo", "u"), (r"ou", "u"), (r"ey$", "i"),
        (r"ay", "ei"), (r"y", "i"), (r"j", "dzh"), (r"h(?=[aeiou])", "g"), (r"h(?=[aeiou])", "kh"), (r"ch", "kh"),
        (r"z", "ts"), (r"(.)\1", r"\1"), (r"e(?=$)", ""), (r"ei", "ai"), (r"eu", "oi"), (r"ia", "iya"), (r"io", "yo"),
        (r"ew", "yu"), (r"ts", "c"), (r"tz", "ts"), (r"u(?=[mnrl])", "a"),
    ),
    "arabic": (
        (r"p", "b"), (r"v", "f"), (r"g(?=[aeiou])", "gh"), (r"g", "j"), (r"e", "i"), (r"o", "u"), (r"ch", "sh"),
        (r"c", "k"), (r"k", "q"), (r"e(?=[^aeiou])", ""), (r"a(?=[^aeiou])", "aa"), (r"x", "ks"), (r"z", "s"),
        (r"th", "t"), (r"ou", "u"), (r"w", "ou"), (r"i(?=[^aeiou])", "ee"),
    ),
    "japanese": (
        (r"l", "r"), (r"r", "l"), (r"v", "b"), (r"th", "s"), (r"si", "shi"), (r"ti", "chi"), (r"tu", "tsu"),
        (r"hu", "fu"), (r"([kgszfpb])$", r"\1u"), (r"([td])$", r"\1o"), (r"er$", "a"), (r"ar$", "a"), (r"c", "k"),
        (r"([bcdfgkpst])([lr])", r"\1u\2"), (r"a", "aa"), (r"f", "h"),
    ),
    "german": (
        (r"sh", "sch"), (r"z", "s"), (r"s", "z"), (r"v", "w"), (r"w", "v"), (r"f", "v"), (r"y", "j"), (r"j", "y"),
        (r"ts", "tz"), (r"k", "ck"), (r"k", "c"), (r"ch", "tsch"), (r"ss", "ß"), (r"ai", "ei"), (r"i", "ie"),
        (r"er$", "ers"), (r"z$", "s"), (r"([lmnt])(?=[aeiou])", r"\1\1"), (r"d$", "t"), (r"t$", "d"), (r"k", "ch"),
    ),
    "vowels": (
        (r"a", "e"), (r"e", "a"), (r"e", "i"), (r"i", "e"), (r"o", "u"), (r"u", "o"), (r"o", "a"), (r"a", "o"),
        (r"i", "y"), (r"y", "i"), (r"(?<=.)[aeiou](?=.)", ""), (r"([aeo])", r"\1i"), (r"m", "n"), (r"n", "m"),
        (r"([aeiou][lnrst])$", r"\1e"), (r"[bdfgklmnprst]$", ""), (r"$", "s"), (r"$", "a"), (r"b", "d"), (r"b", "p"),
    ),
}  # fmt: skip

# Letters that are near on the keyboard.
NEIGHBOURS: dict[str, str] = {
    "a": "sqz", "b": "vnh", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok",
    "j": "hku", "k": "jli", "l": "ko", "m": "n", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw",
    "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xas",
}  # fmt: skip
