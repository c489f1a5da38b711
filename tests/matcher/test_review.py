"""People decide what identification leaves open; what they decided holds while it stands, and no longer."""

from datetime import date

import polars as pl
import pytest

from formulary import ALIASES
from matcher.aliases import standing_decisions
from matcher.enumerations import Decision, Outcome
from matcher.identifier import Identifier, identifier
from matcher.reasons import MatchReason
from matcher.review import agreement, review_queue

from .catalogues import PHARMACY_LIST, catalogue

LIST = catalogue(PHARMACY_LIST)
METOPROLOL = "METOPROLOL SANDOZ TABLET 50MG"


def decisions(rows: str) -> pl.DataFrame:
    """Return decisions of the lines `label | decision | product | atc | person | revoked`."""
    cells = [[cell.strip() or None for cell in line.split("|")] for line in rows.strip().splitlines()]
    table = pl.DataFrame(
        cells, schema=["label", "decision", "product_name", "atc", "decided_by", "revoked_on"], orient="row"
    )
    absent = [pl.lit(None).alias(name) for name in ALIASES if name not in table.columns]
    dated = table.with_columns(*absent).with_columns(
        decided_on=pl.lit(date(2026, 3, 1)), revoked_on=pl.col("revoked_on").cast(pl.String).str.to_date("%Y-%m-%d")
    )
    return dated.select(pl.col(name).cast(dtype) for name, dtype in ALIASES.items())


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        (f"BLAUW POTJE | ACCEPT | {METOPROLOL} | C07AB02 | Anna |", ("MATCHED", "ALIAS", "DECIDED", "C07AB02")),
        ("blauw  potje | OTHER_PRODUCT | | C07AB02 | Anna |", ("MATCHED", "ALIAS", "DECIDED", "C07AB02")),
        ("BLAUW POTJE | NO_MEDICINE | | | Anna |", ("UNMATCHED", "ALIAS", "NOT_A_MEDICINE", None)),
        ("BLAUW POTJE | NEVER_ASK | | | Anna |", ("UNMATCHED", "ALIAS", "NEVER_ASK", None)),
        ("BLAUW POTJE | NO_MEDICINE | | | Anna | 2026-03-02", ("REVIEW", "NONE", "SPELLING_UNSURE", None)),
        ("BLAUW POTJE | ACCEPT | WEG UIT DE LIJST | C07AB02 | Anna |", ("REVIEW", "NONE", "SPELLING_UNSURE", None)),
    ],
)
def test_a_label_is_what_was_decided(decided: str, told: tuple[str, ...]) -> None:
    found = identifier(LIST, aliases=decisions(decided))("Blauw potje")
    assert (found.decision, found.match_method, found.reason, found.matched_atc) == told


def test_a_decision_names_its_product_in_a_frame_as_well() -> None:
    known = identifier(LIST, aliases=decisions(f"BLAUW POTJE | ACCEPT | {METOPROLOL} | C07AB02 | Anna |"))
    lines = pl.DataFrame({"label": ["blauw potje", *(f"onbekend {number}" for number in range(300))]})
    assert known.identify_frame(lines)["matched_product"].drop_nulls().to_list() == [METOPROLOL]


def test_a_decision_comes_before_a_name_with_two_codes() -> None:
    rows = catalogue("IETSMET TABLET 1MG | A02BC01 |\nIETSMET TABLET 1MG | C07AB02 |")
    decided = decisions("IETSMET TABLET 1MG | ACCEPT | IETSMET TABLET 1MG | C07AB02 | Anna |")
    assert identifier(rows, aliases=decided)("IETSMET TABLET 1MG").matched_atc == "C07AB02"


TWO_PEOPLE = """
    A | ACCEPT      | | C07AB02 | Anna |
    A | ACCEPT      | | C07AB02 | Bram |
    B | ACCEPT      | | C07AB02 | Anna |
    B | NO_MEDICINE | |         | Bram |
    C | NO_MEDICINE | |         | Anna |
    C | ACCEPT      | | C07AB02 | Anna |
    D | ACCEPT      | METOPROLOL SANDOZ TABLET 75MG | C07AB02 | Anna |
"""


def test_what_stands_is_the_last_word_undisputed_of_what_is_still_there() -> None:
    standing = standing_decisions(decisions(TWO_PEOPLE), LIST).select("key", "decision", "state").rows()
    assert standing == [
        ("A", "ACCEPT", "STANDING"),
        ("B", "NO_MEDICINE", "DISPUTED"),
        ("C", "ACCEPT", "STANDING"),
        ("D", "ACCEPT", "REOPENED"),
    ]


