"""A statement in the words of its reader: every text of the page, once, for each form that it is given in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from formulary import Language, Sentences

from ..report import formats
from ..report.reward_steps import step_sentence
from ..report.words import Words as ReportWords

_WORDS, _MATCHER = Sentences(__package__), Sentences("matcher")
_DEVIATING = ("NON_ADHERENT", "EXCEPTED", "UNIDENTIFIED")


class Words:
    """The words of one language for a statement."""

    def __init__(self, language: Language) -> None:
        """Remember the language."""
        self.language = language

    def say(self, code: str, **values: object) -> str:
        """Return a sentence of statements, or of the path where statements have none."""
        sentences = _WORDS if code in _WORDS else _MATCHER
        return sentences.say(code, self.language, **values)

    def euros(self, cents: int) -> str:
        """Return an amount."""
        return formats.euros(cents, self.language)

    def whole(self, number: int) -> str:
        """Return a whole number."""
        return formats.whole(number, self.language)

    def day(self, written: str) -> str:
        """Return a day in words."""
        return formats.day(date.fromisoformat(written[:10]), self.language)


def view_of(statement: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return every text of a statement in its place: heads, rows and sentences, ready to be laid out."""
    words = Words(language)
    payee, run, days = statement["payee"], statement["run"], statement["days"]
    return {
        "language": str(language),
        "title": words.say("TITLE", name=payee["name"] or payee["id"]),
        "kicker": statement["scheme"]["name"],
        "facts": words.say(
            "FACTS",
            level=words.say(f"LEVEL_{payee['level']}"),
            id=payee["id"],
            first=words.day(days["first_day"]),
            last=words.day(days["last_day"]),
            region=statement["region"]["name"],
        ),
        "banners": _banners(statement, words),
        "amount": words.euros(statement["owed_cents"]),
        "lead": _lead(statement, words),
        "parts": _parts(statement, words),
        "adjustments": _adjustments(statement, words),
        "owed": words.say("OWED"),
        "left_out": _left_out(statement["left_out"], words),
        "bounds": _bounds(statement, words),
        "contest": _contest(statement, words),
        "lines": _lines(statement, words),
        "foot": [
            words.say("FOOT_RUN", id=run["id"], state=words.say(f"STATE_{run['state']}")),
            words.say("FOOT_PEOPLE", by=run["proposed_by"], approved=run["approved_by"] or "-"),
            words.say("FOOT_HEAD", head=run["head"]),
            words.say("FOOT_RULES", versions=", ".join(run["versions"]), rules=run["rules"], software=run["software"]),
            *(words.say("FOOT_INPUT", n=words.whole(file["lines"]), **_without_lines(file)) for file in run["inputs"]),
        ],
        "words": {name: words.say(f"WORD_{name}") for name in _HEADINGS},
    }


_HEADINGS = ("parts", "arithmetic", "left_out", "chance", "contest", "lines", "adjustments", "skip", "lines_caption")


def _banners(statement: Mapping[str, Any], words: Words) -> list[str]:
    told = ["BANNER_INVENTED"] if statement["region"]["invented"] else []
    state = statement["run"]["state"]
    told += [f"BANNER_{state}"] if state in ("PROPOSED", "SUPERSEDED") else []
    told += ["BANNER_PROVISIONAL"] if statement["run"]["provisional"] else []
    return [words.say(code) for code in told]


def _lead(statement: Mapping[str, Any], words: Words) -> list[str]:
    period = statement["days"]["period"]
    lead = [words.say("LEAD", period=period, amount=words.euros(statement["owed_cents"]))]
    if statement["before_cents"] is not None:
        difference = statement["computed_cents"] - statement["before_cents"]
        said = {"before": words.euros(statement["before_cents"]), "difference": words.euros(difference)}
        lead.append(words.say("CORRECTION", run=statement["run"]["corrects"][:12], **said))
    elif statement["run"]["corrects"]:
        lead.append(words.say("CORRECTION_SAME", run=statement["run"]["corrects"][:12]))
    return lead


def _parts(statement: Mapping[str, Any], words: Words) -> dict[str, Any]:
    names = {score["indicator"]: score[f"name_{words.language}"] for score in statement["scores"]}
    heads = [words.say(f"PART_{name}") for name in ("what", "numerator", "denominator", "score", "threshold", "amount")]
    rows = [_part_row(part, names, words) for part in statement["parts"]]
    told = [
        {
            "title": _title(part, names, words),
            "grounds": words.say(part["grounds"]),
            "steps": [step_sentence(step, words.language) for step in part["steps"]],
            "sum": words.say("PART_SUM", amount=words.euros(part["reward_cents"])),
            "chance": [_chance(each, words) for each in part["chance"]],
        }
        for part in statement["parts"]
    ]
    return {"heads": heads, "rows": rows, "told": told,
            "total": [words.say("TOTAL"), words.euros(statement["computed_cents"])]}  # fmt: skip


