"""The words of the path, each spelled once.

An enumeration here is the polars Enum, the text in CSV and JSON, and the word in every report.
"""

from enum import StrEnum


class Problem(StrEnum):
    """Why a line could not be understood; such a line is INVALID and goes back to its sender."""

    TOO_FEW_FIELDS = "TOO_FEW_FIELDS"
    TOO_MANY_FIELDS = "TOO_MANY_FIELDS"
    FIELD_TOO_LONG = "FIELD_TOO_LONG"
    NUL_CHARACTER = "NUL_CHARACTER"
    QUOTE_MISPLACED = "QUOTE_MISPLACED"
    CELL_WITHOUT_VALUE = "CELL_WITHOUT_VALUE"
    NO_DATE = "NO_DATE"
    BAD_DATE = "BAD_DATE"
    BEFORE_BIRTH = "BEFORE_BIRTH"
    NO_PRESCRIBER = "NO_PRESCRIBER"
    BAD_PRESCRIBER = "BAD_PRESCRIBER"
    NO_PRODUCT = "NO_PRODUCT"
    BAD_QUANTITY = "BAD_QUANTITY"
    NEGATIVE_QUANTITY = "NEGATIVE_QUANTITY"
    BAD_COST = "BAD_COST"
    DUPLICATE_LINE_ID = "DUPLICATE_LINE_ID"
    LETTER_NOT_ALLOWED = "LETTER_NOT_ALLOWED"
    BAD_PATIENT = "BAD_PATIENT"
    BAD_CODE_LIST = "BAD_CODE_LIST"
    ZERO_QUANTITY = "ZERO_QUANTITY"
    AFTER_CLAIM_DATE = "AFTER_CLAIM_DATE"
    CREDIT_OF_NOTHING = "CREDIT_OF_NOTHING"
    BROKEN_JSON = "BROKEN_JSON"
    RESOURCE_TOO_LARGE = "RESOURCE_TOO_LARGE"
    UNKNOWN_RESOURCE = "UNKNOWN_RESOURCE"
    BAD_STATUS = "BAD_STATUS"
    QUANTITY_WITHOUT_UNIT = "QUANTITY_WITHOUT_UNIT"


class Supply(StrEnum):
    """What a line is about where it is not a medicine handed out as it is registered; such a line is never counted.

    These words are reasons too (`Reason`). A line that says nothing of it is about a medicine.
    """

    SERVICE = "SERVICE"
    AID = "AID"
    COMPOUND = "COMPOUND"
    LOCAL_ARTICLE = "LOCAL_ARTICLE"
    NOT_GIVEN = "NOT_GIVEN"
    USE_AGREED = "USE_AGREED"


class Decision(StrEnum):
    """What became of naming the product; only MATCHED ever counts in a score."""

    MATCHED = "MATCHED"
    REVIEW = "REVIEW"
    UNMATCHED = "UNMATCHED"


class MatchMethod(StrEnum):
    """How the product was named, from the most certain evidence to none."""

    ZI = "ZI"
    HPK = "HPK"
    PRK = "PRK"
    GPK = "GPK"
    ALIAS = "ALIAS"
    EXACT_NAME = "EXACT_NAME"
    PARSED_LABEL = "PARSED_LABEL"
    SIMILAR_NAME = "SIMILAR_NAME"
    ATC_ONLY = "ATC_ONLY"
    NONE = "NONE"


class Start(StrEnum):
    """Whether a line starts a treatment; UNKNOWN where the history is too short to tell."""

    FIRST = "FIRST"
    REPEAT = "REPEAT"
    UNKNOWN = "UNKNOWN"


class Netting(StrEnum):
    """Whether a line still stands after credit lines were set against what they credit.

    REPEATED came in an earlier file already; UNCLEAR_REVERSAL may credit either of two lines, and credits neither.
    """

    STANDING = "STANDING"
    REVERSED = "REVERSED"
    REVERSAL = "REVERSAL"
    ORPHAN_REVERSAL = "ORPHAN_REVERSAL"
    UNCLEAR_REVERSAL = "UNCLEAR_REVERSAL"
    REPEATED = "REPEATED"


class Alarm(StrEnum):
    """What shifted everywhere at once: everything in a month, what one pharmacy delivers, or one product."""

    MONTH = "MONTH"
    PHARMACY = "PHARMACY"
    PRODUCT = "PRODUCT"


class Measure(StrEnum):
    """Which share shifted: of lines nobody could name or understand, of conform lines, of a product in its group."""

    NOT_NAMED = "NOT_NAMED"
    RATE = "RATE"
    SHARE_OF_GROUP = "SHARE_OF_GROUP"


class Delivery(StrEnum):
    """Whether a pharmacy delivered a month's lines, going by its own other months."""

    COMPLETE = "COMPLETE"
    LOW = "LOW"
    MISSING = "MISSING"
    UNKNOWN = "UNKNOWN"


class Outcome(StrEnum):
    """What is said of a line; for every file, prescriber and period the six add up to the lines read."""

    ADHERENT = "ADHERENT"
    NON_ADHERENT = "NON_ADHERENT"
    EXCEPTED = "EXCEPTED"
    EXCLUDED = "EXCLUDED"
    UNIDENTIFIED = "UNIDENTIFIED"
    INVALID = "INVALID"


