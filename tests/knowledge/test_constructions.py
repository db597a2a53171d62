from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.knowledge.constructions import load_constructions

CONSTRUCTIONS = load_constructions()


def found(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(match.construction.id, match.span.of(text), match.replacements) for match in CONSTRUCTIONS.matches(text)]


@pytest.mark.parametrize(
    ("text", "name", "written", "replacement"),
    [
        ("According to me, it is so.", "according-to-me", "According to me", "In my opinion"),
        ("According to us, it is so.", "according-to-us", "According to us", "In our opinion"),
        ("He was accused to have stolen it.", "accused-to", "accused to have", "accused of having"),
        ("He is accused for stealing it.", "accused-for", "accused for", "accused of"),
        ("They did also not say why.", "also-not", "did also not", "also did not"),
        ("He gave an big party.", "an-before-consonant", "an big", "a big"),
        ("He has a old friend.", "article-before-vowel", "a old", "an old"),
        ("As example, the law was cited.", "as-example", "As example", "For example"),
        ("He is capable to lead.", "capable-to", "capable to lead", "capable of leading"),
        ("It consists from two parts.", "consist-in-of", "consists from", "consists of"),
        ("They say two million of people left.", "count-of-people", "two million of people", "two million people"),
        ("They demanded him to go.", "demand-to", "demanded him to go", "asked him to go"),
        ("He demands them to leave.", "demand-to", "demands them to leave", "asks them to leave"),
        ("It depends from the weather.", "depend-of", "depends from", "depends on"),
        ("Despite of it, he left.", "despite-of", "Despite of", "Despite"),
        ("He didn't went home.", "did-past", "didn't went", "didn't go"),
        ("He didn’t knew it.", "did-past", "didn’t knew", "didn’t know"),
        ("They discussed about the plan.", "discuss-about", "discussed about", "discussed"),
        ("It is more better than that.", "double-comparative", "more better", "better"),
        ("Although he was ill, but he came.", "doubled-conjunction", ", but", ""),
        ("Even though they talked for hours but they failed.", "doubled-conjunction", " but", ""),
        ("She stressed on the need for peace.", "emphasize-on", "stressed on", "stressed"),
        ("They entered into the building.", "enter-into-place", "entered into the building", "entered the building"),
        ("He explained us that it was over.", "explain-me", "explained us", "explained to us"),
        ("He left at the age of 15 years old.", "in-the-age-of", "at the age of 15 years old", "at the age of 15"),
        ("He left in the age of 15 years.", "in-the-age-of", "in the age of 15 years", "aged 15"),
        ("It was found in the Internet.", "in-the-internet", "in the Internet", "on the internet"),
        ("In the same time, prices rose.", "in-the-same-time", "In the same time", "At the same time"),
        ("She is interested about the plan.", "interested-by", "interested about", "interested in"),
        ("He married with the daughter of a king.", "marry-with", "married with", "married"),
        ("They lost 2 milliards of euros.", "milliard", "2 milliards of", "2 billion"),
        ("They must to go home.", "modal-to", "must to go", "must go"),
        ("It is higher that expected.", "more-that", "higher that", "higher than"),
        ("Two millions of people left.", "number-plural-scale", "Two millions of", "Two million"),
        ("She has 30 years.", "of-age-years-old", "has 30 years", "is 30 years old"),
        ("From his side, the minister agreed.", "on-his-side", "From his side", "For his part"),
        ("On the photo, you see a car.", "on-the-picture", "On the photo", "In the photo"),
        ("He participated to the congress.", "participate-to", "participated to", "participated in"),
        ("It rose by 5 percents.", "per-cents", "5 percents", "5 percent"),
        ("The army says it responds to attacks.", "present-for-ongoing", "responds", "is responding"),
        ("He is living here since 2014.", "present-with-since", "is living", "has been living"),
        ("They prevented him to leave.", "prevent-to", "prevented him to leave", "prevented him from leaving"),
        ("She is responsible of the plan.", "responsible-of", "responsible of", "responsible for"),
        ("He has lived here since two years.", "since-duration", "since two years", "for two years"),
        ("Its head told Paris on Monday that he left.", "speech-verb-with-place", "told Paris", "said in Paris"),
        ("It is the most biggest of all.", "superlative-the-most", "the most biggest", "the biggest"),
        ("They gave us informations.", "uncountable-plural", "informations", "information"),
        ("The plane who was missing was found.", "who-for-thing", "who", "which"),
    ],
)
def test_each_row_finds_its_construction(text: str, name: str, written: str, replacement: str) -> None:
    by_name = [(span, replacements) for row, span, replacements in found(text) if row == name]
    assert [span for span, _ in by_name] == [written]
    (replacements,) = [replacements for _, replacements in by_name]
    assert replacement in replacements


