"""A progress bar on stderr while work goes on; nothing at all where stderr is no terminal."""

import sys
from types import TracebackType
from typing import Self

from formulary import Language, Sentences

_SENTENCES = Sentences(__package__)
_STEPS = 3


class Working:
    """Shows which step the work is at, for as long as the `with` block lasts."""

    def __init__(self, language: Language) -> None:
        """Be ready to show; the bar is drawn when the first step begins."""
        self._language = language
        self._bar: object | None = None

    def __enter__(self) -> Self:
        """Draw the bar where someone can see it."""
        if sys.stderr.isatty():  # pragma: no cover - drawn only on a terminal; its absence elsewhere is tested
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            bar = Progress(
                TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._task = bar.add_task("", total=_STEPS)
            bar.start()
            self._bar = bar
        return self

    def on(self, step: str) -> None:
        """Show that the next step (a code of `sentences.toml`) has begun."""
        if self._bar is not None:  # pragma: no cover - see __enter__
            self._bar.update(self._task, advance=1, description=_SENTENCES.say(step, self._language))  # type: ignore[attr-defined]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:  # pragma: no cover - see __enter__
            self._bar.stop()  # type: ignore[attr-defined]