class Reason(StrEnum):
    """Why a line has its outcome."""

    FIRST_CHOICE = "FIRST_CHOICE"
    LATER_CHOICE = "LATER_CHOICE"
    LISTED = "LISTED"
    NOT_LISTED = "NOT_LISTED"
    GRACE = "GRACE"
    NOT_RECOMMENDED = "NOT_RECOMMENDED"
    OTHER_PATIENT = "OTHER_PATIENT"
    OTHER_FORM = "OTHER_FORM"
    OTHER_STRENGTH = "OTHER_STRENGTH"
    OTHER_INDICATION = "OTHER_INDICATION"
    MEDICAL_NEED = "MEDICAL_NEED"
    LOGISTIC_NEED = "LOGISTIC_NEED"
    INSURER_PREFERENCE = "INSURER_PREFERENCE"
    IN_SHORTAGE = "IN_SHORTAGE"
    CHANGED_BY_PHARMACY = "CHANGED_BY_PHARMACY"
    SPECIALIST_START = "SPECIALIST_START"
    DISPUTE_UPHELD = "DISPUTE_UPHELD"
    CHAPTER_SUSPENDED = "CHAPTER_SUSPENDED"
    NOT_COVERED = "NOT_COVERED"
    NO_VERSION_IN_FORCE = "NO_VERSION_IN_FORCE"
    SERVICE = "SERVICE"
    AID = "AID"
    COMPOUND = "COMPOUND"
    NOT_GIVEN = "NOT_GIVEN"
    USE_AGREED = "USE_AGREED"
    LOCAL_ARTICLE = "LOCAL_ARTICLE"
    REVERSED = "REVERSED"
    REVERSAL = "REVERSAL"
    ORPHAN_REVERSAL = "ORPHAN_REVERSAL"
    UNCLEAR_REVERSAL = "UNCLEAR_REVERSAL"
    REPEATED = "REPEATED"
    UNSURE_PRODUCT = "UNSURE_PRODUCT"
    UNKNOWN_PRODUCT = "UNKNOWN_PRODUCT"
    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"


class AttributedTo(StrEnum):
    """Whose deviation it was; empty where a line does not deviate."""

    PRESCRIBER = "PRESCRIBER"
    PHARMACY = "PHARMACY"
    INSURER = "INSURER"
    SHORTAGE = "SHORTAGE"
    MEDICAL_NEED = "MEDICAL_NEED"
    LOGISTIC = "LOGISTIC"
    SPECIALIST = "SPECIALIST"
    UNKNOWN = "UNKNOWN"


# What an upheld dispute may make of its line. A line that was identified wrongly is put right by a decision on its
# label, for everybody; not here, for one.
RULED_OUTCOMES = (Outcome.EXCEPTED, Outcome.EXCLUDED)


class Grounds(StrEnum):
    """Why a payee is or is not paid for a part of a scheme."""

    BAND_REACHED = "BAND_REACHED"
    BELOW_BANDS = "BELOW_BANDS"
    ON_SCALE = "ON_SCALE"
    BELOW_SCALE = "BELOW_SCALE"
    FIXED_AMOUNT = "FIXED_AMOUNT"
    SAVINGS_SHARED = "SAVINGS_SHARED"
    NO_SAVINGS = "NO_SAVINGS"
    TOO_FEW_LINES = "TOO_FEW_LINES"
    TOO_UNRELIABLE = "TOO_UNRELIABLE"
    TOO_FEW_PEERS = "TOO_FEW_PEERS"
    TOO_FEW_MEETINGS = "TOO_FEW_MEETINGS"
    NO_BASELINE = "NO_BASELINE"
    CAP_APPLIED = "CAP_APPLIED"
    FLOOR_APPLIED = "FLOOR_APPLIED"
    PROVISIONAL = "PROVISIONAL"


class RewardStep(StrEnum):
    """One step of the arithmetic of a reward; `STEP_<step>` in the sentences says it."""

    SCORE = "SCORE"
    LINES = "LINES"
    RELIABILITY = "RELIABILITY"
    MEETINGS = "MEETINGS"
    LOWER_BOUND = "LOWER_BOUND"
    PERCENTILE = "PERCENTILE"
    DECILE = "DECILE"
    BASELINE = "BASELINE"
    IMPROVEMENT = "IMPROVEMENT"
    SAVINGS = "SAVINGS"
    PROBABILITY = "PROBABILITY"
    BAND = "BAND"
    NO_BAND = "NO_BAND"
    SCALE = "SCALE"
    FIXED = "FIXED"
    SHARE = "SHARE"
    ENROLLED = "ENROLLED"
    WEIGHT = "WEIGHT"
    DAYS = "DAYS"
    POINT_VALUE = "POINT_VALUE"
    BUDGET = "BUDGET"
    CAP = "CAP"
    FLOOR = "FLOOR"
    HOLD = "HOLD"


class DoseGap(StrEnum):
    """Why the daily doses of a line cannot be worked out."""

    NO_DDD = "NO_DDD"
    NO_STRENGTH = "NO_STRENGTH"
    OTHER_UNIT = "OTHER_UNIT"
    NO_QUANTITY = "NO_QUANTITY"


class Change(StrEnum):
    """How a rate came to differ from one's own earlier months, beyond chance and beyond what the region did."""

    ROSE = "ROSE"
    FELL = "FELL"


class Distinction(StrEnum):
    """What an indicator is worth for telling its peers apart."""

    TELLS_APART = "TELLS_APART"
    CANNOT_TELL_APART = "CANNOT_TELL_APART"
    TOPPED_OUT = "TOPPED_OUT"
    FEW_PEERS = "FEW_PEERS"
    NOT_COUNTED = "NOT_COUNTED"
