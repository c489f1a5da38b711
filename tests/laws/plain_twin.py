"""The slow second opinion: what becomes of dispensing lines, in plain Python, one line and one rule at a time.

Written from the text (`house.md`, the interface) and importing nothing of the engine but its words. Where the two
differ, the text decides which of them is wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from formulary import Excuse
from matcher import AttributedTo, Grounds, Outcome, Problem, Reason, Start

Line = Mapping[str, str]


@dataclass(frozen=True)
class Product:
    """What a code or label stands for in the world of a test; `doubt` says why nothing can be told."""

    atc: str = ""
    form: str = ""
    doubt: Reason | None = None
    prk: str = ""
    strength: str = ""
    possible: tuple[str, ...] | None = None  # of what nobody could name: the codes it may be; None: any, (): none


@dataclass(frozen=True)
class Entry:
    """One recommendation."""

    entry_id: str
    atc: str
    icpc: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    step: int | None = None
    rank: int | None = None
    is_recommended: bool = True
    strengths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """One edition of the formulary; without `last` it holds until the next begins."""

    name: str
    first: date
    last: date | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Condition:
    """What makes a line conform; everything that is named must hold."""

    formulary: bool = False
    agreement: tuple[str, ...] = ()
    rank_max: int | None = None
    atc: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    strength_max: str = ""
    together_with: tuple[str, ...] = ()
    followed_days_min: int | None = None
    patient_quantity_max: int | None = None


@dataclass(frozen=True)
class DailyDose:
    """What a day's treatment is taken to be, from a day on."""

    atc: str
    amount: str
    first: date


@dataclass(frozen=True)
class Indicator:
    """A rate: whose lines it looks at and which of them are conform (any one of `conform`)."""

    indicator_id: str
    starts_only: bool = False
    start_level: str = "SUBSTANCE"
    atc: tuple[str, ...] = ()
    coded_only: bool = False
    unit: str = "LINES"
    last_only: bool = False
    age_min: int | None = None
    conform: tuple[Condition, ...] = (Condition(formulary=True),)


@dataclass(frozen=True)
class Rulebook:
    """Everything published."""

    versions: tuple[Version, ...]
    indicators: tuple[Indicator, ...]
    lookback_days: int
    trusts_flag: bool
    excused: tuple[str, ...] = tuple(Excuse)
    prescribed_days: int = 30
    daily_doses: tuple[DailyDose, ...] = ()


@dataclass
class Judged:
    """A line and what became of it."""

    line: Line
    source: int
    day: date | None = None
    prescriber: str = ""
    product: Product = field(default_factory=Product)
    problems: set[Problem] = field(default_factory=set)
    netting: Reason | None = None
    first: "Judged | None" = None
    start: Start = Start.UNKNOWN
    starts: dict[str, Start] = field(default_factory=dict)
    traced_start: Start | None = None
    version: Version | None = None
    entry: Entry | None = None
    prescribed: Outcome | None = None
    agreement: str = ""
    outcome: Outcome = Outcome.INVALID
    reason: Reason = Reason.NOT_UNDERSTOOD
    attributed_to: AttributedTo | None = None


def judge(
    files: Sequence[Sequence[Line]],
    rules: Rulebook,
    products: Mapping[str, Product],
    prescriptions: Sequence[Judged] = (),
) -> list[Judged]:
    """Return what becomes of every line of every file, in the order read, beside what was prescribed."""
    lines = _netted(files, products)
    for line in lines:
        _trace(line, lines, rules)
        _judge_one(line, rules.versions)
        line.prescribed = _prescribed_outcome(line, rules.versions, products)
    pair(lines, prescriptions, rules.prescribed_days)
    for line in lines:
        _attribute(line, lines, rules)
    return lines


def judge_prescriptions(rows: Sequence[Line], rules: Rulebook, products: Mapping[str, Product]) -> list[Judged]:
    """Return what the formulary says of each prescription on its day."""
    lines = _netted([rows], products)
    for line in lines:
        _judge_one(line, rules.versions)
    return lines


