"""What the files of a package say before any of them is run: imports, ways to the network, texts, types."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

OURS = frozenset({"core", "plugins", "integrations"})
NETWORK = frozenset(
    {
        "socket", "ssl", "select", "selectors", "asyncio", "http.client", "urllib.request", "urllib3", "requests",
        "httpx", "aiohttp", "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc.client", "websocket",
        "websockets", "paramiko", "pycurl", "grpc", "socketserver", "http.server",
    }
)  # fmt: skip
"""Modules that reach the network past the one HTTP client."""
OUTSIDE = frozenset({"subprocess", "multiprocessing", "ctypes", "pty", "os.system", "os.popen", "os.exec", "os.spawn"})
"""Ways out of the process, where nobody can see what is called."""


@dataclass(frozen=True)
class SourceFile:
    """One Python file of a package."""

    path: Path
    place: str
    """As people are told: relative to the package."""

    @cached_property
    def tree(self) -> ast.Module:
        """Raises SyntaxError for a file that is not Python."""
        return ast.parse(self.path.read_text("utf-8"), filename=self.place)

    def imports(self) -> Iterator[str]:
        """Full names of everything imported, also by calls with the name as text; `?` for a name that is computed."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__", "exec", "eval"):
                first = node.args[0] if node.args else None
                yield first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "?"

    def calls(self) -> Iterator[str]:
        """Dotted names of what is called, as far as they can be read."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func)

    def hosts(self) -> Iterator[str]:
        """Hosts of addresses that stand in the code; words for people (docstrings) do not count."""
        words = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.tree):
            value = node.value if isinstance(node, ast.Constant) and id(node) not in words else None
            if isinstance(value, str) and value.startswith("https://") and " " not in value:
                host = urlsplit(value).hostname
                if host and not {"%", "{"} & set(host):
                    yield host

    def untyped(self) -> Iterator[str]:
        """Functions with an argument or an answer that has no type."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                bare = [a.arg for a in given if a.annotation is None and a.arg not in ("self", "cls")]
                if bare or node.returns is None:
                    yield f"{self.place}:{node.lineno} {node.name}"

    def queries_in_loops(self) -> Iterator[str]:
        """Places where a query is sent once for each turn of a loop over rows."""
        for loop in ast.walk(self.tree):
            if isinstance(loop, ast.For | ast.While):
                body: list[ast.AST] = list(loop.body)
            elif isinstance(loop, ast.ListComp | ast.SetComp | ast.GeneratorExp):
                body = [loop.elt, *(test for part in loop.generators for test in part.ifs)]
            elif isinstance(loop, ast.DictComp):
                body = [loop.key, loop.value, *(test for part in loop.generators for test in part.ifs)]
            else:
                continue
            for node in (inner for part in body for inner in ast.walk(part)):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                    ("session.execute", "session.scalar", "session.scalars", "session.get", "session.query")
                ):
                    yield f"{self.place}:{node.lineno}"


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def files_of(package: Path) -> tuple[SourceFile, ...]:
    """The Python files of the program itself: a simulator is a program of its own."""
    found = sorted(package.rglob("*.py"))
    inside = [path for path in found if "simulator" not in path.relative_to(package).parts[:-1]]
    return tuple(SourceFile(path, str(path.relative_to(package))) for path in inside)


def foreign_imports(files: tuple[SourceFile, ...], module: str, requires: tuple[str, ...]) -> Iterator[str]:
    """Imports of the program past `core.sdk` and the public side of required plugins."""
    allowed = ("core.sdk", module, *(f"plugins.{name}.public" for name in requires))
    allowed += tuple(f"truong_{name}.public" for name in requires)
    for file in files:
        for name in file.imports():
            ours = name.partition(".")[0] in OURS or name.startswith("truong_")
            if ours and not any(name == one or name.startswith(f"{one}.") for one in allowed):
                yield f"{file.place} imports {name}"


def ways_out(files: tuple[SourceFile, ...]) -> Iterator[str]:
    """Ways to the network past the one HTTP client, and names of modules that are computed."""
    for file in files:
        for name in file.imports():
            if name == "?":
                yield f"{file.place} imports a module whose name is computed"
            elif any(name == one or name.startswith(f"{one}.") for one in NETWORK | OUTSIDE):
                yield f"{file.place} imports {name}"
        for call in file.calls():
            if any(call == one or call.startswith(one) for one in OUTSIDE if one.startswith("os.")):
                yield f"{file.place} calls {call}"
