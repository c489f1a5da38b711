"""What one set of rules says otherwise than another is told once, with the reason that was published."""

from pathlib import Path

import pytest

from formulary import ChangeKind, RulesNotFound, changes_between, in_force_always, load_rulebook
from tests.formulary.small_region import ENTRIES, INDICATOR, SCHEME, add_version, region, write_region

HEAD = (
    "entry_id | chapter | indication | atc | substance | rank | advice | remark | form | age_min | dose | valid_from\n"
)
FIRST = (
    "MAAG-1 | Maag | Reflux | A02BC02 | pantoprazol | {rank} | {advice} | {remark} | {form} | {age} | {dose} | {day}"
)
USUAL = {"rank": "1", "advice": "RECOMMENDED", "remark": "", "form": "", "age": "", "dose": "", "day": ""}


def entries(**said: str) -> str:
    return HEAD + FIRST.format(**{**USUAL, **said})


def told(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> list[tuple[str, ...]]:
    """Return kind, id, field, old and new of every change between two small regions."""
    found = changes_between(region(tmp_path / "old", **old), region(tmp_path / "new", **new))
    return [(str(each.kind), each.id, each.field, each.old, each.new) for each in found]


def test_rules_that_say_the_same_differ_in_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, {}, {}) == []


EXAMPLES = [
    ({"rank": "2"}, "RANK_CHANGED", ("place", "rank 1", "rank 2")),
    ({"rank": ""}, "RANK_CHANGED", ("place", "rank 1", "")),
    ({"advice": "NOT_RECOMMENDED"}, "ADVICE_CHANGED", ("advice", "RECOMMENDED", "NOT_RECOMMENDED")),
    ({"form": "tablet"}, "FORM_CHANGED", ("form", "", "tablet")),
    ({"age": "18"}, "PATIENT_CHANGED", ("age_min", "", "18")),
    ({"dose": "1 dd 20 mg"}, "DOSE_CHANGED", ("dose", "", "1 dd 20 mg")),
    ({"day": "2026-02-01"}, "VALIDITY_CHANGED", ("valid_from", "", "2026-02-01")),
    ({"remark": "afbouwen"}, "TEXT_CHANGED", ("remark", "", "afbouwen")),
]


@pytest.mark.parametrize(("said", "kind", "difference"), EXAMPLES)
def test_an_entry_that_says_something_else_is_changed(
    tmp_path: Path, said: dict[str, str], kind: str, difference: tuple[str, str, str]
) -> None:
    found = told(tmp_path, {"entries": entries()}, {"entries": entries(**said)})
    assert found == [(kind, "MAAG-1", *difference)]


def test_an_entry_comes_and_another_goes(tmp_path: Path) -> None:
    replaced = ENTRIES.replace(
        "MAAG-2   | Maag    | Reflux     | A02BC01 | omeprazol  ", "M-3|Maag|Reflux|A02BC03|lanso"
    )
    assert told(tmp_path, {}, {"entries": replaced}) == [
        ("ENTRY_ADDED", "M-3", "advice", "", "RECOMMENDED, rank 2"),
        ("ENTRY_DROPPED", "MAAG-2", "advice", "RECOMMENDED, rank 2", ""),
    ]


def test_one_name_for_another_medicine_is_a_drop_and_an_addition(tmp_path: Path) -> None:
    replaced = ENTRIES.replace("A02BC01 | omeprazol", "A02BC03 | lansoprazol")
    kinds = [kind for kind, *_ in told(tmp_path, {}, {"entries": replaced})]
    assert kinds == ["ENTRY_ADDED", "ENTRY_DROPPED"]


def test_an_entry_that_only_got_another_name_is_no_change(tmp_path: Path) -> None:
    assert told(tmp_path, {}, {"entries": ENTRIES.replace("MAAG-1", "REFLUX-1")}) == []


def test_an_entry_with_another_name_and_place_is_the_same_entry(tmp_path: Path) -> None:
    renamed = ENTRIES.replace("MAAG-2", "R-2").replace("omeprazol   | 2", "omeprazol | 3")
    assert told(tmp_path, {}, {"entries": renamed}) == [("RANK_CHANGED", "R-2", "place", "rank 2", "rank 3")]


def test_an_entry_with_another_name_and_form_is_the_same_entry(tmp_path: Path) -> None:
    other = entries(form="tablet").replace("MAAG-1", "R-1")
    found = told(tmp_path, {"entries": entries()}, {"entries": other})
    assert found == [("FORM_CHANGED", "R-1", "form", "", "tablet")]


