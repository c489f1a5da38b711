"""Chapter 6: according to the formulary? By substance, and by form and indication where both sides name one."""

from tests.worlds import Desk, Rules, Version


def by(entries: str) -> Rules:
    """Return rules with one version that has these entries."""
    return Rules((Version("2026", "2026-01-01", entries=entries),))


FORMS = by(
    """
    medicine  | form            | rank
    omeprazol | capsule_enteric | 1
    """
)
INDICATIONS = by(
    """
    indication | icpc    | medicine    | rank
    Reflux     | D84 D87 | omeprazol   | 1
    Ulcus      | D85-D86 | pantoprazol | 1
    """
)


def test_what_the_formulary_lists_is_adherent_and_its_place_is_told(desk: Desk) -> None:
    desk.holds(
        """
        medicine      || outcome  | reason       | choice_rank
        pantoprazol   || ADHERENT | FIRST_CHOICE | 1
        omeprazol     || ADHERENT | LATER_CHOICE | 2
        atorvastatine || ADHERENT | LISTED       |
        """
    )


def test_the_first_choice_of_a_later_step_is_a_later_choice(desk: Desk) -> None:
    rules = by("medicine | step | rank\nomeprazol | 2 | 1")
    desk.holds("medicine || reason\nomeprazol || LATER_CHOICE", rules)


def test_what_it_does_not_list_deviates_where_it_has_another_choice_in_the_group(desk: Desk) -> None:
    desk.holds(
        """
        medicine      || outcome      | reason     | preferred
        lansoprazol   || NON_ADHERENT | NOT_LISTED | pantoprazol
        rosuvastatine || NON_ADHERENT | NOT_LISTED | simvastatine
        """
    )


def test_about_a_group_that_it_does_not_mention_it_says_nothing(desk: Desk) -> None:
    desk.holds("medicine || outcome | reason | attributed_to\nparacetamol || EXCLUDED | NOT_COVERED |")


def test_what_it_advises_against_deviates(desk: Desk) -> None:
    desk.holds("medicine || outcome | reason | preferred\nesomeprazol || NON_ADHERENT | NOT_RECOMMENDED | pantoprazol")


def test_the_right_substance_in_another_form_deviates(desk: Desk) -> None:
    desk.holds(
        """
        medicine          || outcome      | reason       | agreement | preferred
        omeprazol capsule || ADHERENT     | FIRST_CHOICE | FORM      |
        omeprazol tablet  || NON_ADHERENT | OTHER_FORM   |           | omeprazol (capsule_enteric)
        """,
        FORMS,
    )


def test_where_the_form_is_not_known_the_substance_decides(desk: Desk) -> None:
    desk.holds("medicine || outcome | agreement\nomeprazol || ADHERENT | SUBSTANCE", FORMS)


def test_the_right_substance_for_another_indication_deviates(desk: Desk) -> None:
    desk.holds(
        """
        medicine  | icpc   || outcome      | reason           | agreement  | preferred
        omeprazol | D84    || ADHERENT     | FIRST_CHOICE     | INDICATION |
        omeprazol | D87.02 || ADHERENT     | FIRST_CHOICE     | INDICATION |
        omeprazol | D86    || NON_ADHERENT | OTHER_INDICATION |            | pantoprazol
        """,
        INDICATIONS,
    )


def test_an_indication_that_is_not_known_or_not_spoken_of_is_left_open(desk: Desk) -> None:
    desk.holds(
        """
        medicine  | icpc || outcome  | agreement
        omeprazol |      || ADHERENT | SUBSTANCE
        omeprazol | R97  || ADHERENT | SUBSTANCE
        """,
        INDICATIONS,
    )


def test_form_and_indication_may_both_agree(desk: Desk) -> None:
    rules = by("icpc | medicine | form\nD84 | omeprazol | capsule_enteric")
    desk.holds("medicine | icpc || agreement\nomeprazol capsule | D84 || FORM_AND_INDICATION", rules)


def test_the_most_specific_entry_wins(desk: Desk) -> None:
    rules = by(
        """
        entry_id | indication | icpc | medicine  | form            | rank
        ANY      | Alles      |      | omeprazol |                 | 1
        FORM     | Alles      |      | omeprazol | capsule_enteric | 2
        CODE     | Reflux     | D84  | omeprazol |                 | 3
        """
    )
    desk.holds(
        """
        medicine          | icpc || entry_id
        omeprazol         |      || ANY
        omeprazol capsule |      || FORM
        omeprazol         | D84  || CODE
        omeprazol capsule | D84  || CODE
        """,
        rules,
    )


def test_of_equally_specific_entries_the_one_higher_in_the_order_wins(desk: Desk) -> None:
    rules = by("entry_id | indication | medicine | rank\nLOW | A | omeprazol | 2\nHIGH | B | omeprazol | 1")
    desk.holds("medicine || entry_id | reason\nomeprazol || HIGH | FIRST_CHOICE", rules)
