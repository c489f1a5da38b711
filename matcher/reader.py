"""What labels say without their codes: one at a time, or many at once with each distinct half read once."""

from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import polars as pl

from formulary import AliasDecision

from .aliases import KEY, STANDING
from .compare import Asked, Choice
from .enumerations import Decision, MatchMethod
from .identification import Identification, frame_of, nothing
from .label import (
    ASKING,
    FIRMS,
    LENGTH_MAX,
    NAMING,
    NO_FORM,
    WRITTEN,
    ParsedLabel,
    clean_text,
    halves_of,
    names_potency,
    parse_tokens,
    plain_asking,
    plain_naming,
    tokens_of,
    tokens_of_half,
    words_of_half,
)
from .ladder import CodeFinding
from .many import numbered_by, numbered_objects
from .names import Names, Reading
from .products import Product, Products
from .reasons import MatchReason
from .resolve import Resolver, Verdict
from .substances import Substances, SubstanceSet
from .telling import Finding, Findings, told, told_all

_MEMORY_MAX = 1 << 18  # answers kept for labels to come; a service that runs for months must not grow for ever


class _Naming(NamedTuple):
    """What the naming half of a label says; `excluded` is why it names no medicine, or empty."""

    reading: Reading
    firms: tuple[str, ...]
    excluded: str
    has_potency: bool


class _Asking(NamedTuple):
    """What the asking half of a label says; `strength` is the first one, for people."""

    parsed: ParsedLabel
    asked: Asked
    strength: str