def test_a_code_that_moved_is_no_drop_and_no_addition(tmp_path: Path) -> None:
    moved = "kind | former | successor | since | source\nATC | A02BC08 | A02BC09 | 2026-01-01 | WHO"
    old = ENTRIES.replace("A02BC01", "A02BC08")
    new = ENTRIES.replace("A02BC01", "A02BC09")
    found = told(tmp_path, {"entries": old}, {"entries": new, "succession": moved})
    assert found == [
        ("CODE_MOVED", "MAAG-2", "atc", "A02BC08", "A02BC09"),
        ("TABLE_CHANGED", "succession.csv", "rows", "0", "1"),
    ]


def test_advice_without_a_medicine_is_compared_too(tmp_path: Path) -> None:
    head = "entry_id | chapter | indication | without_medicine\n"
    old, new = (head + f"R-1 | Maag | Reflux | {advice}" for advice in ("afvallen", "niet roken"))
    found = told(tmp_path, {"entries": old}, {"entries": new})
    assert found == [("TEXT_CHANGED", "R-1", "without_medicine", "afvallen", "niet roken")]


def test_the_reason_is_the_erratum_before_the_remark(tmp_path: Path) -> None:
    erratum = '[[errata]]\npublished_on = 2026-02-01\nkind = "CHANGED"\nentry_id = "MAAG-1"\ntext = "te duur"\n'
    old = region(tmp_path / "old", entries=entries(remark="afbouwen"))
    plain = region(tmp_path / "plain", entries=entries(remark="afbouwen", rank="2"))
    told_why = region(tmp_path / "why", entries=entries(remark="afbouwen", rank="2"), version=erratum)
    assert [changes_between(old, new)[0].reason for new in (plain, told_why)] == ["afbouwen", "te duur"]


def test_a_chapter_is_suspended_and_taken_up_again(tmp_path: Path) -> None:
    suspended = '[[suspended]]\nchapter = "Maag"\nsuspended_from = 2026-03-01\nsource = "besluit"\n'
    one, other = region(tmp_path / "one"), region(tmp_path / "other", version=suspended)
    there, back = changes_between(one, other)[0], changes_between(other, one)[0]
    assert (there.kind, there.id, there.new, there.reason) == (
        ChangeKind.CHAPTER_SUSPENDED,
        "Maag",
        "2026-03-01 -",
        "besluit",
    )
    assert (back.kind, back.old) == (ChangeKind.CHAPTER_RESUMED, "2026-03-01 -")


def test_an_indicator_is_added_dropped_or_defined_otherwise(tmp_path: Path) -> None:
    other = INDICATOR.replace('"ALLES"', '"EERSTE"')
    first = INDICATOR.replace("formulary = true", "formulary = true, rank_max = 1")
    assert told(tmp_path / "a", {}, {"indicators": INDICATOR + other}) == [("INDICATOR_ADDED", "EERSTE", "", "", "")]
    assert told(tmp_path / "b", {"indicators": INDICATOR + other}, {}) == [("INDICATOR_DROPPED", "EERSTE", "", "", "")]
    assert told(tmp_path / "c", {}, {"indicators": first}) == [
        ("INDICATOR_CHANGED", "ALLES", "conform", "{formulary = true}", "{formulary = true, rank_max = 1}")
    ]


def test_a_scheme_that_pays_otherwise_says_which_band(tmp_path: Path) -> None:
    assert told(tmp_path, {}, {"scheme": SCHEME.replace("= 5000", "= 6000")}) == [
        ("SCHEME_CHANGED", "2026", "ALLES.goud.reward_cents", "5000", "6000")
    ]


def test_two_bands_of_one_name_are_both_compared(tmp_path: Path) -> None:
    twice = SCHEME.replace("goud", "brons")
    assert told(tmp_path, {"scheme": twice}, {"scheme": twice.replace("= 5000", "= 6000")}) == [
        ("SCHEME_CHANGED", "2026", "ALLES.brons (2).reward_cents", "5000", "6000")
    ]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("ddd", "atc | amount | unit | valid_from | source\nA02BC02 | 20 | mg | 2026-01-01 | a"),
        ("participation", "scheme | id | valid_from\n2026 | 01000001 | 2026-01-01"),
        ("enrolment", "practice_agb | quarter | patients\n01000101 | 2026-Q1 | 2000"),
    ],
)
def test_a_table_that_says_something_else_is_named(tmp_path: Path, name: str, rows: str) -> None:
    assert told(tmp_path, {}, {name: rows}) == [("TABLE_CHANGED", f"{name}.csv", "rows", "0", "1")]


