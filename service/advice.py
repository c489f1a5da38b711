"""What to do, in words: one sentence a switch, for the command and the API alike."""

from collections.abc import Mapping
from typing import Any

from formulary import Language, Sentences

from .report.formats import euros, share, whole
from .report.words import Words

_SENTENCES = Sentences("service")


def switch_sentence(row: Mapping[str, Any], language: Language) -> str:
    """Return what a row of `switches.csv` advises: lines, medicines, score, saving and repeats."""
    say = _SENTENCES.say
    preferred = Words(language).preferred(row["preferred"])
    counts = {name: whole(row[name], language) for name in ("lines", "repeats")}
    told = [
        say(
            _of_many("SWITCH", row["lines"]),
            language,
            lines=counts["lines"],
            product=row["product"],
            preferred=preferred,
        )
    ]
    if row["denominator"]:
        before, after = (share(row[name], row["denominator"], language) for name in ("numerator", "numerator_after"))
        told.append(say("SWITCH_SCORE", language, before=before, after=after))
    if row["yearly_saving_cents"] is not None:
        cents = row["yearly_saving_cents"]
        told.append(say("SWITCH_SAVES" if cents >= 0 else "SWITCH_COSTS", language, amount=euros(abs(cents), language)))
    if row["repeats"]:
        told.append(say(_of_many("SWITCH_REPEATS", row["repeats"]), language, n=counts["repeats"]))
    return ", ".join(told) + "."


def _of_many(code: str, n: int) -> str:
    return f"{code}_ONE" if n == 1 else code
