"""The calendar is cut into stretches of days on which nothing changes, and each holds exactly what is valid on it."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from formulary import ENTRIES, SEGMENTS
from formulary.documents import Entry, Suspension, VersionHeader
from formulary.segments import editions, entries_frame, segments, segments_frame


def header(year: int, **more: Any) -> VersionHeader:
    usual = {"version": str(year), "status": "ADOPTED", "in_force_from": date(year, 1, 1), "source": "proef"}
    return VersionHeader.model_validate({**usual, **more})


def entry(name: str, **more: Any) -> Entry:
    usual = {"entry_id": name, "chapter": "Maag", "indication": "reflux", "atc": "A02BC02", "substance": "pantoprazol"}
    return Entry.model_validate({**usual, "source": "proef", **more})


def stretches(*adopted: tuple[VersionHeader, list[Entry]]) -> list[tuple[str, str, str]]:
    """Return each stretch: its version, first and last day, and the names of what holds on it."""
    found = segments(editions(adopted))
    return [
        (f"{one.first:%m-%d}", "" if one.last == date.max else f"{one.last:%m-%d}", _names(one.entries))
        for one in found
    ]


def _names(entries: tuple[tuple[Entry, bool, bool], ...]) -> str:
    return " ".join(each.entry_id + "/suspended" * off + "/grace" * graced for each, off, graced in entries)


def test_a_version_on_which_nothing_changes_is_one_stretch() -> None:
    assert stretches((header(2026), [entry("a")])) == [("01-01", "", "a")]


def test_a_version_ends_the_day_before_the_next_begins() -> None:
    found = stretches((header(2026), [entry("b")]), (header(2025), [entry("a")]))
    assert found == [("01-01", "12-31", "a"), ("01-01", "", "b")]


def test_a_version_with_a_last_day_ends_on_it() -> None:
    assert stretches((header(2026, in_force_until=date(2026, 6, 30)), [entry("a")])) == [("01-01", "06-30", "a")]


def test_an_entry_that_begins_later_begins_a_stretch() -> None:
    found = stretches((header(2026), [entry("a"), entry("b", valid_from=date(2026, 5, 1))]))
    assert found == [("01-01", "04-30", "a"), ("05-01", "", "a b")]


def test_an_entry_that_ends_ends_a_stretch() -> None:
    found = stretches((header(2026), [entry("a"), entry("b", valid_until=date(2026, 4, 30))]))
    assert found == [("01-01", "04-30", "a b"), ("05-01", "", "a")]


@pytest.mark.parametrize("day", [date(2025, 6, 1), date(2026, 1, 1)])
def test_an_entry_that_began_before_its_version_begins_no_stretch(day: date) -> None:
    assert stretches((header(2026), [entry("a", valid_from=day)])) == [("01-01", "", "a")]


def test_an_entry_that_ends_after_its_version_ends_no_stretch() -> None:
    ends = header(2026, in_force_until=date(2026, 12, 31))
    assert stretches((ends, [entry("a", valid_until=date(2027, 1, 31))])) == [("01-01", "12-31", "a")]


def test_a_suspension_is_a_stretch_of_its_own() -> None:
    off = Suspension(chapter="Maag", suspended_from=date(2026, 3, 1), suspended_until=date(2026, 6, 30), source="proef")
    found = stretches((header(2026, suspended=[off]), [entry("a"), entry("b", chapter="Pijn")]))
    assert found == [("01-01", "02-28", "a b"), ("03-01", "06-30", "a/suspended b"), ("07-01", "", "a b")]


def test_the_days_of_grace_are_a_stretch_with_the_entries_of_the_version_before() -> None:
    found = stretches((header(2025), [entry("a")]), (header(2026, grace_days=30), [entry("b")]))
    assert found[1:] == [("01-01", "01-30", "b a/grace"), ("01-31", "", "b")]


def test_each_entry_may_have_days_of_grace_of_its_own() -> None:
    new = header(2026, grace_days=10, grace={"a": 20})
    found = stretches((header(2025), [entry("a"), entry("c")]), (new, [entry("b")]))
    assert found[1:] == [("01-01", "01-10", "b a/grace c/grace"), ("01-11", "01-20", "b a/grace"), ("01-21", "", "b")]


def test_grace_reaches_back_one_version_and_no_further() -> None:
    found = stretches(
        (header(2024), [entry("a")]), (header(2025), [entry("b")]), (header(2026, grace_days=9), [entry("c")])
    )
    assert found[2] == ("01-01", "01-09", "c b/grace")


def test_the_first_version_has_no_days_of_grace() -> None:
    assert stretches((header(2026, grace_days=30), [entry("a")])) == [("01-01", "", "a")]


def test_grace_ends_with_the_version() -> None:
    short = header(2026, in_force_until=date(2026, 1, 9), grace_days=30)
    assert stretches((header(2025), [entry("a")]), (short, [entry("b")]))[1:] == [("01-01", "01-09", "b a/grace")]


def test_a_new_version_does_not_change_the_stretches_before_it() -> None:
    old = (header(2025), [entry("a", valid_until=date(2025, 5, 31)), entry("b")])
    ends = (header(2025, in_force_until=date(2025, 12, 31)), old[1])
    assert stretches(old, (header(2026, grace_days=30), [entry("c")]))[:2] == stretches(ends)


def test_stretches_follow_each_other_without_a_gap_or_an_overlap() -> None:
    changing = [entry("a", valid_from=date(2026, 2, 1)), entry("b", valid_until=date(2026, 2, 1)), entry("c")]
    found = segments(editions([(header(2025), [entry("a")]), (header(2026, grace_days=45), changing)]))
    lasts = [one.last.toordinal() + 1 for one in found[:-1]]
    assert lasts == [one.first.toordinal() for one in found[1:]]


def test_the_frame_of_stretches_numbers_them_and_leaves_the_last_day_open() -> None:
    frame = segments_frame(segments(editions([(header(2026), [entry("a", valid_until=date(2026, 1, 31))])])))
    assert frame.schema == SEGMENTS
    assert frame.select("segment_no", "first_day", "last_day").rows() == [
        (0, date(2026, 1, 1), date(2026, 1, 31)),
        (1, date(2026, 2, 1), None),
    ]


def test_the_frame_of_entries_has_a_row_for_each_range_of_an_indication() -> None:
    frame = entries_frame(segments(editions([(header(2026), [entry("a", icpc="D84|D86-D87")])])))
    assert frame.schema == ENTRIES
    assert frame.select("entry_id", "icpc_first", "icpc_last").height == 2


def test_advice_without_a_medicine_judges_no_line() -> None:
    advice = entry("a", atc=None, substance="", without_medicine="minder zout")
    assert entries_frame(segments(editions([(header(2026), [advice])]))).height == 0


def test_no_version_is_no_stretch() -> None:
    assert (segments_frame(segments(editions([]))).height, entries_frame([]).schema) == (0, ENTRIES)


def test_a_form_and_a_patient_travel_with_an_entry() -> None:
    told = entry("a", form="tablet|capsule", age_min=18, age_max=69, sex="F", step=2, rank=3)
    frame = entries_frame(segments(editions([(header(2026), [told])])))
    row = frame.select("form", "age_min", "age_max", "sex", "step", "rank", pl.col("advice").cast(pl.String)).row(0)
    assert row == (["tablet", "capsule"], 18, 69, "F", 2, 3, "RECOMMENDED")
