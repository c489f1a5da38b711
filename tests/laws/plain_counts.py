"""The slow second opinion on counting: what an indicator makes of lines, in plain Python, one patient at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from matcher import Outcome, Start
from tests.laws.plain_twin import (
    Condition,
    Indicator,
    Judged,
    Rulebook,
    agb_of,
    amount_of,
    number_of,
    stands,
    version_on,
)

SPOKEN_OF = (Outcome.ADHERENT, Outcome.NON_ADHERENT, Outcome.EXCEPTED)
JUDGED = SPOKEN_OF[:2]
PIECES = ("tablet", "tablet_enteric", "capsule_enteric")

Counts = dict[tuple[str, str], Counter[Outcome]]


def counts(lines: Iterable[Judged], rules: Rulebook, year: int) -> Counts:
    """Return, per prescriber and indicator, what of a year has each outcome: lines, cents or thousandths of a dose."""
    told: Counts = defaultdict(Counter)
    of_year = [line for line in lines if line.day is not None and line.day.year == year]
    for indicator in rules.indicators:
        outcomes = [_told_by(indicator, line, of_year, rules) for line in of_year]
        if indicator.unit == "PRESCRIPTIONS":
            _leave_out_further(outcomes, of_year)
        if indicator.unit == "PATIENTS" or indicator.last_only:
            _leave_out_all_but_last(outcomes, of_year)
        for line, outcome in zip(of_year, outcomes, strict=True):
            weight = _weight(indicator, line, rules)
            if line.prescriber and weight:
                told[line.prescriber, indicator.indicator_id][outcome] += weight
    return {key: outcomes for key, outcomes in told.items() if any(outcomes.values())}


def _weight(indicator: Indicator, line: Judged, rules: Rulebook) -> int:
    if indicator.unit == "COST":
        return int(line.line.get("cost_cents") or 0)
    if indicator.unit == "DDD":
        return _doses(indicator, line, rules)
    return 1


def _doses(indicator: Indicator, line: Judged, rules: Rulebook) -> int:
    """Return thousandths of a daily dose, rounded half up once; nothing where one piece has no plain strength."""
    product, quantity = line.product, number_of(line.line.get("quantity", ""))
    defined = [each for each in rules.daily_doses if each.atc == product.atc and line.day and each.first <= line.day]
    if not (product.atc.startswith(indicator.atc) and defined and product.strength and product.form in PIECES):
        return 0
    if quantity is None or product.doubt is not None:
        return 0
    own, dose = amount_of(product.strength), amount_of(max(defined, key=lambda each: each.first).amount)
    assert own is not None  # worlds name amounts
    assert dose is not None
    exact = abs(quantity) * own / dose * 1000
    size = int(exact + Fraction(1, 2))
    return size if quantity >= 0 else -size


def _leave_out_further(outcomes: list[Outcome], lines: Sequence[Judged]) -> None:
    """Count several lines of one prescription once; the others are left out."""
    seen: set[tuple[object, ...]] = set()
    for n, line in enumerate(lines):
        if outcomes[n] in SPOKEN_OF and line.line.get("patient"):
            key = _prescription(line)
            outcomes[n] = Outcome.EXCLUDED if key in seen else outcomes[n]
            seen.add(key)


def _prescription(line: Judged) -> tuple[object, ...]:
    """Return what several lines of one prescription share."""
    who = line.line["patient"], line.day, line.prescriber, agb_of(line.line.get("pharmacy_agb", ""))
    what = line.product.atc, line.product.form, line.product.strength, line.line.get("icpc", "")
    return (*who, *what, line.outcome, line.attributed_to, line.start)


def _leave_out_all_but_last(outcomes: list[Outcome], lines: Sequence[Judged]) -> None:
    """Count of each patient the last judged line; of one day a conform line, then by the codes of who had a part."""
    last: dict[str, tuple[object, ...]] = {}
    judged = [n for n, outcome in enumerate(outcomes) if outcome in JUDGED]
    for n in judged:
        patient, pharmacy = lines[n].line.get("patient", ""), agb_of(lines[n].line.get("pharmacy_agb", ""))
        rank = (lines[n].day, outcomes[n] is Outcome.ADHERENT, lines[n].prescriber, int(pharmacy or 0), n)
        if patient and rank > last.get(patient, (lines[n].day.min,)):  # type: ignore[union-attr]  # all have a day
            last[patient] = rank
    kept = {rank[-1] for rank in last.values()}
    for n in judged:
        outcomes[n] = outcomes[n] if n in kept else Outcome.EXCLUDED


def _told_by(indicator: Indicator, line: Judged, lines: Sequence[Judged], rules: Rulebook) -> Outcome:
    if line.outcome in (Outcome.EXCLUDED, Outcome.INVALID):
        return line.outcome
    is_unnamed = line.outcome is Outcome.UNIDENTIFIED
    is_in = _may_be_looked_at(indicator, line, rules) if is_unnamed else _is_looked_at(indicator, line)
    if not is_in or not _says_of_line(indicator, line) or not _can_be_asked(indicator, line, lines):
        return Outcome.EXCLUDED
    if is_unnamed or line.outcome is Outcome.EXCEPTED:
        return line.outcome
    is_conform = any(_meets(condition, indicator, line, lines) for condition in indicator.conform)
    return Outcome.ADHERENT if is_conform else Outcome.NON_ADHERENT


def _is_looked_at(indicator: Indicator, line: Judged) -> bool:
    if indicator.starts_only and line.starts[indicator.start_level] is not Start.FIRST:
        return False
    return not indicator.atc or line.product.atc.startswith(indicator.atc)


def _may_be_looked_at(indicator: Indicator, line: Judged, rules: Rulebook) -> bool:
    """Tell whether a line that nobody could name may belong: by what its product may be, on a day with a formulary."""
    version = version_on(line.day, rules.versions) if line.day else None
    if version is None or (indicator.starts_only and line.starts[indicator.start_level] is Start.REPEAT):
        return False
    if line.product.possible is None:
        return True
    spoken_of = {entry.atc[:5] for entry in version.entries}
    return any(code[:5] in spoken_of and code.startswith(indicator.atc or "") for code in line.product.possible)


def _says_of_line(indicator: Indicator, line: Judged) -> bool:
    """Tell whether what is asked of the line itself holds; what is not known does not."""
    if indicator.coded_only and not line.line.get("icpc"):
        return False
    born = line.line.get("birth_year")
    if indicator.age_min is None:
        return True
    return bool(born) and line.day is not None and line.day.year - int(born or 0) >= indicator.age_min


def _can_be_asked(indicator: Indicator, line: Judged, lines: Sequence[Judged]) -> bool:
    """Tell whether the lines reach far enough to see whether a treatment goes on."""
    asked = [each.followed_days_min for each in indicator.conform if each.followed_days_min is not None]
    last = max(each.day for each in lines if each.day is not None)
    return all(line.day is not None and (last - line.day).days >= days for days in asked)


def _meets(condition: Condition, indicator: Indicator, line: Judged, lines: Sequence[Judged]) -> bool:
    rank = line.entry.rank if line.entry else None
    return (
        (not condition.formulary or line.outcome is Outcome.ADHERENT)
        and (not condition.agreement or line.agreement in condition.agreement)
        and (condition.rank_max is None or (rank is not None and rank <= condition.rank_max))
        and (not condition.atc or line.product.atc.startswith(condition.atc))
        and (not condition.form or line.product.form in condition.form)
        and (not condition.strength_max or _is_no_stronger(line.product.strength, condition.strength_max))
        and _meets_of_patient(condition, indicator, line, lines)
    )


def _is_no_stronger(strength: str, limit: str) -> bool:
    return strength.endswith(limit.partition(" ")[2]) and (amount_of(strength) or 0) <= (amount_of(limit) or 0)


def _meets_of_patient(condition: Condition, indicator: Indicator, line: Judged, lines: Sequence[Judged]) -> bool:
    patient = line.line.get("patient")
    own = [each for each in lines if patient and stands(each) and each.line["patient"] == patient]
    of_group = [each for each in own if each.product.atc.startswith(indicator.atc)] if indicator.atc else own
    if condition.together_with and not any(each.product.atc.startswith(condition.together_with) for each in own):
        return False
    if condition.followed_days_min is not None and not any(
        each.day and line.day and (each.day - line.day).days >= condition.followed_days_min for each in of_group
    ):
        return False
    if condition.patient_quantity_max is None:
        return True
    quantities = [number_of(each.line.get("quantity", "")) for each in of_group]
    known = [each for each in quantities if each is not None]
    return bool(patient) and len(known) == len(quantities) and sum(known) <= condition.patient_quantity_max


def reached(told: Mapping[Outcome, int]) -> tuple[int, ...]:
    """Return numerator, denominator, and what is excepted, excluded and unidentified."""
    yes, no = told[Outcome.ADHERENT], told[Outcome.NON_ADHERENT]
    return yes, yes + no, told[Outcome.EXCEPTED], told[Outcome.EXCLUDED], told[Outcome.UNIDENTIFIED]