def _netted(files: Sequence[Sequence[Line]], products: Mapping[str, Product]) -> list[Judged]:
    lines = [_cleaned(line, source, products) for source, rows in enumerate(files) for line in rows]
    _mark_second_ids(lines)
    _mark_repeated(lines)
    _net(lines)
    return lines


def _cleaned(line: Line, source: int, products: Mapping[str, Product]) -> Judged:
    found = Judged(line, source, day_of(line.get("dispensed_on", "")), agb_of(line.get("prescriber_agb", "")))
    codes = line.get("zi") or line.get("atc") or ""
    written = " + ".join(each for each in (codes, line.get("label", "")) if each)
    found.product = products.get(written, Product())
    if found.day is None:
        found.problems.add(Problem.BAD_DATE if line.get("dispensed_on") else Problem.NO_DATE)
    elif found.day.year < int(line.get("birth_year") or 0):
        found.problems.add(Problem.BEFORE_BIRTH)
    if line.get("supply"):
        return found  # what is not judged need not say what it was
    if not found.prescriber:
        found.problems.add(Problem.BAD_PRESCRIBER if line.get("prescriber_agb") else Problem.NO_PRESCRIBER)
    if not written:
        found.problems.add(Problem.NO_PRODUCT)
    quantity = number_of(line.get("quantity", ""))
    if line.get("quantity") and quantity is None:
        found.problems.add(Problem.BAD_QUANTITY)
    if quantity is not None and quantity < 0 and not line.get("reversal_of"):
        found.problems.add(Problem.NEGATIVE_QUANTITY)
    return found


def day_of(text: str) -> date | None:
    """Return the day a text means, or nothing: ISO, day first, or eight digits."""
    if len(text) == 8 and text.isdigit():
        year, month, day = text[:4], text[4:6], text[6:]
    elif text.count("-") == 2:
        first, month, last = text.split("-")
        year, day = (first, last) if len(first) == 4 else (last, first)
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def agb_of(text: str) -> str:
    """Return a provider's eight digits, with the zero that a spreadsheet dropped; nothing where it is no code."""
    code = "0" + text if len(text) == 7 and text[0] != "0" else text
    return code if len(code) == 8 and code.isdigit() and code[:2] != "00" else ""


def number_of(text: str) -> Fraction | None:
    """Return the number a text means; three digits after a point may be a thousand, so they mean nothing."""
    bare = text.removeprefix("-").replace(",", ".")
    whole, point, decimals = bare.partition(".")
    is_unclear = "." in text and len(decimals) == 3
    if not whole.isdigit() or (point and not decimals.isdigit()) or is_unclear:
        return None
    return Fraction(text.replace(",", "."))


def _mark_second_ids(lines: Iterable[Judged]) -> None:
    seen = set()
    for line in lines:
        key = line.source, line.line.get("line_id", "")
        if key[1] and key in seen:
            line.problems.add(Problem.DUPLICATE_LINE_ID)
        seen.add(key)


def _said(line: Judged) -> tuple[object, ...]:
    """Return all that a line says of a delivery, as it was understood."""
    written = [line.line.get(name, "") for name in ("line_id", "reversal_of", "zi", "atc", "label", "patient")]
    quantity = number_of(line.line.get("quantity", ""))
    return (
        *written,
        line.day,
        line.prescriber,
        agb_of(line.line.get("pharmacy_agb", "")),
        quantity,
        line.line.get("cost_cents"),
    )


def _mark_repeated(lines: Sequence[Judged]) -> None:
    sound = [line for line in lines if not line.problems]
    firsts: dict[tuple[object, ...], Judged] = {}
    for line in sound:
        first = firsts.setdefault(_said(line), line) if line.line["line_id"] else line
        if first is not line:
            line.netting, line.first = Reason.REPEATED, first
    files: list[Counter[tuple[object, ...]]] = []
    for source in sorted({line.source for line in lines}):
        held = Counter(_said(line) for line in lines if line.source == source)
        for line in sound:
            if held in files and line.source == source:
                line.netting = Reason.REPEATED
        files.append(held)


