"""Naming the product of a line: by its codes, by its label, or by both where they agree; never by a guess."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from .frames import Decision, MatchMethod
from .identification import ANSWER, BETWEEN, Identification, agreed, nothing
from .label import LENGTH_MAX, NO_FORM, Form, clean_text, has_potency, parse_tokens, tokens_of, tokens_of_all
from .ladder import CODE_COLUMNS, CodeFinding, CodeLadder
from .names import Names
from .products import Product, Products
from .reasons import MatchReason
from .resolve import Resolver, Verdict
from .scores import score_of
from .substances import Substances, SubstanceSet

_CANDIDATES_MAX = 8
_KEYS = (*CODE_COLUMNS, "label")


class Identifier:
    """The catalogue, indexed and warm: names one product or a whole frame of lines."""

    def __init__(self, catalogue: pl.DataFrame) -> None:
        """Index the catalogue; `product_name` and `atc` are required, the interface's other columns may be absent."""
        self._substances = Substances.of_vocabulary()
        self._products = Products(catalogue, self._substances)
        self._names = Names(self._substances, self._products)
        self._resolver = Resolver(self._substances, self._products)
        self._ladder = CodeLadder(catalogue)
        self._by_label: dict[str, Identification] = {}
        self._by_code: dict[CodeFinding, Identification] = {}
        self._told_before: dict[tuple[int, int, str], Identification] = {}

    def __call__(self, label: str | None = None, **codes: str | int | None) -> Identification:
        """Name the product of one line; codes are `zi`, `hpk`, `prk`, `gpk` and `atc`, as text or number."""
        by_label = self._of_label(label) if label else None
        if not codes:
            return by_label or nothing(MatchReason.NO_LABEL)
        return self._combined(self._ladder.find(codes), by_label)

    def identify_frame(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Name the product of every line: the same rows in the same order with the answer's columns added."""
        keys = [name for name in _KEYS if name in lines.columns]
        asked = lines.select(pl.col(keys).cast(pl.String))
        distinct = asked.unique(maintain_order=True)
        with _collector_at_rest():
            answered = distinct.hstack(pl.DataFrame(self._answers(distinct), schema=ANSWER, orient="row"))
        told = asked.join(answered, on=keys, how="left", nulls_equal=True, maintain_order="left", validate="m:1")
        return lines.with_columns(told.select(ANSWER.names()))

    def _answers(self, distinct: pl.DataFrame) -> list[Identification]:
        keys = distinct.columns
        if "label" in keys:
            self._learn_labels(distinct["label"].drop_nulls().unique())
        if keys == ["label"]:
            return [self(label) for label in distinct["label"].to_list()]
        return [self._answer(dict(zip(keys, row, strict=True))) for row in distinct.iter_rows()]

    def _answer(self, row: dict[str, str | None]) -> Identification:
        label = row.pop("label", None)
        return self(label, **{name: value for name, value in row.items() if value})

    def _learn_labels(self, labels: pl.Series) -> None:
        known = self._by_label.keys() | self._products.as_written.keys()
        new = [label for label in labels.to_list() if len(label) <= LENGTH_MAX and label not in known]
        for label, tokens in zip(new, tokens_of_all(pl.Series(new, dtype=pl.String)), strict=True):
            self._by_label[label] = self._identified(tokens)

    def _of_label(self, label: str) -> Identification:
        known = self._by_label.get(label)
        if known is not None:
            return known
        written = self._products.as_written.get(label)
        if written is not None:
            return self._by_name(written)
        if len(label) > LENGTH_MAX and len(clean_text(label)) > LENGTH_MAX:
            return nothing(MatchReason.LABEL_TOO_LONG)
        return self._identified(tokens_of(label))

    def _identified(self, tokens: list[str]) -> Identification:
        if not tokens:
            return nothing(MatchReason.NO_NAME_IN_LABEL)
        parsed = parse_tokens(tokens)
        if has_potency(parsed):
            return nothing(MatchReason.HOMEOPATHIC)
        gist = self._names.gist_of(parsed.words, parsed.joined)
        if gist.excluded:
            return nothing(MatchReason(gist.excluded))
        strength = next((found.text for found in parsed.strengths if found.key), "")
        same = self._products.by_name.get(" ".join(tokens))
        if same is not None:
            return self._by_name(same)
        verdict = self._resolver.resolve(parsed, self._names.read(gist))
        product = verdict.choice.of(gist.firms) if verdict.choice else None
        # A verdict lives as long as its resolver, so it is known by where it is.
        told = id(verdict), id(product), strength
        known = self._told_before.get(told)
        if known is None:
            known = self._told_before[told] = self._told(verdict, product, verdict.form, strength)
        return known

    def _by_name(self, rows: list[Product]) -> Identification:
        codes = {row.medicine.atc for row in rows}
        if len(codes) > 1:
            found = sorted(code for code in codes if code)
            return nothing(MatchReason.SEVERAL_CODES)._replace(
                decision=Decision.REVIEW, runner_up=BETWEEN.join(found) or None
            )
        row, medicine = rows[0], rows[0].medicine
        if not medicine.atc:
            return nothing(MatchReason.NO_ATC)
        known = (MatchMethod.EXACT_NAME, MatchReason.NAME_KNOWN, medicine.atc, None, medicine.substances)
        verdict = Verdict(Decision.MATCHED, *known)
        return self._told(verdict, row, NO_FORM, "")

    def _told(self, verdict: Verdict, product: Product | None, form: Form, strength: str) -> Identification:
        if verdict.atc is None:
            return nothing(verdict.reason)._replace(
                decision=verdict.decision, runner_up=BETWEEN.join(verdict.codes[:_CANDIDATES_MAX]) or None
            )
        if product is not None:
            form = form if form.form_class else product.medicine.form
            strength = strength or product.medicine.strength
        return Identification(
            verdict.decision,
            verdict.method,
            score_of(verdict.method, verdict.reason),
            verdict.atc,
            product.name if product else None,
            self._shown(verdict.substances),
            form.form_class,
            form.device,
            strength or None,
            None,
            None,
            verdict.reason,
        )

    def _shown(self, substances: SubstanceSet) -> str | None:
        return "|".join(sorted(self._substances.shown.get(name, name) for name in substances)) or None

    def _combined(self, found: CodeFinding, by_label: Identification | None) -> Identification:
        if found.method == MatchMethod.NONE:
            return self._by_doubt(found.reason, by_label)
        answer = self._by_code.get(found)
        if answer is None:
            answer = self._by_code[found] = self._of_code(found)
        return agreed(answer, by_label, self._substances) if answer.matched_atc else answer

    def _of_code(self, found: CodeFinding) -> Identification:
        if not found.atc:
            return nothing(MatchReason.NO_ATC)
        row = None if found.row is None else self._products.rows[found.row]
        own = row.medicine.substances if row else self._substances.set_of_code.get(found.atc, frozenset())
        verdict = Verdict(Decision.MATCHED, found.method, found.reason, found.atc, None, own)
        answer = self._told(verdict, row, NO_FORM, "")
        return answer if found.is_one_product else answer._replace(matched_product=None)

    @staticmethod
    def _by_doubt(doubt: MatchReason, by_label: Identification | None) -> Identification:
        if by_label is not None:
            return by_label
        if doubt == MatchReason.CODE_AMBIGUOUS:
            return nothing(doubt)._replace(decision=Decision.REVIEW)
        return nothing(doubt)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python's cycle collector from walking over every label known, time and again; we make no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def identifier(catalogue: pl.DataFrame) -> Identifier:
    """Return the warm, in-memory form of identification for one catalogue (columns of the interface, section 3)."""
    with _collector_at_rest():
        return Identifier(catalogue)


__all__ = ["ANSWER", "Identification", "Identifier", "identifier"]
