"""The command as it is typed: exit codes, what people and machines read, and what is left behind."""

import json
from pathlib import Path

import polars as pl
import pytest

from matcher import assess
from tests.service.commands import HEAD, SOUND, Command, written
from tests.tables import csv_of, lines_of

BROKEN = "3;31-02-2026;01012345;111222333;A02BC01;VOOR 111222333\n"


def test_a_check_ends_with_0_and_says_where_the_report_is(formulary: Command) -> None:
    ended = formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out")
    assert (ended.code, "report.html" in ended.out) == (0, True)


def test_a_check_leaves_all_its_files(formulary: Command) -> None:
    formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out", "--csv")
    wanted = {
        "lines.parquet",
        "lines.csv",
        "rejects.csv",
        "review.csv",
        "adherence.csv",
        "report.html",
        "report.xlsx",
        "summary.json",
    }
    assert wanted <= {path.name for path in Path("out").iterdir()}


def test_the_first_line_says_that_the_sample_region_is_used(formulary: Command) -> None:
    assert "verzonnen" in formulary("check", written("lines.csv"), "--out", "out").out.splitlines()[0]


@pytest.mark.parametrize(("lines", "told"), [
    ("3;2026-03-02;01012345;P3;;XYZZY\n", "Zolang 1 product niet herkend is,"),
    ("3;2026-03-02;01012345;P3;;XYZZY\n4;2026-03-02;01012345;P4;;PLUGH\n", "Zolang 2 producten niet herkend zijn,"),
])  # fmt: skip
def test_one_product_that_is_not_known_is_one(formulary: Command, lines: str, told: str) -> None:
    file = written("lines.csv", HEAD + SOUND + lines)
    assert told in formulary("check", file, "--rules", "rules", "--out", "out").out


def test_where_no_line_is_counted_in_doses_nothing_is_said_of_doses(formulary: Command) -> None:
    # The sample region counts daily doses of antibiotics, of which there are none here.
    assert "Dagdoseringen" not in formulary("check", written("lines.csv"), "--out", "out").out


def test_rules_of_ones_own_are_used_without_a_word_about_the_sample(formulary: Command) -> None:
    assert "verzonnen" not in formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out").out


def test_strict_ends_with_1_where_lines_need_attention(formulary: Command) -> None:
    words = ("--rules", "rules", "--out", "out", "--strict")
    codes = [
        formulary("check", written("lines.csv", content), *words).code for content in (HEAD + SOUND, HEAD + BROKEN)
    ]
    assert codes == [0, 1]


@pytest.mark.parametrize("words", [
    ["check"], ["check", "lines.csv", "--lang", "fr"], ["nonsense"], ["score", "lines.csv"],
    ["score", "lines.csv", "--period", "2026-Q5"], ["score", "lines.csv", "--period", "2026", "--by", "street"],
    ["check", "lines.csv", "--map", "no.toml"],
])  # fmt: skip
def test_wrong_usage_ends_with_2_and_writes_nothing(formulary: Command, words: list[str]) -> None:
    written("lines.csv")
    ended = formulary(*words)
    assert (ended.code, "Traceback" in ended.err, Path("formulary-results").exists()) == (2, False, False)


def test_an_unknown_scheme_ends_with_3_and_names_those_there_are(formulary: Command) -> None:
    ended = formulary("reward", written("lines.csv"), "--rules", "rules", "--scheme", "1999", "--period", "2026")
    assert (ended.code, "2026" in ended.err) == (3, True)


def test_an_unknown_indicator_ends_with_3_and_names_those_there_are(formulary: Command) -> None:
    words = ("--rules", "rules", "--period", "2026", "--indicator", "NONE")
    ended = formulary("score", written("lines.csv"), *words)
    assert (ended.code, "ALL" in ended.err) == (3, True)


@pytest.mark.parametrize("words", [
    ["check", "--out", "out"], ["score", "--period", "2026"], ["reward", "--period", "2026", "--scheme", "2026"],
])  # fmt: skip
@pytest.mark.parametrize("rules", [[], ["--rules", "rules"]])
def test_json_stands_alone_on_stdout(formulary: Command, words: list[str], rules: list[str]) -> None:
    ended = formulary(words[0], written("lines.csv"), *words[1:], *rules, "--json")
    assert (ended.code, bool(json.loads(ended.out))) == (0, True)