def test_a_setting_of_the_region_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, {}, {"region": "lookback_days = 100"})
    assert found == [("REGION_CHANGED", "proef", "lookback_days", "365", "100")]


def test_changes_come_in_one_order_whatever_the_order_of_the_files(tmp_path: Path) -> None:
    head, *rows = ENTRIES.strip().splitlines()
    turned = "\n".join([head, *reversed(rows)])
    changed = ENTRIES.replace("| 1    |", "| 3    |").replace("| 2    |", "| 4 |")
    old = region(tmp_path / "old")
    one = changes_between(old, region(tmp_path / "one", entries=changed))
    other = changes_between(region(tmp_path / "other", entries=turned), region(tmp_path / "new", entries=changed))
    assert [each.id for each in one] == ["MAAG-1", "MAAG-2"]
    assert one == other


@pytest.fixture
def two_versions(tmp_path: Path) -> Path:
    folder = write_region(tmp_path / "region")
    return add_version(folder, "2027", "2027-01-01", ENTRIES.replace("| 1    |", "| 5    |"), "grace_days = 30\n")


def test_two_versions_of_one_folder_are_compared(two_versions: Path) -> None:
    rulebook = load_rulebook(two_versions)
    (found,) = changes_between(in_force_always(rulebook, "2026"), in_force_always(rulebook))
    assert (found.kind, found.old, found.new) == (ChangeKind.RANK_CHANGED, "rank 1", "rank 5")


def test_a_version_in_force_always_has_one_stretch_and_no_grace(two_versions: Path) -> None:
    always = in_force_always(load_rulebook(two_versions))
    assert (always.segments.height, always.entries["by_grace"].any()) == (1, False)
    assert always.entries["formulary_version"].unique().to_list() == ["2027"]


def test_a_version_in_force_always_stands_as_on_its_last_day(tmp_path: Path) -> None:
    head = "entry_id | chapter | indication | atc | substance | valid_from | valid_until\n"
    rows = "E-1|Maag|Reflux|A02BC01|o||2026-06-30\nE-2|Maag|Reflux|A02BC02|p|2026-07-01|\nE-3|Hart|X|A02BC03|l||"
    suspended = '[[suspended]]\nchapter = "{}"\nsuspended_from = 2026-03-01\n{}source = "b"\n'
    ended = suspended.format("Maag", "suspended_until = 2026-04-01\n")
    still = suspended.format("Hart", "")
    always = in_force_always(region(tmp_path, entries=head + rows, version=ended + still))
    assert always.entries.select("entry_id", "is_suspended").rows() == [("E-2", False), ("E-3", True)]


@pytest.mark.parametrize("status", ["DRAFT", "WITHDRAWN"])
def test_a_version_that_was_not_adopted_judges_nothing_unless_it_is_put_in_force(
    two_versions: Path, status: str
) -> None:
    header = two_versions / "formulary" / "2027" / "version.toml"
    header.write_text(header.read_text(encoding="utf-8").replace("ADOPTED", status), encoding="utf-8")
    rulebook = load_rulebook(two_versions)
    assert [version.version for version in rulebook.calendar] == ["2026"]
    always = in_force_always(rulebook, "2027")
    assert [(version.version, version.status) for version in always.calendar] == [("2027", status)]
    (found,) = changes_between(in_force_always(rulebook), always)
    assert (found.kind, found.old, found.new) == (ChangeKind.RANK_CHANGED, "rank 1", "rank 5")
    with pytest.raises(RulesNotFound, match=rf"It has: 2026, 2027 \({status}\)"):
        in_force_always(rulebook, "1999")


def test_of_a_folder_with_drafts_alone_the_last_is_taken(two_versions: Path) -> None:
    for header in (two_versions / "formulary").glob("*/version.toml"):
        header.write_text(header.read_text(encoding="utf-8").replace("ADOPTED", "DRAFT"), encoding="utf-8")
    assert in_force_always(load_rulebook(two_versions)).calendar[0].version == "2027"


def test_a_draft_may_begin_on_a_day_on_which_another_version_holds(two_versions: Path) -> None:
    add_version(two_versions, "2027-concept", "2027-01-01")
    header = two_versions / "formulary" / "2027-concept" / "version.toml"
    header.write_text(header.read_text(encoding="utf-8").replace("ADOPTED", "DRAFT"), encoding="utf-8")
    assert len(load_rulebook(two_versions).calendar) == 2


def test_a_version_that_is_not_there_is_named_with_those_that_are(two_versions: Path) -> None:
    with pytest.raises(RulesNotFound, match=r"'1999'\. It has: 2026, 2027"):
        in_force_always(load_rulebook(two_versions), "1999")