def _net(lines: Sequence[Judged]) -> None:
    sound = [line for line in lines if not line.problems]
    originals = [line for line in sound if not line.line.get("reversal_of") and (line.first or line.netting is None)]
    for line in sound:
        if not line.line.get("reversal_of") or line.netting is Reason.REPEATED:
            continue
        found = {id(each): each for each in _credited(line, originals)}
        line.netting = (Reason.ORPHAN_REVERSAL, Reason.REVERSAL, Reason.UNCLEAR_REVERSAL)[min(len(found), 2)]
        if len(found) == 1:
            found.popitem()[1].netting = Reason.REVERSED


def _credited(line: Judged, originals: Sequence[Judged]) -> list[Judged]:
    """Return the lines that a credit may take away; of a line that came twice, the first."""
    named = [each for each in originals if each.line["line_id"] == line.line["reversal_of"]]
    own = [each for each in named if each.source == line.source]
    whose = ("patient", "pharmacy_agb")
    same = [each for each in named if all(each.line.get(name) == line.line.get(name) for name in whose)]
    return [each.first or each for each in own or (same if line.line.get("patient") else [])]


def _trace(line: Judged, lines: Sequence[Judged], rules: Rulebook) -> None:
    levels = {"SUBSTANCE": lambda product: product.atc, "PRK": lambda product: product.prk,
              "GROUP": lambda product: product.atc[:5]}  # fmt: skip
    line.starts = {name: _start_of(line, lines, rules, of) for name, of in levels.items()}
    flag = line.line.get("first_issue")
    if flag and not line.problems and line.netting is None:
        line.traced_start = line.starts["SUBSTANCE"]
        if rules.trusts_flag:
            told = {"J": ("SUBSTANCE", "PRK"), "N": ("SUBSTANCE", "GROUP")}[flag]
            line.starts |= dict.fromkeys(told, Start.FIRST if flag == "J" else Start.REPEAT)
    line.start = line.starts["SUBSTANCE"]


def _has_history(line: Judged, of: Callable[[Product], str]) -> bool:
    # An unsure product is no product: only what was named counts, and only a medicine as registered.
    is_taken = line.netting is not None or line.line.get("supply") or line.product.doubt is not None
    return not line.problems and not is_taken and bool(line.line.get("patient")) and bool(of(line.product))


def stands(line: Judged) -> bool:
    """Tell whether a line is a known medicine for a known patient that nobody took back."""
    return _has_history(line, lambda product: product.atc)


def _start_of(line: Judged, lines: Sequence[Judged], rules: Rulebook, of: Callable[[Product], str]) -> Start:
    if not _has_history(line, of) or line.day is None:
        return Start.UNKNOWN
    history = [other for other in lines if _has_history(other, of) and other.day is not None]
    window = timedelta(days=rules.lookback_days)
    for other in history:
        is_same = (other.line["patient"], of(other.product)) == (line.line["patient"], of(line.product))
        if is_same and other.day and line.day - window <= other.day < line.day:
            return Start.REPEAT
    reach = min(other.day for other in history if other.day is not None)
    return Start.FIRST if line.day - window >= reach else Start.UNKNOWN


def _judge_one(line: Judged, versions: Sequence[Version]) -> None:
    if line.day is not None:
        line.version = version_on(line.day, versions)
    if line.problems:
        line.outcome, line.reason = Outcome.INVALID, Reason.NOT_UNDERSTOOD
    elif line.line.get("supply"):
        line.outcome, line.reason = Outcome.EXCLUDED, Reason[line.line["supply"]]
    elif line.netting is not None:
        line.outcome, line.reason = Outcome.EXCLUDED, line.netting
    elif line.product.doubt is Reason.LOCAL_ARTICLE:
        line.outcome, line.reason = Outcome.EXCLUDED, Reason.LOCAL_ARTICLE
    elif line.product.doubt is not None:
        line.outcome, line.reason = Outcome.UNIDENTIFIED, line.product.doubt
    elif line.version is None:
        line.outcome, line.reason = Outcome.EXCLUDED, Reason.NO_VERSION_IN_FORCE
    else:
        _judge_by(line, line.version)


def version_on(day: date, versions: Sequence[Version]) -> Version | None:
    """Return the version in force on a day, or nothing."""
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        last = version.last or (following.first - timedelta(days=1) if following else date.max)
        if version.first <= day <= last:
            return version
    return None