def test_the_summary_as_json_has_what_the_interface_promises(formulary: Command) -> None:
    told = json.loads(formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out", "--json").out)
    assert {"lines", "outcomes", "methods", "problems", "files", "rules", "software", "seconds"} <= set(told)
    assert (told["lines"], sum(told["outcomes"].values()), len(told["outcomes"])) == (2, 2, 6)


def test_english_is_spoken_where_that_is_asked(formulary: Command) -> None:
    ended = formulary("check", written("lines.csv"), "--out", "out", "--lang", "en")
    assert ("lines read from" in ended.out, "Note: no rules" in ended.out.splitlines()[0]) == (True, True)


def test_scores_are_a_table_with_a_row_for_each_prescriber(formulary: Command) -> None:
    ended = formulary("score", written("lines.csv"), "--rules", "rules", "--period", "2026")
    assert ("01012345" in ended.out, "50,0" in ended.out) == (True, True)


def test_rewards_are_a_table_with_their_grounds_and_total(formulary: Command) -> None:
    words = ("--rules", "rules", "--scheme", "2026", "--period", "2026", "--out", "rewards.csv")
    ended = formulary("reward", written("lines.csv"), *words)
    assert ("123,45" in ended.out, pl.read_csv("rewards.csv")["reward_cents"].to_list()) == (True, [12345])


@pytest.mark.parametrize(("day", "held"), [("2027-03-31", 1), ("2027-04-01", 0)])
def test_amounts_are_held_for_as_long_as_the_scheme_says(formulary: Command, day: str, held: int) -> None:
    scheme = Path("rules/schemes/0.toml")
    text = scheme.read_text(encoding="utf-8").replace("in_force_from", "hold_days = 90\nin_force_from")
    scheme.write_text(text.replace("2026-01-01\n", "2026-01-01\nin_force_until = 2026-12-31\n", 1), encoding="utf-8")
    words = ("--rules", "rules", "--scheme", "2026", "--period", "2026", "--as-of", day)
    assert formulary("reward", written("lines.csv"), *words).out.count("aangehouden") == held


def test_the_demo_shows_a_summary_and_leaves_a_report(formulary: Command) -> None:
    ended = formulary("demo", "--lines", "300", "--out", "demo")
    assert (ended.code, Path("demo/report.html").exists(), "300" in ended.out) == (0, True, True)


def test_the_version_is_told(formulary: Command) -> None:
    assert formulary("--version").out.count(".") == 2


@pytest.mark.parametrize("command", ["", "check", "score", "reward", "identify", "lint", "demo", "serve"])
def test_every_command_has_help(formulary: Command, command: str) -> None:
    ended = formulary(*[command] if command else [], "--help")
    assert (ended.code, "--help" in ended.out) == (0, True)


# Rejects ------------------------------------------------------------------------------------------------------------


def test_rejects_stand_as_they_were_with_place_problem_and_sentence(formulary: Command) -> None:
    formulary("check", written("lines.csv", HEAD + SOUND + BROKEN), "--rules", "rules", "--out", "out")
    row = pl.read_csv("out/rejects.csv", separator=";", infer_schema=False).row(0, named=True)
    assert (row["line_no"], row["problem"], row["dispensed_on"]) == ("4", "BAD_DATE", "31-02-2026")
    assert "afleverdatum" in row["uitleg"]


def test_rejects_can_be_mended_and_fed_back(formulary: Command) -> None:
    formulary("check", written("lines.csv", HEAD + SOUND + BROKEN), "--rules", "rules", "--out", "out")
    mended = Path("out/rejects.csv").read_text(encoding="utf-8").replace("31-02-2026", "28-02-2026")
    told = json.loads(formulary("check", written("mended.csv", mended), "--rules", "rules", "--out", "b", "--json").out)
    assert (told["lines"], told["outcomes"]["INVALID"], told["outcomes"]["ADHERENT"]) == (1, 0, 1)


def test_mended_rejects_keep_the_patient_of_the_first_time(formulary: Command) -> None:
    formulary("check", written("lines.csv", HEAD + BROKEN + BROKEN.replace("31-02", "28-02").replace("3;", "4;", 1)),
              "--rules", "rules", "--out", "out")  # fmt: skip
    mended = Path("out/rejects.csv").read_text(encoding="utf-8").replace("31-02-2026", "28-02-2026")
    formulary("check", written("mended.csv", mended), "--rules", "rules", "--out", "again")
    first, second = (pl.read_parquet(f"{folder}/lines.parquet")["patient"].to_list() for folder in ("out", "again"))
    assert second == [first[0]] == [first[1]]


# No patient, anywhere -----------------------------------------------------------------------------------------------

PLANTED = ("111222333", "123456782")
LEAKY = (
    HEAD
    + "1;2026-03-02;01012345;111222333;A02BC01;\n"
    + "2;2026-03-02;01012345;111222333;;ZALF VOOR 123456782\n"
    + "3;31-02-2026;01012345;123456782;;ZALF VOOR 111222333\n"
    + "4;2026-03-02;01012345;111222333\n"
    + "5;2026-03-02;01012345;111222333;A02BC01;X;123456782\n"
    + "6;2026-03-02;123456782;111222333;A02BC01;\n"
)


def test_no_patient_identifier_is_in_any_output_or_message(formulary: Command) -> None:
    ended = formulary("check", written("lines.csv", LEAKY), "--rules", "rules", "--out", "out", "--csv")
    texts = [ended.out, ended.err, pl.read_parquet("out/lines.parquet").write_csv()]
    texts += [path.read_bytes().decode("utf-8", errors="replace") for path in Path("out").iterdir()]
    assert [planted for planted in PLANTED for text in texts if planted in text] == []


def test_a_file_without_a_header_does_not_show_its_first_line(formulary: Command) -> None:
    ended = formulary("check", written("lines.csv", LEAKY.split("\n", 1)[1]), "--rules", "rules", "--out", "out")
    assert (ended.code, [planted for planted in PLANTED if planted in ended.err]) == (3, [])


# The place where results go -----------------------------------------------------------------------------------------


def test_a_folder_with_something_of_others_is_left_alone(formulary: Command) -> None:
    Path("mine").mkdir()
    note = written("mine/note.txt", "keep me")
    ended = formulary("check", written("lines.csv"), "--rules", "rules", "--out", "mine")
    assert (ended.code, note.read_text(), [path.name for path in Path("mine").iterdir()]) == (
        3,
        "keep me",
        ["note.txt"],
    )


def test_a_file_is_no_place_for_results(formulary: Command) -> None:
    assert formulary("check", written("lines.csv"), "--rules", "rules", "--out", "lines.csv").code == 3


def test_a_second_check_replaces_the_first_whole(formulary: Command) -> None:
    formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out", "--csv")
    formulary("check", written("lines.csv", HEAD + SOUND + BROKEN), "--rules", "rules", "--out", "out")
    assert (json.loads(Path("out/summary.json").read_text())["lines"], Path("out/lines.csv").exists()) == (3, False)


def test_the_summary_says_from_when_until_when_the_lines_are(formulary: Command) -> None:
    written("one.csv", HEAD + SOUND + "3;2026-05-01;01012345;P1;A02BC01;\n")
    written("two.csv", HEAD + "1;2025-12-31;;P1;A02BC01;\n")
    written("none.csv", HEAD + BROKEN)
    files = [Path(name) for name in ("one.csv", "two.csv", "none.csv")]
    told = json.loads(formulary("check", *files, "--rules", "rules", "--out", "out", "--json").out)
    assert [(each["first_day"], each["last_day"]) for each in (told, *told["files"])] == [
        ("2025-12-31", "2026-05-01"), ("2026-03-02", "2026-05-01"), ("2025-12-31", "2025-12-31"), (None, None),
    ]  # fmt: skip


def test_an_interrupted_run_leaves_the_old_results_and_nothing_beside_them(
    formulary: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out")
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    monkeypatch.setattr("service.report.files.render_report", _fails)
    ended = formulary("check", written("lines.csv", HEAD + SOUND + BROKEN), "--rules", "rules", "--out", "out")
    assert (ended.code, "P1" in ended.err) == (70, False)
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before
    assert [path.name for path in Path().iterdir() if path.name.startswith(".out")] == []


def _fails(*_: object) -> str:
    raise ZeroDivisionError("patient P1")


def test_a_file_that_changes_while_it_is_read_is_refused(formulary: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written("lines.csv")

    def assess_while_it_grows(*words: object, **named: object) -> object:
        answer = assess(*words, **named)  # type: ignore[arg-type]
        file.write_text(HEAD + SOUND + SOUND, encoding="utf-8")
        return answer

    monkeypatch.setattr("service.batch.assess", assess_while_it_grows)
    ended = formulary("check", file, "--rules", "rules", "--out", "out")
    assert (ended.code, "veranderde" in ended.err, Path("out").exists()) == (3, True, False)


# Headers of one's own -----------------------------------------------------------------------------------------------


def test_a_map_explains_headers_of_ones_own(formulary: Command) -> None:
    written("map.toml", '"Dag" = "dispensed_on"\n"Wie" = "prescriber_agb"\n')
    lines = written("lines.csv", "Dag;Wie;atc\n2026-03-02;01012345;A02BC01\n")
    assert formulary("check", lines, "--rules", "rules", "--out", "out", "--map", "map.toml").code == 0


@pytest.mark.parametrize(("content", "code"), [('"Dag" = 5', 2), ("Dag = ", 2), ('"Dag" = "no such column"', 3)])
def test_a_map_that_cannot_be_used_is_refused(formulary: Command, content: str, code: int) -> None:
    written("map.toml", content)
    ended = formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out", "--map", "map.toml")
    assert (ended.code, Path("out").exists()) == (code, False)


def test_a_column_that_is_not_used_is_told(formulary: Command) -> None:
    lines = written("lines.csv", "dispensed_on;prescriber_agb;atc;kamer\n2026-03-02;01012345;A02BC01;12\n")
    assert "kamer" in formulary("check", lines, "--rules", "rules", "--out", "out").err


# The key of the pseudonyms ------------------------------------------------------------------------------------------


def test_a_key_is_made_once_for_its_owner_alone(formulary: Command) -> None:
    formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out")
    assert (len(Path("key").read_bytes()), oct(Path("key").stat().st_mode & 0o777)) == (32, "0o600")


def test_a_key_that_is_too_short_is_refused(formulary: Command) -> None:
    written("key", "short")
    assert formulary("check", written("lines.csv"), "--rules", "rules", "--out", "out").code == 2


def test_rules_may_be_set_in_the_environment(formulary: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMULARY_RULES", "rules")
    assert "Streek" not in formulary("check", written("lines.csv"), "--out", "out").out.splitlines()[0]


# Identification alone -----------------------------------------------------------------------------------------------


def test_identify_writes_every_row_with_what_it_is(formulary: Command) -> None:
    labels = written("labels.csv", "nr,label\n1,OMEPRAZOL APOTEX TABLET MSR 20MG\n2,XYZZY\n")
    ended = formulary("identify", labels, "--catalogue", "rules/catalogue.csv", "--out", "named.csv", "--json")
    named = pl.read_csv("named.csv")
    assert (ended.code, named["nr"].to_list(), named["matched_atc"].to_list()) == (0, [1, 2], ["A02BC01", None])


def test_many_lines_of_a_table_can_be_checked_together(formulary: Command) -> None:
    lines = written("lines.csv", csv_of(lines_of("times | medicine\n40 | omeprazol\n2 | lansoprazol")))
    told = json.loads(formulary("check", lines, "--rules", "rules", "--out", "out", "--json").out)
    assert (told["outcomes"]["ADHERENT"], told["outcomes"]["NON_ADHERENT"]) == (40, 2)
