"""Build tables/words.tsv.xz from wordfreq: `python -m mtqa.knowledge.building.words` in an environment that has it.

wordfreq 3.1.1 (Robyn Speer; code Apache-2.0, data CC BY-SA 4.0, frozen 2021). The table keeps the frequent English
words with their Zipf frequency (log10 of occurrences per billion words), and the frequent words of languages that
translations come from, as far as they are no frequent English words.
"""

from __future__ import annotations

import argparse
import lzma
from pathlib import Path

LANGUAGES = ("cs", "da", "de", "es", "fi", "fr", "hu", "it", "nb", "nl", "pl", "pt", "ro", "sv", "tr")
_ENGLISH = 60_000
_FOREIGN = 4_000
_FUNCTION_WORD = 5.5  # Zipf frequency of "le", "des", "und": kept though English texts hold them in names
_ALSO_ENGLISH = 2.9  # Zipf frequency in English from which a word counts as English too


def build(out: Path) -> None:
    """Write the table: language, word, Zipf frequency; sorted."""
    from wordfreq import top_n_list, zipf_frequency

    lines = []
    for word in top_n_list("en", _ENGLISH, wordlist="large"):
        if word.replace("'", "").replace("-", "").isalpha():
            lines.append(f"en\t{word}\t{zipf_frequency(word, 'en', wordlist='large'):.1f}")
    for language in LANGUAGES:
        for word in top_n_list(language, _FOREIGN, wordlist="best"):
            own, english = zipf_frequency(word, language, wordlist="best"), zipf_frequency(word, "en", wordlist="large")
            is_function_word = own >= _FUNCTION_WORD and own - english >= 1.0
            if len(word) > 1 and word.isalpha() and (english < _ALSO_ENGLISH or is_function_word):
                lines.append(f"{language}\t{word}\t{own:.1f}")
    text = "language\tword\tzipf\n" + "\n".join(sorted(lines)) + "\n"
    out.write_bytes(lzma.compress(text.encode("utf-8"), preset=9))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "tables" / "words.tsv.xz")
    build(parser.parse_args().out)