def test_a_product_that_changed_reopens_its_decision() -> None:
    listed = pl.DataFrame({"product_name": ["X"], "atc": ["C07AB02"], "form": ["Capsule"], "strength": [None]})
    decided = decisions("A | ACCEPT | X | C07AB02 | Anna |").with_columns(form=pl.lit("Tablet"))
    assert standing_decisions(decided, listed)["state"].to_list() == ["REOPENED"]


def test_two_people_agree_beyond_chance() -> None:
    both = decisions(
        """
        A | ACCEPT      | | C07AB02 | Anna |
        A | ACCEPT      | | C07AB02 | Bram |
        B | NO_MEDICINE | |         | Anna |
        B | NO_MEDICINE | |         | Bram |
        C | NO_MEDICINE | |         | Anna |
        C | ACCEPT      | | C07AB02 | Bram |
        D | ACCEPT      | | C07AB02 | Anna |
        D | ACCEPT      | | C07AB02 | Bram |
        """
    )
    # Observed 3 of 4; by chance (2 x 3 + 2 x 1) / 16 = 1/2; kappa = (3/4 - 1/2) / (1 - 1/2).
    assert agreement(both).rows() == [("Anna", "Bram", 4, 3, 0.75, 0.5)]


def test_people_who_always_say_one_thing_have_no_kappa() -> None:
    both = decisions("A | NO_MEDICINE | | | Anna |\nA | NO_MEDICINE | | | Bram |")
    assert agreement(both).rows() == [("Anna", "Bram", 1, 1, 1.0, None)]


def test_one_person_agrees_with_nobody() -> None:
    assert agreement(decisions("A | NO_MEDICINE | | | Anna |")).is_empty()


@pytest.fixture(scope="module")
def known() -> Identifier:
    return identifier(LIST)


def judged(rows: str) -> pl.LazyFrame:
    """Return judged lines of the lines `label | prescriber | outcome | cents`."""
    cells = [[cell.strip() or None for cell in line.split("|")] for line in rows.strip().splitlines()]
    table = pl.DataFrame(cells, schema=["label", "prescriber_agb", "outcome", "cost_cents"], orient="row")
    return table.lazy().with_columns(
        pl.col("outcome").cast(pl.Enum(Outcome)),
        pl.col("cost_cents").cast(pl.Int64()),
        decision=pl.lit(Decision.REVIEW),
        match_reason=pl.lit(MatchReason.SPELLING_UNSURE),
    )


LINES = """
    PREDNISO TABLET 5MG  | 1 | UNIDENTIFIED | 100
    PREDNISO TABLET 5MG  | 1 | UNIDENTIFIED | 100
    PREDNISO TABLET 5MG  | 2 | UNIDENTIFIED | 100
    METOPRLOL TABLET 75MG| 2 | UNIDENTIFIED | 900
    LOSEC                | 1 | ADHERENT     | 100
    LOSEC                | 1 | NON_ADHERENT | 100
    STEUNKOUS            | 1 | EXCLUDED     | 100
"""


def test_the_queue_begins_with_what_most_hangs_on(known: Identifier) -> None:
    queue = review_queue(judged(LINES), known, standing_decisions(ALIASES.to_frame(), LIST))
    shown = queue.select("label", "lines", "prescribers", "score_points", "cost_cents", "runner_up", "state").rows()
    assert shown == [
        ("PREDNISO TABLET 5MG", 3, 2, 50.0, 300, "H02AB06 | H02AB07", "NEW"),
        ("METOPRLOL TABLET 75MG", 1, 1, 50.0, 900, "C07AB02", "NEW"),
    ]


def test_a_decided_label_leaves_the_queue_and_a_disputed_one_stays(known: Identifier) -> None:
    decided = decisions(
        """
        predniso tablet 5mg   | NEVER_ASK   | | | Anna |
        METOPRLOL TABLET 75MG | NO_MEDICINE | | | Anna |
        METOPRLOL TABLET 75MG | NEVER_ASK   | | | Bram |
        """
    )
    queue = review_queue(judged(LINES), known, standing_decisions(decided, LIST))
    assert queue.select("label", "state").rows() == [("METOPRLOL TABLET 75MG", "DISPUTED")]
