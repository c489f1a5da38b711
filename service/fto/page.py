"""The pack as one HTML page that opens offline and prints on A4, in the manner of `report.html`."""

from typing import Any

from formulary import Direction, Language, Rulebook, Sentences

from ..report.charts import caterpillar, stands
from ..report.funnel import funnel
from ..report.page import environment_of
from ..report.words import Words
from .content import Pack
from .positions import Positions, labelled

_SENTENCES = Sentences(__package__)
_LINES_TO_WRITE_ON = 6


def render_pack(pack: Pack, rulebook: Rulebook, language: Language, *, blinded: bool) -> str:
    """Return the whole document; the same pack gives the same bytes. Blinded it names nobody and shows no counts."""
    words = Words(language)
    environment = environment_of(words)

    def say(code: str, **values: object) -> str:
        return _SENTENCES.say(code, language, **values) if code in _SENTENCES else words.say(code, **values)

    environment.globals["say"] = say
    names = rulebook.circumstances.names or {}
    return environment.get_template("fto.html.j2").render(
        language=str(language),
        pack=pack,
        name=names.get(pack.members.group, pack.members.group),
        region=rulebook.region,
        blinded=blinded,
        indicator_name=words.name_of(pack.indicator) if pack.indicator else None,
        standings=[] if pack.positions is None else _standings(pack.positions, names, blinded=blinded),
        name_of=words.name_of,
        lower=Direction.LOWER,
        lines_to_write_on=_LINES_TO_WRITE_ON,
    )


def _standings(positions: Positions, names: dict[str, str], *, blinded: bool) -> list[dict[str, Any]]:
    if positions.region is None:
        return []
    mean, told = positions.region["rate"], []
    for each in positions.standings:
        rows = labelled(each, names, blinded=blinded)
        drawn = [{**row, "id": row["label"], "stands": stands(row, mean)} for row in rows]
        chart = caterpillar(drawn, mean) if drawn else None
        # A funnel shows how many lines each rate is of, which blinded would tell who is who.
        shape = None if blinded else funnel(drawn, mean)
        told.append({"level": each.level, "rows": drawn, "chart": chart, "funnel": shape, "left_out": each.left_out})
    return told