class LabelReader:
    """Names the product of a label by one catalogue; equal parts of labels are read once."""

    def __init__(self, substances: Substances, products: Products, decided: pl.DataFrame | None = None) -> None:
        """Keep where names and products are found; `decided` is what people said of labels (`STANDINGS`)."""
        self._substances = substances
        self._products = products
        self._names = Names(substances, products)
        self._resolver = Resolver(substances, products)
        self._told_before: dict[tuple[int, int, str], tuple[Verdict, Identification]] = {}
        self._decided: dict[str, Identification] = {}
        self._named_before: dict[int, Identification] = {}  # by the catalogue's own lists, which stay where they are
        if decided is not None:
            self._learn_decisions(decided)

    def _learn_decisions(self, decided: pl.DataFrame) -> None:
        for row in decided.filter(pl.col("state") == STANDING).iter_rows(named=True):
            written = " ".join(tokens_of(row[KEY]))
            answer = self._decided[written] = self._of_decision(row)
            if (same := self._products.by_name.get(written)) is not None:
                self._named_before[id(same)] = answer

    def _of_decision(self, row: Mapping[str, Any]) -> Identification:
        """Return what one standing decision says; a person's word names a product, a code, or no medicine at all."""
        match row["decision"]:
            case AliasDecision.NO_MEDICINE:
                return nothing(MatchReason.NOT_A_MEDICINE)._replace(match_method=MatchMethod.ALIAS)
            case AliasDecision.NEVER_ASK:
                return nothing(MatchReason.NEVER_ASK)._replace(match_method=MatchMethod.ALIAS)
        same = self._products.by_name.get(" ".join(tokens_of(row["product_name"] or "")), [])
        product = next((product for product in same if product.medicine.atc == row["atc"]), None)
        own = product.medicine.substances if product else self._substances.set_of_code.get(row["atc"], frozenset())
        verdict = Verdict(Decision.MATCHED, MatchMethod.ALIAS, MatchReason.DECIDED, row["atc"], None, own)
        return self._told(verdict, product, row["strength"] or "")

    def by_code(self, found: CodeFinding, row: Product | None, substances: SubstanceSet) -> Identification:
        """Return the answer of a line whose code was found in the catalogue."""
        verdict = Verdict(Decision.MATCHED, found.method, found.reason, found.atc, None, substances)
        answer = self._told(verdict, row, "")
        return answer if found.is_one_product else answer._replace(matched_product=None)

    def of(self, label: str) -> Identification:
        """Return what one label says."""
        written = self._products.as_written
        same = written.get(label)
        if same is None and label.isascii():
            # Catalogues mostly stand in capitals, and labels do not.
            same = written.get(label.upper())
        if same is not None and (known := self._by_name(same)).reason != MatchReason.NO_ATC:
            return known
        if len(label) > LENGTH_MAX and len(clean_text(label)) > LENGTH_MAX:
            return nothing(MatchReason.LABEL_TOO_LONG)
        tokens = tokens_of(label)
        listed = self._known_as(" ".join(tokens))
        # Of a product without a code its words may say more: homeopathic, compounded.
        if listed is not None and listed.reason != MatchReason.NO_ATC:
            return listed
        self.forget_if_full()
        parsed = parse_tokens(tokens)
        naming, asking = self._naming(parsed.words, parsed.joined), self._asking(parsed)
        if listed is not None and not _exclusion(naming, asking):
            return listed
        return self._resolved(self._verdict_on(naming, asking), asking, naming.firms)

    def of_all(self, labels: pl.Series) -> pl.DataFrame:
        """Return what each label of a column (without nulls) says (`ANSWER`), in its order."""
        self.forget_if_full()
        is_long = labels.str.len_chars() > LENGTH_MAX
        short = pl.select(pl.when(~is_long).then(labels).otherwise(pl.lit(""))).to_series()
        halves = halves_of(short, self._names.told_by)
        answers = self._answers_on(halves)
        # What is decided or listed needs no reading, and what is too long may be short once cleaned: one by one.
        known = pl.Series([*self._decided, *self._products.by_name], dtype=pl.String)
        alone = (halves[WRITTEN].is_in(known.implode()) | is_long).arg_true()
        both = labels.gather(alone).to_list(), halves[WRITTEN].gather(alone).to_list()
        said = list(map(self._listed_or_read, *both))
        places = pl.int_range(len(labels), dtype=pl.UInt32, eager=True)
        places.scatter(alone, pl.int_range(len(labels), len(labels) + len(alone), dtype=pl.UInt32, eager=True))
        return pl.concat([answers, frame_of(said)])[places]

    def _listed_or_read(self, label: str, written: str) -> Identification:
        listed = self._known_as(written) if written else None
        return self.of(label) if listed is None or listed.reason == MatchReason.NO_ATC else listed

    def _answers_on(self, halves: pl.DataFrame) -> pl.DataFrame:
        """Return the answers on labels cut in halves: each combination of naming and asking is judged once."""
        namings = numbered_by(halves[NAMING], plain_naming, self._naming_of_half, _same_naming)
        askings = numbered_by(halves[ASKING], plain_asking, self._asking_of_half, _same_asking)
        firms = numbered_by(halves[FIRMS], _as_written, lambda half: tuple(tokens_of_half(half)), tuple)
        rows = pl.DataFrame([namings.numbers.alias(NAMING), askings.numbers.alias(ASKING), firms.numbers.alias(FIRMS)])
        pairs = rows.select(NAMING, ASKING).unique(maintain_order=True)
        judged = map(self._verdict_on, namings.of(pairs[NAMING]), askings.of(pairs[ASKING]))
        verdicts = numbered_objects(list(judged))
        rows = rows.join(pairs.with_columns(verdict=verdicts.numbers), on=[NAMING, ASKING], maintain_order="left")
        choices = numbered_objects([verdict.choice for verdict in verdicts.said])
        rows = rows.with_columns(choices.numbers.gather(rows["verdict"]).alias("choice"))
        chosen = rows.select("choice", FIRMS).unique()
        products = numbered_objects(list(map(_product_of, choices.of(chosen["choice"]), firms.of(chosen[FIRMS]))))
        rows = rows.join(chosen.with_columns(product=products.numbers), on=["choice", FIRMS], maintain_order="left")
        strengths = pl.Series([asking.strength or None for asking in askings.said], dtype=pl.String)
        found = Findings(rows["verdict"], rows["product"], strengths.gather(rows[ASKING]))
        return told_all(verdicts.said, products.said, found, self._substances)

    def _naming_of_half(self, half: str) -> _Naming:
        return self._naming(*words_of_half(half))

    def _asking_of_half(self, half: str) -> _Asking:
        return self._asking(parse_tokens(tokens_of_half(half)))

    def _naming(self, words: Sequence[str], joined: frozenset[int]) -> _Naming:
        gist = self._names.gist_of(words, joined)
        return _Naming(self._names.read(gist), gist.firms, gist.excluded, names_potency(words))

    def _asking(self, parsed: ParsedLabel) -> _Asking:
        strength = next((found.text for found in parsed.strengths if found.key), "")
        return _Asking(parsed, self._resolver.asked_by(parsed, ()), strength)

    def _known_as(self, written: str) -> Identification | None:
        """Return what was decided of a label, or what stands in the catalogue under its words."""
        if (decided := self._decided.get(written)) is not None:
            return decided
        same = self._products.by_name.get(written)
        return self._by_name(same) if same else None

    def _verdict_on(self, naming: _Naming, asking: _Asking) -> Verdict:
        if (reason := _exclusion(naming, asking)) is not None:
            return _excluded(reason)
        reading, asked = naming.reading, asking.asked
        if reading.form_words:
            asked = self._resolver.asked_by(asking.parsed, reading.form_words)
        return self._resolver.resolve(reading, asked)

    def _resolved(self, verdict: Verdict, asking: _Asking, firms: Sequence[str]) -> Identification:
        product = _product_of(verdict.choice, firms)
        # Known by where it is, and compared to what was there: after forgetting, a place may be taken by another.
        key = id(verdict), id(product), asking.strength if verdict.atc else ""
        before = self._told_before.get(key)
        if before is None or before[0] is not verdict:
            before = self._told_before[key] = verdict, self._told(verdict, product, asking.strength)
        return before[1]

    def _by_name(self, rows: Sequence[Product]) -> Identification:
        """Return what a name that stands in the catalogue is."""
        known = self._named_before.get(id(rows))
        if known is None:
            known = self._named_before[id(rows)] = self._named(rows)
        return known

    def _named(self, rows: Sequence[Product]) -> Identification:
        medicine = rows[0].medicine
        known = (MatchMethod.EXACT_NAME, MatchReason.NAME_KNOWN, medicine.atc, None, medicine.substances)
        if len(rows) == 1 or all(row.medicine is medicine for row in rows):
            if not medicine.atc:
                return nothing(MatchReason.NO_ATC)
            return self._told(Verdict(Decision.MATCHED, *known), rows[0], "")
        codes = {row.medicine.atc for row in rows}
        if len(codes) > 1:
            found = sorted(code for code in codes if code)
            verdict = Verdict(Decision.REVIEW, MatchMethod.NONE, MatchReason.SEVERAL_CODES, codes=tuple(found))
            return self._told(verdict, None, "")
        if not medicine.atc:
            return nothing(MatchReason.NO_ATC)
        # A short name may stand for a brand and its generics: what they share is settled, which product is not.
        forms, strengths = ({row.medicine.form for row in rows}, {row.medicine.strength for row in rows})
        form = medicine.form if len(forms) == 1 else NO_FORM
        verdict = Verdict(Decision.MATCHED, *known, form=form)
        return self._told(verdict, None, medicine.strength if len(strengths) == 1 else "")

    def _told(self, verdict: Verdict, product: Product | None, strength: str) -> Identification:
        return told(Finding(verdict, product, strength), self._substances)

    def forget_if_full(self) -> None:
        """Let go of what was read where that is much; only between labels, as answers are known by where they are."""
        if len(self._told_before) + self._names.memory > _MEMORY_MAX:
            self._told_before.clear()
            self._resolver.forget()
            self._names.forget()


def _exclusion(naming: _Naming, asking: _Asking) -> MatchReason | None:
    """Return why a label names no medicine, or nothing."""
    if naming.has_potency and not asking.strength:
        return MatchReason.HOMEOPATHIC
    return MatchReason(naming.excluded) if naming.excluded else None


@cache
def _excluded(reason: MatchReason) -> Verdict:
    return Verdict(Decision.UNMATCHED, MatchMethod.NONE, reason)


def _product_of(choice: Choice | None, firms: Sequence[str]) -> Product | None:
    return choice.of(firms) if choice else None


def _as_written(half: pl.Expr) -> pl.Expr:
    return half


def _same_naming(naming: _Naming) -> Hashable:
    # Equal readings are one and the same; comparing them letter by letter would cost more than reading them.
    return id(naming.reading), naming.excluded, naming.has_potency


def _same_asking(asking: _Asking) -> Hashable:
    return asking.parsed.form_words, asking.parsed.strengths, asking.parsed.numbers
