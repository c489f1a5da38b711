"""A folder is watched: each file is checked once when it is whole, and nothing in it stops the watch."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from formulary import Language
from matcher import FileUnusable
from service.batch import Order
from service.cli import main
from service.cli.watching import checking, show_watch
from service.errors import ExitCode, OutputUnusable, UsageInvalid
from service.watch import STATE_FILE, Ended, Seen, Watch, is_let_go
from tests.tables import csv_of, lines_of
from tests.worlds import Rules, indicator_of

SUMMARY = {"lines": 1}


class Inbox:
    """A folder that is watched, with a check that notes what it was asked and does as it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder / "in", folder / "out"
        self.folder.mkdir()
        self.checked: list[str] = []
        self.does: dict[str, Exception] = {}
        self.watch = self.opened()

    def opened(self) -> Watch:
        return Watch(self.folder, self.out, self._check, Language.EN)

    def _check(self, file: Path, results: Path) -> Mapping[str, Any]:
        self.checked.append(file.name)
        if file.name in self.does:
            raise self.does[file.name]
        results.mkdir(parents=True, exist_ok=True)
        return SUMMARY

    def put(self, name: str, content: str = "a") -> Path:
        (self.folder / name).write_text(content, encoding="utf-8")
        return self.folder / name

    def looks(self, rounds: int = 2) -> list[Seen]:
        return [seen for _ in range(rounds) for seen in self.watch.look()]


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def ended(seen: list[Seen]) -> list[tuple[str, Ended]]:
    return [(each.file.name, each.ended) for each in seen]


def test_a_file_is_checked_at_the_second_look_that_sees_the_same_and_never_again(inbox: Inbox) -> None:
    inbox.put("a.csv")
    assert [ended(inbox.looks(1)) for _ in range(4)] == [[], [("a.csv", Ended.CHECKED)], [], []]


def test_a_file_that_still_grows_is_waited_for(inbox: Inbox) -> None:
    for size in (1, 2, 3):
        inbox.put("a.csv", "x" * size)
        assert inbox.looks(1) == []
    assert ended(inbox.looks(1)) == [("a.csv", Ended.CHECKED)]


def test_a_file_that_is_written_anew_at_the_same_length_is_waited_for(inbox: Inbox) -> None:
    for time in (1, 2):
        os.utime(inbox.put("a.csv", "x"), (time, time))
        assert inbox.looks(1) == []
    assert ended(inbox.looks(1)) == [("a.csv", Ended.CHECKED)]


def test_a_file_that_changed_under_the_check_is_taken_again(inbox: Inbox) -> None:
    inbox.put("a.csv")
    inbox.does["a.csv"] = FileUnusable("FILE_CHANGED", "a.csv")
    assert (inbox.looks(3), list(inbox.folder.iterdir())) == ([], [inbox.folder / "a.csv"])
    inbox.does.clear()
    assert ended(inbox.looks(1)) == [("a.csv", Ended.CHECKED)]


def test_results_stand_in_a_folder_of_their_own(inbox: Inbox) -> None:
    inbox.put("a.csv")
    (seen,) = inbox.looks()
    assert (seen.where, seen.summary, seen.where.is_dir()) == (inbox.out / "a.csv-formulary", SUMMARY, True)


def test_a_restart_checks_nothing_again(inbox: Inbox) -> None:
    inbox.put("a.csv")
    inbox.looks()
    inbox.watch = inbox.opened()
    assert (inbox.looks(), inbox.checked) == ([], ["a.csv"])


def test_the_same_content_under_another_name_is_told_and_not_checked(inbox: Inbox) -> None:
    inbox.put("a.csv")
    inbox.looks()
    inbox.put("b.csv")
    (seen,) = inbox.looks(3)
    assert (ended([seen]), seen.where, inbox.checked) == ([("b.csv", Ended.KNOWN)], Path("a.csv"), ["a.csv"])


def test_new_content_under_an_old_name_is_checked(inbox: Inbox) -> None:
    inbox.put("a.csv")
    inbox.looks()
    inbox.put("a.csv", "other")
    assert ended(inbox.looks()) == [("a.csv", Ended.CHECKED)]


def test_a_file_that_cannot_be_used_leaves_a_message_and_the_watch_goes_on(inbox: Inbox) -> None:
    inbox.put("a.csv")
    inbox.put("b.csv", "b")
    inbox.does["a.csv"] = FileUnusable("FILE_EMPTY", "a.csv")
    assert ended(inbox.looks()) == [("a.csv", Ended.REFUSED), ("b.csv", Ended.CHECKED)]
    message = (inbox.out / "a.csv-formulary.txt").read_text(encoding="utf-8")
    assert message == "a.csv: this file is empty. Export it from the pharmacy system again.\n"


def test_a_refused_file_is_not_tried_again_until_it_is_mended(inbox: Inbox) -> None:
    inbox.put("a.csv")
    inbox.does["a.csv"] = FileUnusable("FILE_EMPTY", "a.csv")
    inbox.looks()
    inbox.watch = inbox.opened()
    assert inbox.looks() == []
    inbox.does.clear()
    inbox.put("a.csv", "mended")
    assert ended(inbox.looks()) == [("a.csv", Ended.CHECKED)]
    assert not (inbox.out / "a.csv-formulary.txt").exists()


@pytest.mark.parametrize("error", [OutputUnusable("OUTPUT_IS_FILE", "x"), ValueError("holds a line")])
def test_what_is_not_the_files_fault_is_tried_again_after_a_restart(inbox: Inbox, error: Exception) -> None:
    inbox.put("a.csv")
    inbox.does["a.csv"] = error
    (seen,) = inbox.looks(4)
    assert (seen.ended, "holds a line" in seen.sentence) == (Ended.FAILED, False)
    inbox.does.clear()
    inbox.watch = inbox.opened()
    assert ended(inbox.looks()) == [("a.csv", Ended.CHECKED)]


