"""Who is paid over a period: who takes part, for how many days, with which patients, meetings and place."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from formulary import Fault, Level, PaidPer, Scheme, TakingPart

from ..period import Period
from ..tables import AdherenceScores
from .facts import RewardFacts

# `days` of `days_in_all` on which a payee took part; `patients` are enrolled patients added up over quarters.
PAYEES = pl.Schema(
    {
        "period": pl.String(),
        "id": pl.String(),
        "days": pl.Int64(),
        "days_in_all": pl.Int64(),
        "patients": pl.Int64(),
        "attended": pl.Int64(),
        "is_provisional": pl.Boolean(),
        **{f"of_{level}": pl.String() for level in Level},
    }
)
_UPWARDS = (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP, Level.SUBREGION)
_LONGEST_DAYS = 3700  # a period of more than ten years is no agreed one: all quarters that are known count
Days = tuple[date, date]


def payees_of(scores: AdherenceScores, scheme: Scheme, facts: RewardFacts) -> tuple[pl.DataFrame, list[Fault]]:
    """Return everyone who is paid (`PAYEES`, sorted by period and id), and what makes that impossible."""
    found, faults = [PAYEES.to_frame()], []
    for period in scores["period"].unique().sort():
        days = _paid_days(period, scheme)
        of_period = scores.filter(pl.col("period") == period)
        paid, refused = _payees_in(period, days, of_period, scheme, facts)
        found.append(paid)
        faults += refused
    return pl.concat(found), faults


def _paid_days(period: str, scheme: Scheme) -> Days:
    """Return the first and last day of a period on which the scheme is in force."""
    always = Period(period, scheme.in_force_from, scheme.in_force_until or date.max)
    named = Period.parse(period)
    within = None if named is None else named.within(always.first, always.last)
    return (within or always).first, (within or always).last


def _payees_in(
    period: str, days: Days, scores: pl.DataFrame, scheme: Scheme, facts: RewardFacts
) -> tuple[pl.DataFrame, list[Fault]]:
    stays = _stays(scheme, facts, days)
    ids = sorted(_ids(scores, scheme, stays, days))
    above = {level: facts.part_of(level, days[1]) for level in _UPWARDS[:-1]}
    region = next(iter(scores.filter(pl.col("level") == Level.REGION)["id"]), None)
    patients, faults = _patients(ids, days, scheme, facts, stays)
    attended = _attended(ids, days, scheme.payee, facts, above)
    is_early, missed = _is_provisional(days[1], scheme, facts.as_of), _missed(scores, scheme)
    in_all = (days[1] - days[0]).days + 1
    by_day = scheme.taking_part is TakingPart.BY_DAY
    columns: dict[str, object] = {
        "period": [period] * len(ids),
        "id": ids,
        "days": [_length(stays[id_]) if by_day else in_all for id_ in ids],
        "days_in_all": [in_all] * len(ids),
        "patients": [patients.get(id_, 0) for id_ in ids],
        "attended": [attended[id_] for id_ in ids],
        "is_provisional": [is_early or id_ in missed for id_ in ids],
        **{f"of_{level}": each for level, each in _places(ids, scheme.payee, above, region).items()},
    }
    ended = _ended(ids, days, scheme, facts, stays)
    return pl.DataFrame(columns, schema=PAYEES), [*faults, *ended]


def _stays(scheme: Scheme, facts: RewardFacts, days: Days) -> dict[str, list[Days]]:
    """Return on which of the days each participant takes part in the scheme."""
    listed = facts.participation.filter(pl.col("scheme") == scheme.id).select("id", "valid_from", "valid_until")
    found: dict[str, list[Days]] = {}
    for id_, first, last in listed.iter_rows():
        begins, ends = max(first, days[0]), min(last or date.max, days[1])
        if begins <= ends:
            found.setdefault(id_, []).append((begins, ends))
    return found


def _ids(scores: pl.DataFrame, scheme: Scheme, stays: Mapping[str, list[Days]], days: Days) -> set[str]:
    match scheme.taking_part:
        case TakingPart.LISTED:
            taking = {id_ for id_, listed in stays.items() if listed[-1][1] == days[1]}
        case TakingPart.BY_DAY:
            taking = set(stays)
        case _:
            taking = set(scores.filter(pl.col("level") == scheme.payee)["id"].unique())
    kinds = tuple(scheme.provider_types)
    return {id_ for id_ in taking if not kinds or id_.startswith(kinds)}


def _length(stays: list[Days]) -> int:
    return sum((last - first).days + 1 for first, last in stays)


def _places(
    ids: list[str], payee: Level, above: Mapping[Level, Mapping[str, str]], region: str | None
) -> dict[Level, list[str | None]]:
    """Return what each payee is part of, level by level; a level below it is nothing."""
    nowhere: list[str | None] = [None] * len(ids)
    places: dict[Level, list[str | None]] = dict.fromkeys(Level, nowhere)
    places |= {payee: [*ids], Level.REGION: [region] * len(ids)}
    for lower, upper in pairwise(_UPWARDS):
        if upper is not payee:
            places[upper] = [above[lower].get(at) if at else None for at in places[lower]]
    return places


def _patients(
    ids: list[str], days: Days, scheme: Scheme, facts: RewardFacts, stays: Mapping[str, list[Days]]
) -> tuple[dict[str, int], list[Fault]]:
    """Return enrolled patients added up over the quarters that begin on a day of taking part, and those missing."""
    if not any(part.per is PaidPer.PATIENT for part in scheme.parts):
        return {}, []
    enrolled = {
        (practice, first): patients
        for practice, first, patients in facts.enrolment.select("practice_agb", "first_day", "patients").iter_rows()
    }
    practices = {id_: [id_] for id_ in ids}
    if scheme.payee is Level.GROUP:
        held = facts.part_of(Level.PRACTICE, days[1]).items()
        practices = {id_: sorted(practice for practice, group in held if group == id_) for id_ in ids}
    totals, faults = dict.fromkeys(ids, 0), []
    for id_ in ids:
        asked = [day for day in _quarters(days, facts) if _takes_part(day, scheme, stays.get(id_, []))]
        for practice, day in ((practice, day) for practice in practices[id_] for day in asked):
            if (practice, day) in enrolled:
                totals[id_] += enrolled[practice, day]
            else:
                quarter = f"{day.year}-Q{day.month // 3 + 1}"
                values: dict[str, object] = {"practice": practice, "quarter": quarter}
                faults.append(Fault("ENROLMENT_MISSING", "enrolment.csv", None, "quarter", values))
    return totals, faults


def _quarters(days: Days, facts: RewardFacts) -> list[date]:
    if (days[1] - days[0]).days > _LONGEST_DAYS:
        return list(facts.enrolment["first_day"].unique().sort())
    firsts = (date(year, month, 1) for year in range(days[0].year, days[1].year + 1) for month in (1, 4, 7, 10))
    return [day for day in firsts if days[0] <= day <= days[1]]


def _takes_part(day: date, scheme: Scheme, stays: list[Days]) -> bool:
    return scheme.taking_part is not TakingPart.BY_DAY or any(first <= day <= last for first, last in stays)


def _attended(
    ids: list[str], days: Days, payee: Level, facts: RewardFacts, above: Mapping[Level, Mapping[str, str]]
) -> dict[str, int]:
    """Return at how many meetings each payee, or someone of it, was present."""
    held = facts.attendance.filter(pl.col("held_on").is_between(*days))
    meetings: dict[str, set[object]] = {id_: set() for id_ in ids}
    for day, group, prescriber in held.select("held_on", "group", "prescriber_agb").iter_rows():
        practice = above[Level.PRESCRIBER].get(prescriber)
        who = {Level.PRESCRIBER: prescriber, Level.PRACTICE: practice, Level.GROUP: group}.get(payee)
        if who in meetings:
            meetings[who].add((day, group))
    return {id_: len(found) for id_, found in meetings.items()}


def _is_provisional(last: date, scheme: Scheme, as_of: date | None) -> bool:
    if scheme.hold_days is None or as_of is None or last == date.max:
        return False
    return as_of <= last + timedelta(days=scheme.hold_days)


def _missed(scores: pl.DataFrame, scheme: Scheme) -> set[str]:
    """Return whose score in the scheme is provisional, for want of deliveries; only a scheme that holds asks for it."""
    if scheme.hold_days is None:
        return set()
    asked = [part.indicator for part in scheme.parts if part.indicator is not None]
    own = (pl.col("level") == scheme.payee) & pl.col("indicator").is_in(asked)
    return set(scores.filter(own & pl.col("provisional").fill_null(value=False))["id"])


def _ended(
    ids: list[str], days: Days, scheme: Scheme, facts: RewardFacts, stays: Mapping[str, list[Days]]
) -> Iterator[Fault]:
    """Give each practice that merged or closed within the period while it still takes part after its last day."""
    if scheme.payee is not Level.PRACTICE:
        return
    known = facts.memberships.filter(pl.col("level") == Level.PRACTICE, pl.col("id").is_in(ids))
    last_days = known.group_by("id").agg(pl.col("valid_until").max(), pl.col("valid_until").is_null().any().alias("on"))
    for id_, until, goes_on in last_days.sort("id").iter_rows():
        by_day = scheme.taking_part is TakingPart.BY_DAY
        paid_until = max(last for _, last in stays[id_]) if by_day else days[1]
        if not goes_on and until < paid_until:
            values: dict[str, object] = {"practice": id_, "day": until}
            yield Fault("PRACTICE_ENDED", "participation.csv", None, "valid_until", values)
