"""The files in the tutorial are the files of its example, all of them and to the letter."""

from __future__ import annotations

import re
from pathlib import Path

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
_FILE = re.compile(r"^`([\w./]+)`\n\n(`{3,})\w+\n(.*?)\n\2\n", re.MULTILINE | re.DOTALL)


def test_every_file_of_the_example_is_in_the_text_as_it_is() -> None:
    told = {found[1]: found[3] + "\n" for found in _FILE.finditer((TUTORIAL / "README.md").read_text("utf-8"))}
    example = TUTORIAL / "canteen"
    files = {name: (example / name).read_text("utf-8") for name in _names(example)}
    assert sorted(told) == sorted(files)
    for name, text in files.items():
        assert told[name] == text, name


def _names(example: Path) -> list[str]:
    """What belongs to the example: nothing that tools have left there."""
    found = (path.relative_to(example) for path in example.rglob("*") if path.is_file())
    left = ("build", "__pycache__")
    return [
        str(path)
        for path in found
        if path.name != "py.typed"
        and not any(part in left or part.startswith(".") or part.endswith(".egg-info") for part in path.parts)
    ]