@pytest.mark.parametrize(
    "name", [".hidden.csv", "~$a.xlsx", "a.csv.part", "a.CRDOWNLOAD", "a.csv-formulary.txt", "a.csv-formulary"]
)
def test_names_of_what_comes_in_or_is_ours_are_passed_over(inbox: Inbox, name: str) -> None:
    inbox.put(name)
    assert inbox.looks() == []


def test_folders_and_links_are_passed_over(inbox: Inbox, tmp_path: Path) -> None:
    (inbox.folder / "sub").mkdir()
    (tmp_path / "elsewhere.csv").write_text("a", encoding="utf-8")
    (inbox.folder / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert inbox.looks() == []


def test_a_folder_that_goes_away_for_a_while_does_not_end_the_watch(inbox: Inbox) -> None:
    inbox.put("a.csv")
    inbox.looks()
    inbox.folder.rename(inbox.folder.with_name("away"))
    assert inbox.looks() == []
    inbox.folder.with_name("away").rename(inbox.folder)
    assert (inbox.looks(), inbox.checked) == ([], ["a.csv"])


@pytest.mark.parametrize("state", ["", "[1]", "{"])
def test_a_state_that_cannot_be_read_only_means_checking_once_more(inbox: Inbox, state: str) -> None:
    inbox.put("a.csv")
    inbox.looks()
    (inbox.out / STATE_FILE).write_text(state, encoding="utf-8")
    inbox.watch = inbox.opened()
    assert ended(inbox.looks()) == [("a.csv", Ended.CHECKED)]


def test_a_file_that_cannot_be_opened_yet_is_waited_for(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.put("a.csv")
    monkeypatch.setattr("service.watch._sha256", _refused)
    assert inbox.looks(3) == []
    monkeypatch.undo()
    assert ended(inbox.looks(1)) == [("a.csv", Ended.CHECKED)]


def _refused(_: Path) -> str:
    raise PermissionError


def test_a_file_that_somebody_holds_is_waited_for(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.put("a.csv")
    monkeypatch.setattr("service.watch.is_let_go", lambda _: False)
    assert inbox.looks(3) == []


def test_a_file_is_let_go_that_can_be_renamed_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("a", encoding="utf-8")
    assert (is_let_go(tmp_path / "a"), is_let_go(tmp_path / "gone")) == (True, False)
    monkeypatch.setattr(Path, "rename", lambda *_: _refused(tmp_path))
    assert is_let_go(tmp_path / "a") is (os.name != "nt")


LINES = "times | medicine | prescriber_agb\n3 | omeprazol | 01012345\n1 | lansoprazol | 01012345"
RULES = Rules(indicators=indicator_of("ALL"))


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """Return an order by small rules, with a file and a broken one in the folder `in`."""
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    RULES.write(tmp_path / "rules")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(csv_of(lines_of(LINES)), encoding="utf-8")
    (tmp_path / "in" / "b.csv").write_text("", encoding="utf-8")
    return Order([], tmp_path / "rules", language=Language.EN)


def stop_after(rounds: int) -> Any:
    """Return a way of waiting that takes no time, and is Ctrl-C after so many rounds."""
    left = iter(range(rounds - 1))

    def wait(_: float) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    return wait


def test_a_watch_checks_what_is_there_tells_it_and_ends_cleanly(
    order: Order, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    code = show_watch(order, (folder, None), checking(), as_json=False, wait=stop_after(3))
    told = capsys.readouterr()
    first, second = told.out.splitlines()
    assert code is ExitCode.DONE
    assert first.startswith("a.csv: 4 lines; of those judged 75.0% follow the formulary. Report: ")
    assert second.startswith("b.csv: cannot be used. ")
    assert "Stopped watching." in told.err
    assert (folder / "a.csv-formulary" / "report.html").is_file()
    assert (folder / "b.csv-formulary.txt").is_file()


def test_machines_get_a_document_a_line(order: Order, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = (tmp_path / "in", tmp_path / "out")
    show_watch(order, places, checking(), as_json=True, wait=stop_after(2))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["file"], each["ended"]) for each in told] == [("a.csv", "CHECKED"), ("b.csv", "REFUSED")]
    assert told[0]["summary"]["lines"] == 4


def test_a_folder_that_is_not_there_is_refused(order: Order, tmp_path: Path) -> None:
    with pytest.raises(UsageInvalid) as refused:
        show_watch(order, (tmp_path / "none", None), checking(), as_json=False)
    assert refused.value.code == "WATCH_NO_FOLDER"


@pytest.mark.parametrize("words", [["check"], ["check", "a.csv", "--watch", "in"]])
def test_files_or_a_folder_are_named_and_not_both(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["formulary", *words])
    with pytest.raises(SystemExit) as ended_with:
        main()
    assert ended_with.value.code == ExitCode.USAGE


def test_the_command_watches(order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.cli.watching._LOOK_EVERY_SECONDS", 0)
    monkeypatch.setattr("service.cli.watching.Watch.look", _interrupted)
    words = ["check", "--watch", tmp_path / "in", "--rules", order.rules]
    monkeypatch.setattr(sys, "argv", ["formulary", *map(str, words)])
    with pytest.raises(SystemExit) as ended_with:
        main()
    assert ended_with.value.code == ExitCode.DONE


def _interrupted(_: Watch) -> Any:
    raise KeyboardInterrupt
