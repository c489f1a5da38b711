"""The source files of the three packages, parsed once, and what they import."""

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("formulary", "matcher", "service")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file, by its path from the root."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the file, parsed."""
        return ast.parse(self.text)

    @property
    def package(self) -> str:
        """Return which of the three packages it is in."""
        return self.path.split("/", 1)[0]

    @property
    def module(self) -> str:
        """Return its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def length(self) -> int:
        """Return its number of lines."""
        return self.text.count("\n")

    def functions(self) -> list[Function]:
        """Return every function and method."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def offered(self) -> list[Function]:
        """Return the functions and methods that others can call: none that live inside another function."""
        classes = [node for node in self.tree.body if isinstance(node, ast.ClassDef)]
        holders: list[ast.Module | ast.ClassDef] = [self.tree, *classes]
        return [node for holder in holders for node in holder.body if isinstance(node, Function)]

    def imports(self, *, while_running: bool = False) -> list[str]:
        """Return the dotted names that are imported; `while_running` leaves out what only types need."""
        skipped = {id(node) for block in self._typing_blocks() for node in ast.walk(block)} if while_running else set()
        found: list[str] = []
        for node in ast.walk(self.tree):
            if id(node) in skipped:
                continue
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += self._from(node)
        return found

    def _from(self, node: ast.ImportFrom) -> list[str]:
        if not node.level:
            return [node.module or ""]
        parts = self.path.split("/")[: -node.level]
        base = ".".join([*parts, *([node.module] if node.module else [])])
        return [base] if node.module else [f"{base}.{alias.name}" for alias in node.names]

    def _typing_blocks(self) -> list[ast.If]:
        blocks = [node for node in ast.walk(self.tree) if isinstance(node, ast.If)]
        return [block for block in blocks if isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"]

    def texts(self) -> list[str]:
        """Return every text in the code that is no docstring."""
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        holders = [node.body[0] for node in ast.walk(self.tree) if isinstance(node, documented) and node.body]
        docs = {id(first.value) for first in holders if isinstance(first, ast.Expr)}
        constants = [node for node in ast.walk(self.tree) if isinstance(node, ast.Constant) and id(node) not in docs]
        return [node.value for node in constants if isinstance(node.value, str)]


@cache
def sources() -> tuple[Source, ...]:
    """Return every source file of the three packages."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
