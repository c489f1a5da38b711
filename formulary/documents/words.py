"""The words that published rules are written in, each spelled once."""

from enum import StrEnum


class VersionStatus(StrEnum):
    """How far a formulary version has come; only ADOPTED versions judge lines."""

    DRAFT = "DRAFT"
    ADOPTED = "ADOPTED"
    WITHDRAWN = "WITHDRAWN"


class Advice(StrEnum):
    """What an entry says of its medicine."""

    RECOMMENDED = "RECOMMENDED"
    NOT_RECOMMENDED = "NOT_RECOMMENDED"


class FirstIssueFlag(StrEnum):
    """Whether a source's own first-issue flag is believed; TRACED always looks at the history."""

    TRUSTED = "TRUSTED"
    TRACED = "TRACED"


class Excuse(StrEnum):
    """What may take a deviation out of the rate: not the prescriber's choice, or chosen for a documented reason."""

    MEDICAL_NEED = "MEDICAL_NEED"
    LOGISTIC = "LOGISTIC"
    INSURER = "INSURER"
    SHORTAGE = "SHORTAGE"
    PHARMACY = "PHARMACY"
    SPECIALIST = "SPECIALIST"


class Setting(StrEnum):
    """Who may begin this medicine; repeats are anyone's."""

    GP = "GP"
    SPECIALIST_START = "SPECIALIST_START"
    BOTH = "BOTH"


class Sex(StrEnum):
    """For whom, where a rule holds for one sex only."""

    M = "M"
    F = "F"


class Pregnancy(StrEnum):
    """Whether a recommendation is for pregnancy only, or never for it; dispensing lines do not tell."""

    ONLY = "ONLY"
    NOT = "NOT"


class PopulationLines(StrEnum):
    """Which of a patient's lines an indicator looks at: all, those that start a treatment, or the period's last."""

    ALL = "ALL"
    STARTS = "STARTS"
    LAST = "LAST"


class StartLevel(StrEnum):
    """Of what a line may be the first: of a substance (ATC-7), of a product as prescribed (PRK), of an ATC-4 group."""

    SUBSTANCE = "SUBSTANCE"
    PRK = "PRK"
    GROUP = "GROUP"


class Unit(StrEnum):
    """What an indicator adds up: lines, prescriptions (lines of one product, prescriber, patient and day count once),
    patients (each by the last judged line), the cents, or the daily doses.
    """

    LINES = "LINES"
    PRESCRIPTIONS = "PRESCRIPTIONS"
    PATIENTS = "PATIENTS"
    DDD = "DDD"
    COST = "COST"


class DoseUnit(StrEnum):
    """In what a defined daily dose is written."""

    G = "g"
    MG = "mg"
    MICROG = "microg"
    IE = "IE"


class Level(StrEnum):
    """At which level lines are added up, from the smallest to the whole region."""

    PRESCRIBER = "prescriber"
    PRACTICE = "practice"
    GROUP = "group"
    SUBREGION = "subregion"
    PHARMACY = "pharmacy"
    REGION = "region"


class Direction(StrEnum):
    """Whether a higher rate is better; NONE shows a rate without judging it."""

    HIGHER = "HIGHER"
    LOWER = "LOWER"
    NONE = "NONE"


class Measure(StrEnum):
    """What a part of a scheme looks at: a rate, a place among peers or in the nation, what changed, or presence."""

    RATE = "RATE"
    PERCENTILE = "PERCENTILE"
    DECILE = "DECILE"
    IMPROVEMENT = "IMPROVEMENT"
    SAVINGS = "SAVINGS"
    ATTENDANCE = "ATTENDANCE"
    NOTHING = "NOTHING"


class Certainty(StrEnum):
    """What chance does to a reward: nothing, pay on the lower bound of the score, or on the probability."""

    POINT = "POINT"
    LOWER = "LOWER"
    PROBABILITY = "PROBABILITY"


class PaidPer(StrEnum):
    """Whether an amount is for a payee, or for each enrolled patient in each quarter."""

    PAYEE = "PAYEE"
    PATIENT = "PATIENT"


class TakingPart(StrEnum):
    """Who takes part: all, those listed on the period's last day, or those listed for as many days as they are."""

    ALL = "ALL"
    LISTED = "LISTED"
    BY_DAY = "BY_DAY"


class ErratumKind(StrEnum):
    """What an erratum did to an entry."""

    ADDED = "ADDED"
    CHANGED = "CHANGED"
    REMOVED = "REMOVED"


class SuccessionKind(StrEnum):
    """Which kind of code was replaced."""

    ATC = "ATC"
    PRK = "PRK"


class Agreement(StrEnum):
    """On what a line agrees with its entry: the substance alone, or also the form, the indication, or both."""

    SUBSTANCE = "SUBSTANCE"
    FORM = "FORM"
    INDICATION = "INDICATION"
    FORM_AND_INDICATION = "FORM_AND_INDICATION"


class FormClass(StrEnum):
    """Dosage forms, as coarse as prescribing choices are."""

    TABLET = "tablet"
    TABLET_MODIFIED = "tablet_modified"
    TABLET_ENTERIC = "tablet_enteric"
    TABLET_DISPERSIBLE = "tablet_dispersible"
    TABLET_OROMUCOSAL = "tablet_oromucosal"
    CAPSULE = "capsule"
    CAPSULE_MODIFIED = "capsule_modified"
    CAPSULE_ENTERIC = "capsule_enteric"
    ORAL_LIQUID = "oral_liquid"
    ORAL_POWDER = "oral_powder"
    INJ_INF = "inj_inf"
    INHALATION = "inhalation"
    EYE = "eye"
    EAR = "ear"
    NASAL = "nasal"
    CUTANEOUS = "cutaneous"
    RECTAL = "rectal"
    VAGINAL = "vaginal"
    PATCH = "patch"
    IMPLANT = "implant"
    OTHER = "other"