def _judge_by(line: Judged, version: Version) -> None:
    entries = [entry for entry in version.entries if entry.atc == line.product.atc]
    if not entries:
        in_group = any(entry.atc[:5] == line.product.atc[:5] for entry in version.entries)
        line.outcome = Outcome.NON_ADHERENT if in_group else Outcome.EXCLUDED
        line.reason = Reason.NOT_LISTED if in_group else Reason.NOT_COVERED
        return
    code = line.line.get("icpc", "")
    if not any(_covers(entry, code) for entry in version.entries):
        code = ""  # the formulary does not speak about this indication, so it is left open
    entry = min(entries, key=lambda entry: _place_of(entry, line.product, code))
    fits_form, fits_code = _fits_form(entry, line.product.form), _fits_code(entry, code)
    line.entry, line.reason = entry, _reason_of(entry, line.product, code)
    is_conform = line.reason in (Reason.FIRST_CHOICE, Reason.LATER_CHOICE, Reason.LISTED)
    line.outcome = Outcome.ADHERENT if is_conform else Outcome.NON_ADHERENT
    if is_conform:
        agrees = [name for name, fits in (("FORM", fits_form), ("INDICATION", fits_code)) if fits]
        line.agreement = "_AND_".join(agrees) or "SUBSTANCE"


def _covers(entry: Entry, code: str) -> bool:
    return any(code == named or code.startswith(f"{named}.") for named in entry.icpc)


def _fits_form(entry: Entry, form: str) -> bool | None:
    return form in entry.form if entry.form and form else None


def _fits_code(entry: Entry, code: str) -> bool | None:
    return _covers(entry, code) if entry.icpc and code else None


def amount_of(strength: str) -> Fraction | None:
    """Return a strength in milligrams, exactly; nothing where it is no amount."""
    number, _, unit = strength.partition(" ")
    sizes = {"g": Fraction(1000), "mg": Fraction(1), "microg": Fraction(1, 1000)}
    return Fraction(number.replace(",", ".")) * sizes[unit] if unit in sizes else None


def _fits_strength(entry: Entry, strength: str) -> bool | None:
    named = [amount_of(each) for each in entry.strengths]
    return amount_of(strength) in named if named and strength and None not in named else None


def _place_of(entry: Entry, product: Product, code: str) -> tuple[object, ...]:
    """Return where an entry stands: those that fit first, of those the most specific, then step, rank and name."""
    fits = (_fits_code(entry, code), _fits_form(entry, product.form), _fits_strength(entry, product.strength))
    last = 10**9
    specific = (*(each is not True for each in fits), not entry.is_recommended)
    return (False in fits, *specific, entry.step or last, entry.rank or last, entry.entry_id)


def _reason_of(entry: Entry, product: Product, code: str) -> Reason:
    if not entry.is_recommended:
        return Reason.NOT_RECOMMENDED
    if _fits_form(entry, product.form) is False:
        return Reason.OTHER_FORM
    if _fits_strength(entry, product.strength) is False:
        return Reason.OTHER_STRENGTH
    if _fits_code(entry, code) is False:
        return Reason.OTHER_INDICATION
    if entry.rank is None:
        return Reason.LISTED
    return Reason.FIRST_CHOICE if entry.rank == 1 and entry.step in (None, 1) else Reason.LATER_CHOICE


def pair(lines: Sequence[Judged], prescriptions: Sequence[Judged], window_days: int) -> dict[int, bool | None]:
    """Tell each dispensing what the formulary says of its prescription; return of each whether it was dispensed.

    A dispensing takes the last prescription of its patient and substance in the days before it; one that finds none,
    the last of the ATC-4 group that nobody took. What a line says itself goes before that.
    """
    dispensed, written = ([each for each in all_ if stands(each)] for all_ in (lines, prescriptions))
    taken: set[int] = set()
    by_substance = {id(line): _last_written(line, written, window_days, 7) for line in dispensed}
    left = [each for each in written if not any(each in found for found in by_substance.values())]
    for line in dispensed:
        found = by_substance[id(line)] or _last_written(line, left, window_days, 5)
        taken |= {id(each) for each in found}
        outcomes = {each.outcome for each in found}
        if line.prescribed is None and len(outcomes) == 1:
            line.prescribed = outcomes.pop()
    days = [each.day for each in dispensed if each.day is not None]
    window = timedelta(days=window_days)
    return {
        id(each): True if id(each) in taken
        else False if each.day and days and min(days) <= each.day <= max(days) - window
        else None
        for each in written
    }  # fmt: skip


