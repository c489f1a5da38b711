"""What a watch shows: a line for every file, or for machines a JSON document a line; it ends with Ctrl-C."""

import json
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from formulary import Language, Sentences

from ..batch import Order, check_files, rulebook_of
from ..errors import ExitCode, UsageInvalid
from ..report.files import Extra
from ..report.formats import share, whole
from ..watch import Ended, Seen, Watch
from .show import tell_sample

_SENTENCES = Sentences("service")
_LOOK_EVERY_SECONDS = 2.0


def show_watch(
    order: Order,
    places: tuple[Path, Path | None],
    check: Callable[[Order, Path], Mapping[str, Any]],
    *,
    as_json: bool,
    wait: Callable[[float], None] = time.sleep,
) -> ExitCode:
    """Watch a folder until someone stops it; `places` is the folder and where results go (none: beside the files).

    Rules that cannot be used are told at once, not with the first file.
    """
    folder, out = places
    if not folder.is_dir():
        raise UsageInvalid("WATCH_NO_FOLDER", str(folder))
    tell_sample(order, as_json=as_json)
    rulebook_of(order)
    watch = Watch(
        folder, out or folder, lambda file, results: check(replace(order, files=[file]), results), order.language
    )
    print(_SENTENCES.say("WATCHING", order.language, folder=folder), file=sys.stderr)
    try:
        while True:
            for seen in watch.look():
                print(_as_json(seen) if as_json else _told(seen, order.language), flush=True)
            wait(_LOOK_EVERY_SECONDS)
    except KeyboardInterrupt:
        print(_SENTENCES.say("WATCH_ENDED", order.language), file=sys.stderr)
        return ExitCode.DONE


def checking(extras: Collection[Extra] = ()) -> Callable[[Order, Path], Mapping[str, Any]]:
    """Return what checks one file of a watch and gives its summary."""
    return lambda order, results: check_files(order, results, extras).summary.as_json()


def _told(seen: Seen, language: Language) -> str:
    said: dict[str, object] = {"file": seen.file.name, "where": seen.where, "sentence": seen.sentence}
    if seen.ended is Ended.CHECKED and seen.summary is not None:
        outcomes = seen.summary["outcomes"]
        judged = outcomes["ADHERENT"] + outcomes["NON_ADHERENT"]
        rate = share(outcomes["ADHERENT"], judged, language)
        said |= {"lines": whole(seen.summary["lines"], language), "rate": rate, "where": seen.where / "report.html"}
    return _SENTENCES.say(f"WATCH_{seen.ended}", language, **said)


def _as_json(seen: Seen) -> str:
    told = {"file": seen.file.name, "ended": seen.ended, "where": str(seen.where), "sentence": seen.sentence}
    return json.dumps({**told, "summary": seen.summary}, ensure_ascii=False)