def _title(part: Mapping[str, Any], names: Mapping[str, str], words: Words) -> str:
    """Return what a part is called: its indicator's name, a word of ours for a limit, or the name it was given."""
    name, indicator = part["part"], part["indicator"]
    if f"PART_{name}" in _WORDS:
        return words.say(f"PART_{name}")
    measured = names.get(indicator or "", "")
    return measured if name == indicator else f"{name}: {measured}" if measured else str(name)


def _part_row(part: Mapping[str, Any], names: Mapping[str, str], words: Words) -> list[str]:
    numerator, denominator = part["numerator"], part["denominator"]
    counted = numerator is not None and denominator is not None
    threshold = part["threshold_percent"]
    return [
        _title(part, names, words),
        words.whole(numerator) if counted else "–",
        words.whole(denominator) if counted else "–",
        formats.share(numerator, denominator, words.language) if counted else "–",
        "–" if threshold is None else formats.share(threshold, 100, words.language),
        words.euros(part["reward_cents"]),
    ]


def _chance(chance: Mapping[str, int], words: Words) -> str:
    reached = chance["numerator"] >= chance["needed"]
    numbers = {name: words.whole(number) for name, number in chance.items()}
    short = {"short": words.whole(abs(chance["needed"] - chance["numerator"])),
             "missed": words.whole(100 - chance["years"])}  # fmt: skip
    return words.say("CHANCE_REACHED" if reached else "CHANCE_MISSED", **numbers, **short)


def _adjustments(statement: Mapping[str, Any], words: Words) -> list[list[str]]:
    return [
        [words.say("ADJUSTED", by=each["by"], day=words.day(each["at"]), reason=each["reason"]),
         words.euros(each["cents"])]
        for each in statement["adjustments"]
    ]  # fmt: skip


def _left_out(rows: Sequence[Mapping[str, Any]], words: Words) -> list[list[str]]:
    return [
        [words.say(row["reason"] or f"LEFT_{row['outcome']}"), words.whole(row["lines"])]
        for row in sorted(rows, key=lambda row: (-row["lines"], row["outcome"], row["reason"] or ""))
    ]


def _bounds(statement: Mapping[str, Any], words: Words) -> list[str]:
    told = [_bound(score, words) for score in statement["scores"] if score["unidentified"]]
    if not told:
        return []
    unnamed = max(score["unidentified"] for score in statement["scores"])
    return [words.say("BOUNDS", n=words.whole(unnamed), scores="; ".join(told))]


def _bound(score: Mapping[str, Any], words: Words) -> str:
    possible = score["denominator"] + score["unidentified"]
    numerators = (score["numerator"], score["numerator"] + score["unidentified"])
    low, high = (formats.share(numerator, possible, words.language) for numerator in numerators)
    return words.say("BOUND", name=score[f"name_{words.language}"], low=low, high=high)


def _contest(statement: Mapping[str, Any], words: Words) -> list[str]:
    payee, run = statement["payee"]["payee"], statement["run"]["id"][:12]
    told = [words.say("CONTEST", until=words.day(statement["contest_until"])), words.say("CONTEST_HOW"),
            words.say("CONTEST_COMMAND", run=run, payee=payee)]  # fmt: skip
    for each in statement["disputes"]:
        code = "DISPUTE_OPEN" if not each["decided"] else "DISPUTE_WON" if each["upheld"] else "DISPUTE_LOST"
        told.append(words.say(code, number=each["number"], line=each["line"], why=each["why"]))
    return told


def _lines(statement: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return the lines that did not count in favour, each with why; those that did are counted, and in the workbook."""
    shown = [row for row in statement["lines"] if row["counted_as"] in _DEVIATING]
    heads = [words.say(f"LINE_{name}") for name in ("place", "day", "product", "indicator", "counted", "why")]
    rows = [_line_row(row, words) for row in shown]
    in_favour = len(statement["lines"]) - len(shown)
    return {"heads": heads, "rows": rows, "note": words.say("LINES_NOTE", n=words.whole(in_favour))}


def _line_row(row: Mapping[str, Any], words: Words) -> list[str]:
    return [
        f"{row['source']}:{row['line_no']}",
        row["dispensed_on"],
        row["matched_product"] or row["label"] or row["matched_atc"] or "–",
        row["indicator"] or "–",
        words.say(f"COUNTED_{row['counted_as']}"),
        _why(row, words),
    ]


def _why(row: Mapping[str, Any], words: Words) -> str:
    deviates = row["counted_as"] == "NON_ADHERENT"
    if deviates and row["outcome"] != "NON_ADHERENT":
        # An indicator may ask for more than the formulary does: for certain medicines of a group.
        return words.say("NOT_FOR_INDICATOR", indicator=row["indicator"])
    why = words.say(row["reason"]) if row["reason"] else ""
    if not deviates or not row["preferred"]:
        return why
    preferred = ReportWords(words.language).preferred(row["preferred"])
    return f"{why} {words.say('RATHER', preferred=preferred)}".strip()


def _without_lines(file: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in file.items() if name != "lines"}
