"""Texts that people read: in English in the code, in Vietnamese beside it, with the same parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from core.data.i18n import Catalogs, core_folder

from .source import SourceFile

_CALL = re.compile(r"""(?<![\w.])_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_PARAMETER = re.compile(r"%\((\w+)\)[sd]")
_LETTER = "[ăâđêôơưĂÂĐÊÔƠƯáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵ\u1ea0-\u1ef9]"
_VIETNAMESE = re.compile(rf"{_LETTER}\w|\w{_LETTER}")  # a letter by itself is only spoken of
_NOT_TEXT = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->|<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENTITY = re.compile(r"&\w+;")


def faults(package: Path, files: tuple[SourceFile, ...]) -> list[str]:
    """Texts that are not translated, not English, or cannot be translated at all."""
    catalogs = Catalogs(sorted(core_folder().rglob("locale")))
    own = sorted(package.rglob("locale"))
    for folder in own:
        catalogs.add(folder)
    found = [f"{place}: {text!r} has no Vietnamese" for place, text in _texts(package, files)
             if text and not catalogs.knows(text, "vi")]  # fmt: skip
    found += [f"{place}: {text!r} is not English" for place, text in _texts(package, files) if _VIETNAMESE.search(text)]
    found += list(_bare(package))
    for folder in own:
        found += list(_parameters(folder))
    return sorted(set(found))


def _texts(package: Path, files: tuple[SourceFile, ...]) -> Iterator[tuple[str, str]]:
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "Message"):
                first = node.args[0] if node.args else None
                text = first.value if isinstance(first, ast.Constant) else None
                if isinstance(text, str) and (node.func.id == "_" or " " in text):  # Message("VNPay") is a name
                    yield f"{file.place}:{node.lineno}", text
    for template in _templates(package):
        for found in _CALL.finditer(template.read_text("utf-8")):
            yield str(template.relative_to(package)), str(ast.literal_eval(found[1]))


def _bare(package: Path) -> Iterator[str]:
    """Words that stand in a template as they are."""
    for template in _templates(package):
        text = _ENTITY.sub(" ", _NOT_TEXT.sub("\n", template.read_text("utf-8")))
        for word in _WORD.findall(text):
            if not word.isupper():  # PDF, QR
                yield f"{template.relative_to(package)}: {word!r} stands there without _()"


def _parameters(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=file.stem):
                if isinstance(message.id, str) and message.string:
                    lost = set(_PARAMETER.findall(str(message.string))) - set(_PARAMETER.findall(message.id))
                    if lost:
                        yield f"{file.name}: {message.id!r} has no {', '.join(sorted(lost))}"


def _templates(package: Path) -> list[Path]:
    found = sorted((package / "templates").rglob("*.html")) if (package / "templates").is_dir() else []
    return [path for path in found if "simulator" not in path.parts]
