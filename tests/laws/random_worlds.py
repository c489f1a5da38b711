"""Small random worlds: a formulary of one to three versions, lines with every oddity, and how both are written."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from formulary import Excuse
from matcher import Reason
from tests.laws.plain_twin import Condition, DailyDose, Entry, Indicator, Product, Rulebook, Version, day_of
from tests.tables import Row
from tests.worlds import Rules, indicator_of
from tests.worlds import Version as WrittenVersion

CONTRADICTING = "SIMVASTATINE ACCORD TABLET FO 20MG"
PRODUCTS = {
    "A02BC01": Product("A02BC01"),
    "A02BC02": Product("A02BC02"),
    "A02BC05": Product("A02BC05"),
    "C10AA05": Product("C10AA05"),
    "N02BE01": Product("N02BE01"),
    "11000155": Product("A02BC01", "capsule_enteric", prk="700088", strength="20 mg"),
    "11000236": Product("A02BC01", "tablet_enteric", prk="700118", strength="20 mg"),
    "11000538": Product("A02BC05", "capsule_enteric", prk="700215", strength="20 mg"),
    "11010592": Product("C10AA01", "tablet", prk="704628", strength="20 mg"),
    "700088": Product("A02BC01", "capsule_enteric", prk="700088", strength="20 mg"),
    "700215": Product("A02BC05", "capsule_enteric", prk="700215", strength="20 mg"),
    "90000005": Product(doubt=Reason.LOCAL_ARTICLE),
    "11000156": Product(doubt=Reason.UNKNOWN_PRODUCT),
    "OMEPRAZOL APOTEX TABLET MSR 20MG": Product("A02BC01", "tablet_enteric", prk="700118", strength="20 mg"),
    "XYZZY 5MG": Product(doubt=Reason.UNKNOWN_PRODUCT),
    "OMEPRAZOL ZALF 20MG": Product(doubt=Reason.UNSURE_PRODUCT, possible=("A02BC01",)),
    "VERBANDGAAS 5X5": Product(doubt=Reason.UNKNOWN_PRODUCT, possible=()),
    f"11000155 + {CONTRADICTING}": Product(doubt=Reason.UNSURE_PRODUCT, possible=("A02BC01", "C10AA01")),
}
PRESCRIBED = ["700088", "700215"]
LISTABLE = ("A02BC01", "A02BC02", "A02BC05", "C10AA01", "C10AA05")
FORMS = ("capsule_enteric", "tablet_enteric", "tablet")
CODES = ("D84", "T93", "R95")
DAY_ONE = date(2025, 1, 1)
BOUNDARIES = (date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 9, 30))
INDICATORS = (
    Indicator("ALL"),
    Indicator("STARTS", starts_only=True),
    Indicator("ONCE", unit="PRESCRIPTIONS"),
    Indicator("STARTS_PRK", starts_only=True, start_level="PRK"),
    Indicator("STARTS_GROUP", starts_only=True, start_level="GROUP"),
    Indicator("PPI", atc=("A02BC",), conform=(Condition(atc=("A02BC01", "A02BC02")),)),
    Indicator("CODED", coded_only=True, conform=(Condition(agreement=("INDICATION", "FORM_AND_INDICATION")),)),
    Indicator("FIRST", conform=(Condition(formulary=True, rank_max=1), Condition(form=("tablet_enteric",)))),
    Indicator("PATIENTS", unit="PATIENTS"),
    Indicator("LAST", last_only=True, atc=("A02BC",), conform=(Condition(atc=("A02BC01",)),)),
    Indicator("COST", unit="COST"),
    Indicator("DDD", unit="DDD", atc=("A02BC",)),
    Indicator("WEAK", atc=("A02BC", "C10AA"), conform=(Condition(strength_max="20 mg"),)),
    Indicator("ELDERS", age_min=70),
    Indicator("ALSO", atc=("C10AA",), conform=(Condition(together_with=("A02BC",)),)),
    Indicator("ON", starts_only=True, atc=("A02BC",), conform=(Condition(followed_days_min=30),)),
    Indicator("LITTLE", unit="PATIENTS", atc=("A02BC",), conform=(Condition(patient_quantity_max=90),)),
)
DAILY_DOSES = (
    DailyDose("A02BC01", "20 mg", date(2025, 1, 1)),
    DailyDose("A02BC01", "30 mg", date(2026, 4, 1)),
    DailyDose("A02BC05", "0,03 g", date(2025, 1, 1)),
    DailyDose("C10AA01", "30 mg", date(2025, 1, 1)),
)
_WRITTEN_DOSES = """\
atc,form,amount,unit,valid_from,valid_until,source
A02BC01,,20,mg,2025-01-01,2026-03-31,test
A02BC01,,30,mg,2026-04-01,,test
A02BC05,,"0,03",g,2025-01-01,,test
C10AA01,,30,mg,2025-01-01,,test
"""
STRENGTHS = ("20 mg", "0,02 g", "40 mg", "25 zakjes")
_WRITTEN_INDICATORS = "".join(
    [
        indicator_of("ALL"),
        indicator_of("STARTS", 'lines = "STARTS"'),
        indicator_of("ONCE") + 'unit = "PRESCRIPTIONS"\n',
        indicator_of("STARTS_PRK", 'lines = "STARTS", start_level = "PRK"'),
        indicator_of("STARTS_GROUP", 'lines = "STARTS", start_level = "GROUP"'),
        indicator_of("PPI", 'atc = ["A02BC"]', '{ atc = ["A02BC01", "A02BC02"] }'),
        indicator_of("CODED", "coded_indication = true", '{ agreement = ["INDICATION", "FORM_AND_INDICATION"] }'),
        indicator_of("FIRST", "", '{ formulary = true, rank_max = 1 }, { form = ["tablet_enteric"] }'),
        indicator_of("PATIENTS") + 'unit = "PATIENTS"\n',
        indicator_of("LAST", 'lines = "LAST", atc = ["A02BC"]', '{ atc = ["A02BC01"] }'),
        indicator_of("COST") + 'unit = "COST"\n',
        indicator_of("DDD", 'atc = ["A02BC"]') + 'unit = "DDD"\n',
        indicator_of("WEAK", 'atc = ["A02BC", "C10AA"]', '{ strength_max = "20 mg" }'),
        indicator_of("ELDERS", "age_min = 70"),
        indicator_of("ALSO", 'atc = ["C10AA"]', '{ together_with = ["A02BC"] }'),
        indicator_of("ON", 'lines = "STARTS", atc = ["A02BC"]', "{ followed_days_min = 30 }"),
        indicator_of("LITTLE", 'atc = ["A02BC"]', "{ patient_quantity_max = 90 }") + 'unit = "PATIENTS"\n',
    ]
)


@dataclass(frozen=True)
class World:
    """Rules and lines."""

    rules: Rulebook
    files: tuple[tuple[Row, ...], ...]
    prescriptions: tuple[Row, ...] = ()

    def written_rules(self, scheme: str = "") -> Rules:
        """Return the rules as a folder to be written."""
        flag = "TRUSTED" if self.rules.trusts_flag else "TRACED"
        excused = ", ".join(f'"{each}"' for each in self.rules.excused)
        region = f'lookback_days = {self.rules.lookback_days}\nfirst_issue_flag = "{flag}"\nexcused = [{excused}]\n'
        region += f"prescribed_days = {self.rules.prescribed_days}\n"
        versions = tuple(_written(version) for version in self.rules.versions)
        return Rules(versions, _WRITTEN_INDICATORS, (scheme,) if scheme else (), region, (("ddd.csv", _WRITTEN_DOSES),))


def _written(version: Version) -> WrittenVersion:
    rows = [
        " | ".join([
            entry.entry_id, " ".join(entry.icpc) or "any", entry.atc, entry.atc, " ".join(entry.icpc),
            " ".join(entry.form), ";".join(entry.strengths), str(entry.step or ""), str(entry.rank or ""),
            "RECOMMENDED" if entry.is_recommended else "NOT_RECOMMENDED",
        ])
        for entry in version.entries
    ]  # fmt: skip
    head = "entry_id | indication | atc | substance | icpc | form | strengths | step | rank | advice"
    return WrittenVersion(version.name, str(version.first), str(version.last or ""), "\n".join([head, *rows]))


@st.composite
def _entries(draw: Any) -> tuple[Entry, ...]:
    medicines = st.tuples(
        st.sampled_from(LISTABLE),
        st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(lambda codes: tuple(sorted(codes))),
        st.lists(st.sampled_from(FORMS), max_size=2, unique=True).map(lambda forms: tuple(sorted(forms))),
        st.lists(st.sampled_from(STRENGTHS), max_size=2, unique=True).map(lambda named: tuple(sorted(named))),
    )
    chosen = draw(st.lists(medicines, min_size=1, max_size=7, unique=True))
    places = st.one_of(st.none(), st.integers(1, 3))
    return tuple(
        Entry(
            f"E{n}",
            atc,
            codes,
            forms,
            draw(places),
            draw(places),
            bool(codes) or draw(st.integers(0, 4)) > 0,
            strengths,
        )
        for n, (atc, codes, forms, strengths) in enumerate(chosen)
    )


@st.composite
def _versions(draw: Any) -> tuple[Version, ...]:
    firsts = sorted(draw(st.lists(st.sampled_from(BOUNDARIES), min_size=1, max_size=3, unique=True)))
    found = []
    for n, first in enumerate(firsts):
        following = firsts[n + 1] if n + 1 < len(firsts) else date(2026, 12, 31)
        days = draw(st.one_of(st.none(), st.integers(0, (following - first).days - 1)))
        last = None if days is None else first + timedelta(days)
        found.append(Version(f"V{n}", first, last, draw(_entries())))
    return tuple(found)


def _days() -> SearchStrategy[date]:
    near = st.tuples(st.sampled_from(BOUNDARIES), st.integers(-1, 1)).map(lambda pair: pair[0] + timedelta(pair[1]))
    return st.one_of(near, st.integers(0, 729).map(lambda days: DAY_ONE + timedelta(days)))


def _written_days() -> SearchStrategy[str]:
    forms = st.sampled_from(["%Y-%m-%d", "%d-%m-%Y", "%Y%m%d"])
    sound = st.tuples(_days(), forms).map(lambda pair: pair[0].strftime(pair[1]))
    return mostly(sound, ["", "2026-02-30", "morgen"])


def mostly(sound: SearchStrategy[str], odd: list[str]) -> SearchStrategy[str]:
    """Return what is sound nine times in ten, and else something odd."""
    return st.integers(0, 9).flatmap(lambda n: st.sampled_from(odd) if n == 9 else sound)


def product_columns(code: str) -> Row:
    """Return how a line says that it is of this product: by article or ATC code, by its label, or by both."""
    code, both, contradicting = code.partition(" + ")
    column = "label" if " " in code else "zi" if code.isdigit() else "atc"
    label = {"label": contradicting} if both else {}
    return {"zi": "", "atc": "", "label": "", **({column: code} if code else {}), **label}


@st.composite
def _line(draw: Any, number: int) -> Row:
    often = {
        "dispensed_on": _written_days(),
        "prescriber_agb": mostly(
            st.sampled_from(["01012345", "1012345", "01054321", "03099999", "06001234"]), ["", "ABC", "12"]
        ),
        "prescriber_specialism": mostly(st.just(""), ["0313"]),
        "pharmacy_agb": st.sampled_from(["02001111", "02001111", "02002222", ""]),
        "patient": mostly(st.sampled_from(["P1", "P2", "P3"]), [""]),
        "quantity": mostly(st.sampled_from(["", "30", "2,5", "2.5"]), ["1.234", "veel", "-30"]),
        "icpc": mostly(st.sampled_from(["", *CODES, "D84.01"]), ["K86"]),
        "prescribed_prk": mostly(st.just(""), PRESCRIBED),
        "birth_year": mostly(st.sampled_from(["", "1950"]), ["2026"]),
        "first_issue": mostly(st.just(""), ["J", "N"]),
        "remark": mostly(st.just(""), ["01", "02", "03", "08", "09"]),
        "cost_cents": mostly(st.sampled_from(["150", "900"]), [""]),
        "linked_to": mostly(st.just(""), ["1", "2"]),
        "supply": mostly(st.just(""), ["SERVICE", "AID", "COMPOUND", "LOCAL_ARTICLE", "NOT_GIVEN", "USE_AGREED"]),
        "reversal_of": mostly(st.just(""), [str(n) for n in range(1, 9)] + ["elders"]),
    }
    product = product_columns(draw(mostly(st.sampled_from(sorted({*PRODUCTS} - {*PRESCRIBED})), [""])))
    line_id = draw(mostly(st.just(str(number)), ["1"]))
    return {"line_id": line_id, **{name: draw(cells) for name, cells in often.items()}, **product}


@st.composite
def _files(draw: Any) -> tuple[tuple[Row, ...], ...]:
    sizes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3))
    files = [tuple(draw(_line(number)) for number in range(1, size + 1)) for size in sizes]
    # Now and then a file comes twice, or one holds again what an earlier one held.
    again = draw(st.sampled_from(["", "", "", "whole", "part"]))
    if again == "whole":
        files.append(files[0][::-1])
    if again == "part":
        files.append(files[0][: 1 + len(files[0]) // 2])
    # The same content is read once, so no two files are alike.
    return tuple(file for n, file in enumerate(files) if file not in files[:n])


@st.composite
def worlds(draw: Any) -> World:
    """Return random rules and random lines."""
    excused = draw(st.one_of(st.just(tuple(Excuse)), st.lists(st.sampled_from(Excuse), unique=True).map(tuple)))
    lookback = draw(st.sampled_from([30, 90, 365]))
    window = draw(st.sampled_from([10, 60]))
    rules = Rulebook(draw(_versions()), INDICATORS, lookback, draw(st.booleans()), excused, window, DAILY_DOSES)
    files = draw(_files())
    return World(rules, files, draw(st.one_of(st.just(()), _prescriptions([row for rows in files for row in rows]))))


@st.composite
def _prescriptions(draw: Any, lines: list[Row]) -> tuple[Row, ...]:
    """Return a file of prescriptions: of anything, or of somebody to whom something was dispensed some days later."""
    size, days = draw(st.integers(1, 6)), st.integers(0, 12)
    rows = []
    for number in range(1, size + 1):
        row, like = draw(_line(number)), draw(st.sampled_from(lines))
        day = day_of(like["dispensed_on"])
        if day is not None and draw(st.integers(0, 3)):
            row |= {"patient": like["patient"], "dispensed_on": str(day - timedelta(draw(days)))}
        rows.append({**row, "prescribed_prk": ""})
    return tuple(rows)
