"""Money is whole numbers: no float in what works out rewards, and one place where an amount is rounded."""

import ast

from tests.house.sources import Source, sources

# A probability is approximate until it is made whole; what it is held against is whole, and doubt is settled exactly.
CHANCE = "matcher/reward/chance.py"
MONEY = [
    source
    for source in sources()
    if (source.path.startswith("matcher/reward/") and source.path != CHANCE)
    or source.path in ("formulary/documents/scheme.py", "formulary/scheme_checks.py")
]  # fmt: skip


def test_there_is_money_to_look_at() -> None:
    assert len(MONEY) >= 8


def _floats(source: Source) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(source.tree):
        is_number = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_division = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        names = {getattr(node, "id", ""), getattr(node, "attr", "")}
        if is_number or is_division or names & {"float", "Float64", "Float32", "truediv", "mean"}:
            found.append((source.path, getattr(node, "lineno", 0)))
    return found


def test_no_float_touches_money() -> None:
    assert [place for source in MONEY for place in _floats(source)] == []


def test_amounts_are_rounded_in_one_place() -> None:
    rounds = {source.path for source in MONEY for node in ast.walk(source.tree)
              if isinstance(node, ast.FunctionDef) and node.name == "half_up"}  # fmt: skip
    names = {"round", "ceil", "floor"}
    elsewhere = [
        (source.path, node.lineno)
        for source in MONEY
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and {getattr(node.func, "id", ""), getattr(node.func, "attr", "")} & names
    ]
    assert (rounds, elsewhere) == ({"matcher/reward/exact.py"}, [])
