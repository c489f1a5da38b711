"""From the names, strength and form of a label to one ATC code and, where it can be told, one product."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .compare import Asked, Choice, asked_of, by_route, count_fits, has_form, in_strength, is_used_by
from .enumerations import Decision, MatchMethod
from .label import COMBINATION_WORDS, MODIFIED, NO_FORM, Form, FormWord, ParsedLabel, route_of
from .names import Reading
from .products import Medicine, Products
from .reasons import MatchReason
from .substances import Substances, SubstanceSet


class Verdict(NamedTuple):
    """What a label is: decision, how it was found and why; `choice` where products of the catalogue fit exactly."""

    decision: Decision
    method: MatchMethod
    reason: MatchReason
    atc: str | None = None
    choice: Choice | None = None
    substances: SubstanceSet = frozenset()
    codes: tuple[str, ...] = ()
    form: Form = NO_FORM
    closeness: float = 1.0  # of the name by which `codes` were found
    proposed: Choice | None = None  # what fits exactly if the first of `codes` is meant; it never counts by itself


class Resolver:
    """Decides what a label is, by one catalogue and the vocabulary; equal questions are answered once."""

    def __init__(self, substances: Substances, products: Products) -> None:
        """Keep where products and codes are found."""
        self._substances = substances
        self._products = products
        self._asked: dict[tuple[object, ...], Asked] = {}
        self._kept: dict[Asked, Asked] = {}
        self._answered: dict[tuple[int, int], tuple[Reading, Asked, Verdict]] = {}
        self._bare: dict[int, tuple[Reading, Reading]] = {}
        self._kept_bare: dict[Reading, Reading] = {}
        self._by_names: dict[tuple[int, int], Verdict] = {}
        self._choices: dict[tuple[bool, bool, frozenset[str], tuple[int, ...]], Choice] = {}

    def asked_by(self, label: ParsedLabel, added: tuple[FormWord, ...]) -> Asked:
        """Return what a label asks for, with the form words that reading its names added."""
        what = label.form_words + added, label.strengths, label.numbers
        asked = self._asked.get(what)
        if asked is None:
            fresh = asked_of(*what)
            asked = self._asked[what] = self._kept.setdefault(fresh, fresh)
        return asked

    def resolve(self, reading: Reading, asked: Asked) -> Verdict:
        """Return the verdict on a label whose names were read and that asks for this."""
        # Told by where they are, which is quick, and compared, as another may have taken the place of one forgotten.
        question = id(reading), id(asked)
        before = self._answered.get(question)
        if before is None or before[0] is not reading or before[1] is not asked:
            before = self._answered[question] = reading, asked, self._resolve(reading, asked)
        return before[2]

    def forget(self) -> None:
        """Let go of all that was asked; readings must be forgotten at the same time."""
        for kept in (self._asked, self._kept, self._answered, self._bare, self._kept_bare, self._by_names):
            kept.clear()
        self._choices.clear()

    def _resolve(self, reading: Reading, asked: Asked) -> Verdict:
        verdict = self._by_name(reading, asked)
        if not reading.rivals:
            is_as_near = not verdict.codes or verdict.closeness == reading.closeness
            return verdict if is_as_near else verdict._replace(closeness=reading.closeness)
        rivals = [self._by_name(rival, asked) for rival in reading.rivals]
        if reading.open_rivals and (told := self._told_apart(reading, rivals)) is not None:
            return told
        fitting = [rival for rival in rivals if rival.choice]
        # Another medicine, a letter further away, that fits the strength and form as well leaves it unsure.
        if verdict.choice is not None and any(rival.atc != verdict.atc for rival in fitting):
            codes = [each.atc or "" for each in (verdict, *fitting)]
            verdict = _unsure_between(codes, asked)._replace(proposed=verdict.choice)
        elif verdict.reason == MatchReason.SPELLING_UNSURE and verdict.codes and fitting:
            # What fits is likelier than the nearer name of which this strength or form is not known.
            codes = [*(rival.atc or "" for rival in fitting), *verdict.codes]
            verdict = _unsure_between(codes, asked)._replace(proposed=fitting[0].choice)
        if verdict.codes:
            return verdict._replace(closeness=reading.closeness)
        ordered = rivals if verdict.atc else [*fitting, *rivals]
        others = {code: None for rival in ordered for code in (rival.codes or (rival.atc,)) if code != verdict.atc}
        codes = [code for code in others if code]
        proposed = fitting[0].choice if fitting and not verdict.atc else None
        return verdict._replace(codes=tuple(codes), closeness=reading.rivals_closeness, proposed=proposed)

    def _told_apart(self, reading: Reading, verdicts: Sequence[Verdict]) -> Verdict | None:
        """Return the one of the nearest names that a closed list has in this strength and form, if no other is.

        A name that the list does not know at all may come in any strength: then nothing is told apart.
        """
        fitting = [verdict for verdict in verdicts if verdict.choice is not None]
        if not self._products.is_closed or len(fitting) != 1 or fitting[0] not in verdicts[: reading.open_rivals]:
            return None
        rest = [rival for rival, verdict in zip(reading.rivals, verdicts, strict=True) if verdict is not fitting[0]]
        named = [rival for rival in rest if rival.substances or rival.brand]
        if not all(rival.brand or rival.substances in self._products.by_substances for rival in named):
            return None
        return fitting[0]._replace(method=MatchMethod.SIMILAR_NAME, reason=MatchReason.SPELLING_CORRECTED)

    def _by_name(self, reading: Reading, asked: Asked) -> Verdict:
        """Return the verdict by the names alone; however they were found, equal names are judged once."""
        known = self._bare.get(id(reading))
        if known is None or known[0] is not reading:
            bare = reading.bare
            known = self._bare[id(reading)] = reading, self._kept_bare.setdefault(bare, bare)
        question = id(known[1]), id(asked)
        verdict = self._by_names.get(question)
        if verdict is None:
            verdict = self._by_names[question] = self._with_release(known[1], asked)
        return verdict

    def _with_release(self, reading: Reading, asked: Asked) -> Verdict:
        """Return the verdict on names; "CR" beside a medicine that has no cream is controlled release."""
        verdict = self._resolve_names(reading, asked)
        if verdict.reason == MatchReason.FORM_UNEXPECTED and asked.form.shape == "cr":
            released = self._resolve_names(reading, asked._replace(form=MODIFIED, route=route_of(MODIFIED)))
            return released if released.decision == Decision.MATCHED else verdict
        return verdict

    def _resolve_names(self, reading: Reading, asked: Asked) -> Verdict:
        if reading.has_unknown_part:
            return _review(MatchReason.UNKNOWN_COMPONENT, asked)
        if reading.brand:
            return self._resolve_brand(reading, asked)
        if reading.substances:
            return self._resolve_substances(reading, asked)
        if reading.is_unsure:
            return _review(MatchReason.SPELLING_UNSURE, asked)
        reason = MatchReason.NAME_UNKNOWN if reading.unknown else MatchReason.NO_NAME_IN_LABEL
        return _unmatched(reason, asked)

    def _resolve_brand(self, reading: Reading, asked: Asked) -> Verdict:
        index = self._products.by_first if reading.is_family else self._products.by_head
        rows: Sequence[Medicine] = index[reading.brand]
        if reading.substances:
            rows = [row for row in rows if self._holds(row, reading.substances)]
            if not rows:
                return self._resolve_widened(reading, asked, index[reading.brand])
        fitting = [row for row in rows if count_fits(row, asked)]
        if reading.is_family and (len({row.atc for row in rows}) > 1 or not fitting or _adds_substance(fitting)):
            return _review(MatchReason.BRAND_EXTENDED, asked, rows)
        # "Cozaar p" may be Cozaar or the Cozaar Plus it was cut from.
        if reading.is_cut_short:
            return _review(MatchReason.BRAND_EXTENDED, asked, rows)
        rows = fitting or rows
        if reading.combination_word and all(len(row.substances) == 1 for row in rows):
            return _review(MatchReason.BRAND_EXTENDED, asked, rows)
        return self._decide(rows, set(), asked, reading)

    def _resolve_widened(self, reading: Reading, asked: Asked, rows: Sequence[Medicine]) -> Verdict:
        """Return the verdict on a brand with another substance behind it, as in "Olmetec HCTZ 20/12,5mg".

        That is the combination of both, where a strength is given for each; else it is anybody's guess.
        """
        own = {row.substances for row in rows}
        together = next(iter(own)) | reading.substances
        if len(own) > 1 or reading.is_family or reading.unknown or asked.components != len(together):
            return _review(MatchReason.UNKNOWN_COMPONENT, asked, rows)
        named = reading._replace(brand="", literal="", substances=together)
        verdict = self._resolve_substances(named, asked)
        return verdict if verdict.atc else _review(MatchReason.UNKNOWN_COMPONENT, asked, rows, verdict.codes)

    def _holds(self, row: Medicine, named: SubstanceSet) -> bool:
        """Tell whether a product holds what the label names beside its brand; "insulin" is any insulin."""
        if row.atc in self._substances.codes.get(named, ()):
            return True
        return all(any(own == name or own.startswith(f"{name} ") for own in row.substances) for name in named)

    def _resolve_substances(self, reading: Reading, asked: Asked) -> Verdict:
        named = reading.substances
        rows: Sequence[Medicine] = self._products.by_substances.get(named, ())
        codes = set(self._substances.codes.get(named, ()))
        if not rows and reading.literal:
            rows = self._products.by_head.get(reading.literal, ())
        if not rows and not codes:
            return _review(MatchReason.UNKNOWN_COMPONENT if len(named) > 1 else MatchReason.NAME_UNKNOWN, asked)
        if asked.components > len(named) and not in_strength(rows, asked):
            return _review(MatchReason.COMPONENTS_DIFFER, asked, rows, codes)
        # "Plus" or "comp" behind one substance announces a second that was not read.
        if reading.combination_word and len(named) == 1:
            return _review(MatchReason.COMPONENTS_DIFFER, asked, rows, codes)
        return self._decide(rows, codes, asked, reading)

    def _decide(self, rows: Sequence[Medicine], known: set[str], asked: Asked, reading: Reading) -> Verdict:
        here = by_route(rows, asked.route)
        strong = in_strength(here, asked)
        exact = [row for row in strong if has_form(row, asked)]
        codes = _one_code(exact) or _one_code(strong) or self._codes(here, known, asked, reading)
        if reading.brand and not here and self._is_split(rows, asked):
            return _review(MatchReason.SEVERAL_CODES, asked, rows)
        if not codes and reading.brand:
            # A brand in a form that the catalogue lacks keeps its one code where that code is used by this route.
            codes = {code for code in _one_code(rows) if is_used_by(code, asked.route)}
        if len(codes) != 1:
            return _review(
                MatchReason.SEVERAL_CODES if codes else MatchReason.FORM_UNEXPECTED, asked, rows, codes or known
            )
        if not strong and (doubt := _doubt_of(reading, asked)) is not None:
            return _review(doubt, asked, rows, codes)
        code = next(iter(codes))
        if not code:
            return _unmatched(MatchReason.NO_ATC, asked)
        return self._matched(code, here, [row for row in exact if row.atc == code], reading, asked)

    def _matched(
        self, code: str, rows: Sequence[Medicine], exact: Sequence[Medicine], reading: Reading, asked: Asked
    ) -> Verdict:
        is_corrected = reading.distance > 0 or reading.is_cut
        is_asked = bool(asked.strengths) or asked.form.form_class is not None
        # A corrected name is believed only where strength and form confirm it.
        if not exact and is_corrected:
            return _review(MatchReason.SPELLING_UNSURE, asked, (), [code])
        # A list of the whole assortment that lacks it says that the label is misread; a register says nothing.
        if not exact and is_asked and self._products.is_closed:
            return _review(MatchReason.STRENGTH_UNKNOWN, asked, rows, [code])
        own = reading.substances or self._set_of(code, exact or rows)
        choice = self._choice(exact, asked) if exact else None
        method = MatchMethod.SIMILAR_NAME if is_corrected else MatchMethod.PARSED_LABEL
        return Verdict(
            Decision.MATCHED, method, _grounds(reading, is_product=bool(exact)), code, choice, own, form=asked.form
        )

    def _choice(self, exact: Sequence[Medicine], asked: Asked) -> Choice:
        """Return the choice between these medicines; labels that ask for them alike share it."""
        says_form = asked.form.form_class is not None
        question = asked.form.is_film, says_form, asked.packs, tuple([id(medicine) for medicine in exact])
        choice = self._choices.get(question)
        if choice is None:
            choice = self._choices[question] = Choice(exact, asked)
        return choice

    def _is_split(self, rows: Sequence[Medicine], asked: Asked) -> bool:
        """Tell whether the substances of a brand have several codes by a route it is not known in."""
        sets = {row.substances for row in rows}
        known = {code for held in sets for code in self._substances.codes.get(held, ())}
        return len({code for code in known if is_used_by(code, asked.route)}) > 1

    def _set_of(self, code: str, rows: Iterable[Medicine]) -> SubstanceSet:
        own = next((row.substances for row in rows if row.atc == code and row.substances), None)
        return own or self._substances.set_of_code.get(code, frozenset())

    def _codes(self, rows: Sequence[Medicine], known: set[str], asked: Asked, reading: Reading) -> set[str]:
        codes = {row.atc or "" for row in rows} | {code for code in known if is_used_by(code, asked.route)}
        # A salt may have a code of its own: the code that is named after it as written comes first.
        if len(codes) > 1 and reading.literal:
            codes = codes & self._substances.codes_of_name.get(reading.literal, set()) or codes
        return codes


def _doubt_of(reading: Reading, asked: Asked) -> MatchReason | None:
    """Return what, besides a strength that the catalogue lacks, makes one code too bold an answer."""
    if reading.is_doubtful and not asked.strengths and asked.form.form_class is None:
        return MatchReason.SPELLING_UNSURE
    if reading.is_doubtful and len(asked.strengths) > 1:
        # "0,5 % in alcohol 70 %": a second strength beside an unknown word is a second substance.
        return MatchReason.COMPONENTS_DIFFER
    # Behind the brand of a pen or inhaler comes the device's name; elsewhere another medicine's.
    has_device = asked.form.has_pen or asked.route == "inhalation"
    return MatchReason.BRAND_EXTENDED if reading.is_extended and not has_device else None


def _grounds(reading: Reading, *, is_product: bool) -> MatchReason:
    if reading.distance or reading.is_cut:
        return MatchReason.SPELLING_CORRECTED
    if is_product:
        return MatchReason.PRODUCT_KNOWN
    return MatchReason.BRAND_KNOWN if reading.brand else MatchReason.SUBSTANCE_KNOWN


def _one_code(rows: Sequence[Medicine]) -> set[str]:
    codes = {row.atc or "" for row in rows}
    return codes if len(codes) == 1 else set()


def _adds_substance(rows: Iterable[Medicine]) -> bool:
    """Tell whether these brands carry a word ("plus", "comp") by which they hold more than their first word says."""
    return any(not COMBINATION_WORDS.isdisjoint(row.head.split(" ")) for row in rows)


def _unsure_between(codes: Iterable[str], asked: Asked) -> Verdict:
    """Return that a word may mean medicines of these codes, the likeliest first."""
    return _review(MatchReason.SPELLING_UNSURE, asked)._replace(codes=tuple(dict.fromkeys(codes)))


def _review(reason: MatchReason, asked: Asked, rows: Iterable[Medicine] = (), codes: Iterable[str] = ()) -> Verdict:
    candidates = dict.fromkeys([*sorted(codes), *(row.atc for row in rows if row.atc)])
    return Verdict(Decision.REVIEW, MatchMethod.NONE, reason, codes=tuple(candidates), form=asked.form)


def _unmatched(reason: MatchReason, asked: Asked) -> Verdict:
    return Verdict(Decision.UNMATCHED, MatchMethod.NONE, reason, form=asked.form)
