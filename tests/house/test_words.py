"""One spelling of every word: each code has a sentence in both languages, each noun is in the glossary."""

import re
import string
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import polars as pl
import pytest

import formulary
import matcher
from formulary import Language, Sentences
from matcher import AttributedTo, Change, Distinction, DoseGap, Grounds, Outcome, Problem, Reason, RewardStep
from tests.house.sources import ROOT, sources

TOLD = [
    *Change,
    *Distinction,
    *Problem,
    *Outcome,
    *Reason,
    *AttributedTo,
    *Grounds,
    *DoseGap,
    *(f"STEP_{step}" for step in RewardStep),
]
TABLES = sorted(path for package in ("formulary", "matcher", "service") for path in (ROOT / package).rglob("*.toml")
                if path.name in ("sentences.toml", "match_reasons.toml", "help.toml"))  # fmt: skip
GLOSSARY = ROOT / "GLOSSARY.md"


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", list(Language))
def test_every_code_that_people_meet_has_a_sentence(language: Language) -> None:
    told = Sentences("matcher").all(language)
    assert [code for code in TOLD if not told.get(code)] == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_sentence_is_there_in_both_languages(path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [code for code, texts in table.items() if not (texts.get("nl") and texts.get("en"))] == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_both_languages_fill_in_the_same_values(path: Path) -> None:
    if path.name == "help.toml":
        pytest.skip("help has no values to fill in")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [code for code, texts in table.items() if _placeholders(texts["nl"]) != _placeholders(texts["en"])] == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_asks_for_a_value_by_a_name_that_saying_it_needs(path: Path) -> None:
    if path.name == "help.toml":
        pytest.skip("help has no values to fill in")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    taken = {"self", "code", "language"}
    assert [code for code, texts in table.items() if _placeholders(texts["nl"]) & taken] == []


def test_every_error_that_is_raised_has_a_sentence() -> None:
    known = {code for path in TABLES for code in tomllib.loads(path.read_text(encoding="utf-8"))}
    raised = {
        code
        for source in sources()
        for code in re.findall(
            r"(?:FileUnusable|RulesInvalid|RulesNotFound|UsageInvalid|OutputUnusable|StepRefused|Unreachable|ChainFault|AccountsUnusable|AccountFault|RunDamaged|Fault)\(\s*\"([A-Z_]+)\"",
            source.text,
        )
    }
    assert sorted(raised - known) == []


@pytest.mark.parametrize("name", ["run.lock", "dev.lock"])
def test_a_lock_names_no_address(name: str) -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url|\S+ @ \S+", (ROOT / "locks" / name).read_text()) == []


@pytest.mark.parametrize("name", ["run.lock", "dev.lock"])
def test_a_lock_has_a_hash_for_everything(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / "locks" / name).read_text().strip())
    packages = [block for block in blocks if not block.startswith("#")]
    assert [block.splitlines()[0] for block in packages if "--hash=sha256:" not in block] == []


def _public_words() -> Iterator[str]:
    for package in (formulary, matcher):
        for name in package.__all__:
            offered = getattr(package, name)
            if isinstance(offered, type) and issubclass(offered, StrEnum):
                yield from [str(member) for member in offered]
            if isinstance(offered, pl.Schema):
                yield from offered.names()


def test_every_public_noun_is_in_the_glossary() -> None:
    written = set(re.findall(r"[A-Za-z0-9_]+", GLOSSARY.read_text(encoding="utf-8")))
    assert sorted(set(_public_words()) - written) == []
