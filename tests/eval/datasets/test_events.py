from __future__ import annotations

from eval.datasets.events import events


def test_every_event_is_told_both_ways() -> None:
    for split in ("dev", "test"):
        told = list(events(split))
        assert sum(event.is_reversed for event in told) * 2 == len(told) > 60
        assert len({event.text for event in told}) == len(told)


def test_the_halves_share_no_sentence() -> None:
    assert not {event.text for event in events("dev")} & {event.text for event in events("test")}


def test_articles_follow_their_place_in_the_sentence() -> None:
    texts = {event.text for split in ("dev", "test") for event in events(split)}
    assert "Iraq invaded the United States in 2003.\n" in texts
    assert "The United States invaded Iraq in 2003.\n" in texts