def _last_written(line: Judged, written: Sequence[Judged], window_days: int, length: int) -> list[Judged]:
    """Return the prescriptions of the last day in the window before a dispensing, of one substance or group."""
    found = [
        each for each in written
        if each.line["patient"] == line.line["patient"] and each.product.atc[:length] == line.product.atc[:length]
        and each.day and line.day and timedelta(0) <= line.day - each.day <= timedelta(days=window_days)
    ]  # fmt: skip
    last = max((each.day for each in found if each.day), default=None)
    return [each for each in found if each.day == last]


def _attribute(line: Judged, lines: Sequence[Judged], rules: Rulebook) -> None:
    if line.outcome is not Outcome.NON_ADHERENT:
        return
    prescribed = line.prescribed
    remark = line.line.get("remark", "")
    if remark in ("03", "09"):
        owner, excuse = AttributedTo.MEDICAL_NEED, Reason.MEDICAL_NEED
    elif remark in ("02", "08"):
        owner, excuse = AttributedTo.LOGISTIC, Reason.LOGISTIC_NEED
    elif prescribed is Outcome.ADHERENT:
        owner, excuse = AttributedTo.PHARMACY, Reason.CHANGED_BY_PHARMACY
    elif _is_specialists(line):
        owner, excuse = AttributedTo.SPECIALIST, None
    elif _is_begun_by_specialist(line, lines, rules):
        owner, excuse = AttributedTo.SPECIALIST, Reason.SPECIALIST_START
    elif line.prescriber[:2] in ("06", "34", "98"):
        owner, excuse = AttributedTo.UNKNOWN, None
    else:
        owner, excuse = AttributedTo.PRESCRIBER, None
    line.attributed_to = owner
    if excuse is not None and owner in rules.excused:
        line.outcome, line.reason = Outcome.EXCEPTED, excuse


def _prescribed_outcome(line: Judged, versions: Sequence[Version], products: Mapping[str, Product]) -> Outcome | None:
    prk = line.line.get("prescribed_prk", "")
    if not prk or line.problems:
        return None
    as_prescribed = Judged(line.line, line.source, line.day, line.prescriber, products[prk])
    _judge_one(as_prescribed, versions)
    return as_prescribed.outcome


def _is_specialists(line: Judged) -> bool:
    return line.prescriber.startswith("03") or line.line.get("prescriber_specialism", "").startswith("03")


def _is_begun_by_specialist(line: Judged, lines: Sequence[Judged], rules: Rulebook) -> bool:
    def _substance(product: Product) -> str:
        return product.atc

    if not _has_history(line, _substance) or line.day is None:
        return False
    since = line.day - timedelta(days=rules.lookback_days)
    whose = line.line["patient"], line.product.atc
    earlier = [
        other
        for other in lines
        if _has_history(other, _substance) and (other.line["patient"], other.product.atc) == whose
        if other.day is not None and since <= other.day < line.day
    ]
    first_day = min((other.day for other in earlier if other.day is not None), default=None)
    return any(_is_specialists(other) for other in earlier if other.day == first_day)


def reward(told: Counter[Outcome], minimum: int, bands: Mapping[int, int]) -> tuple[int, Grounds]:
    """Return the cents and the grounds; `bands` is the amount of each threshold in percent."""
    numerator, denominator = told[Outcome.ADHERENT], told[Outcome.ADHERENT] + told[Outcome.NON_ADHERENT]
    if denominator < minimum:
        return 0, Grounds.TOO_FEW_LINES
    reached = [percent for percent in bands if Fraction(numerator, denominator) >= Fraction(percent, 100)]
    return (bands[max(reached)], Grounds.BAND_REACHED) if reached else (0, Grounds.BELOW_BANDS)
