from __future__ import annotations

from pathlib import Path

import pytest

from mtqa.knowledge.building.country_codes import ISO_OF_GEC
from mtqa.knowledge.building.places import COLUMNS, build_places, read_place_names, write_table

# The script wants the territories that share a demonym; their codes in the source's own system.
TERRITORIES = {"sb": "Saint Pierre", "hk": "Hong Kong", "mc": "Macau", "gk": "Guernsey", "kt": "Christmas Island"}
TERRITORIES |= {"nc": "New Caledonia", "aq": "American Samoa"}


def build(short: dict[str, str], long: dict[str, str], dem: dict[str, str]) -> dict[str, dict[str, str]]:
    shared = dict.fromkeys(TERRITORIES, "French")
    rows = build_places({"short": TERRITORIES | short, "long": long, "dem": shared | dem})
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    return {row["code"]: row for row in rows}


@pytest.mark.parametrize(
    ("short", "long", "dem", "names", "attributive", "demonyms"),
    [
        ("Latvia", "Republic of Latvia", "Latvian", "Latvia|Republic of Latvia", "Latvian", "Latvian"),
        ("Latvia (north)", "none", "Latvian, or Lett", "Latvia", "Latvian", "Latvian|Lett"),
        ("The Latvia", "NA", "none", "Latvia", "Latvia", ""),
        ("none", "Republic of Latvia", "Latvian/Lettish", "Republic of Latvia", "Latvian", "Latvian|Lettish"),
        ("Latvia", "Latvia", "adjective", "Latvia", "Latvia", ""),
    ],
)
def test_a_country_is_read(short: str, long: str, dem: str, names: str, attributive: str, demonyms: str) -> None:
    # Bhutan stands for any country that no hand-written row replaces.
    (code,) = [gec for gec, iso in ISO_OF_GEC.items() if iso == "bt"]
    assert "bt" not in {row["code"] for row in read_place_names()}
    row = build({code: short}, {code: long}, {code: dem})["bt"]
    assert (row["names"], row["attributive"], row["demonyms"]) == (names, attributive, demonyms)
    assert row["source"] == "factbook"


def test_a_country_without_a_name_is_left_out() -> None:
    (code,) = [gec for gec, iso in ISO_OF_GEC.items() if iso == "bt"]
    assert "bt" not in build({code: "none"}, {code: ""}, {code: "Bhutanese"})


def test_a_shared_demonym_names_no_territory() -> None:
    rows = build({}, {}, {})
    written = {row["code"] for row in read_place_names()}
    for gec, name in TERRITORIES.items():
        row = rows[ISO_OF_GEC[gec]]
        if row["code"] not in written:
            assert (row["demonyms"], row["attributive"]) == ("", name)


def test_hand_written_rows_replace_the_base() -> None:
    rows = build({"uk": "Nowhere"}, {}, {})
    for row in read_place_names():
        assert rows[row["code"]]["names"] == row["names"]
        assert rows[row["code"]]["source"] == "hand"


def test_tables_are_written_with_tabs_and_unix_line_ends(tmp_path: Path) -> None:
    write_table([dict.fromkeys(COLUMNS, "é")], COLUMNS, tmp_path / "out.tsv")
    assert (tmp_path / "out.tsv").read_bytes().decode("utf-8") == "\t".join(COLUMNS) + "\n" + "\t".join("é" * 7) + "\n"