def test_every_row_is_tried_above() -> None:
    (mark,) = test_each_row_finds_its_construction.pytestmark  # type: ignore[attr-defined]
    assert {case[1] for case in mark.args[1]} == {row.id for row in CONSTRUCTIONS.rows}


@pytest.mark.parametrize(
    "text",
    [
        "According to US officials, the plan failed.",
        "The judge ordered the accused to have a medical examination.",
        "The police allowed the accused to be released on bail.",
        "He is suspected to have killed his wife.",
        "It is also not clear who paid, and the company has also not said when it will reopen.",
        "The next week, he left the country. Over the last year, prices rose.",
        "An hour and a half is a unit of time for an MP from a European university.",
        "He is less capable to the extent that he is tired.",
        "The union demanded the right to strike.",
        "The scores depend from day to day on the weather.",
        "What he did was wrong, and all he did had a purpose.",
        "Those who did not were fined.",
        "They discussed about 20 proposals and about half of the plan.",
        "Italy has more water than Spain, and more power and money.",
        "Although he had nothing but praise for her, he left.",
        "Although the party won a small but important victory, it lost.",
        "Although it rained, we went out but got wet.",
        "The film is long, although funny, but critics liked it.",
        "Although they had no choice but to leave, they stayed.",
        "The minister stressed on Monday that the law would pass.",
        "The body suffers under stresses on the joints.",
        "He suggested them as candidates; she announced them on Friday and explained them in detail.",
        "He died at the age of 11 years and 3 months.",
        "In the age of 24-hour news nothing is secret.",
        "Interest in the internet grew, and so did growth in internet shopping.",
        "Twice as many were sold in the same time.",
        "He has been interested for a long time and was interested by the suggestion.",
        "He is married with a son. They married with the blessing of the church.",
        "He is doing what he can to help, and they did all they could to stop it.",
        "It costs as much as it would to build a house.",
        "The army used its might to crush the revolt.",
        "It is more likely that the law will pass: there is more evidence that it works.",
        "They decided to not go.",
        "He scored two hundreds as India won.",
        "Luck was on his side, and he won. With time on its side, the party waited.",
        "The studio spent $5m on the picture. Click on the image to enlarge it.",
        "They participate to the best of their ability and participated at a high level.",
        "The company says it makes cars. She says she runs every day.",
        "She is working for the government, he is playing for the national team.",
        "They are waiting for the results. He is running for the presidency.",
        "The team is playing well since the coach left.",
        "They want to prevent the threat to public health and the spread to other countries.",
        "He is the most responsible of the three and was responsible from the start.",
        "Since two years of drought were enough, they left.",
        "The EU told London that it must pay.",
        "He told Reuters on Tuesday that the talks would go on.",
        "Washington told Moscow on Tuesday that it would act.",
        "Biden told Putin on Thursday that it was over.",
        "She researches the history of Spain. As the case progresses, costs rise.",
        "The report examines infrastructures, vocabularies and climate feedbacks.",
        "The director of the company, who was arrested, left.",
        "The survivors of the war who have returned are few.",
        "The team who won is here.",
        "",
    ],
)
def test_good_english_matches_no_row(text: str) -> None:
    assert found(text) == []


def test_the_table_is_sound() -> None:
    assert max(Counter(row.id for row in CONSTRUCTIONS.rows).values()) == 1
    assert [row.id for row in CONSTRUCTIONS.rows] == sorted(row.id for row in CONSTRUCTIONS.rows)
    for row in CONSTRUCTIONS.rows:
        assert row.reason
        assert not row.reason.endswith(".")
        assert row.languages
        assert all(len(code) == 2 for code in row.languages)
        assert row.source
        assert len(row.as_of) == 10


PIECES = st.sampled_from(
    [
        "although", "Although", "they talked", "but", "they", "must", "to", "go", "demanded him to", "milliards",
        "since", "two years", "according to", "me", "capable to", "told Moscow", "on Monday that", "more", "better",
        "than", ",", ".", "“", "”", "’", "a", "an", "old", "big", "5", "percents", "e\u0301", "\r\n", "😀",
    ]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES | st.text(max_size=3), max_size=20))
def test_matches_lie_inside_and_change_something(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for match in CONSTRUCTIONS.matches(text):
        written = match.span.of(text)
        assert written
        assert match.replacements
        assert written not in match.replacements
        assert len(set(match.replacements)) == len(match.replacements)
        assert not any("{" in replacement or "\\g" in replacement for replacement in match.replacements)
