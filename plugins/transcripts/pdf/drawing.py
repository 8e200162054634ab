"""The paper: from the bytes of a signed file to a PDF that carries them, the same bytes whenever it is drawn again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from core.sdk import qr
from core.sdk.documents import pdf

from ..record.reader import Document
from . import signed
from .view import view

XML, ABOUT = "hocba.xml", "ban-the-hien.json"
"""Names of the attachments."""
FORM = "hoc-ba-1"
"""The template of new copies. It never changes once copies were sealed: another one takes its place."""
FORMS = (FORM,)
DARK, MASK = "#1b2420", 2
"""Of the QR code."""


@dataclass(frozen=True, slots=True)
class About:
    """What drawing again needs besides the signed file; attached too, so that nobody has to ask us."""

    form: str
    engine: str
    """Versions of what draws: other versions may place a letter elsewhere."""
    link: str
    """Address of the page where the copy can be checked."""


@cache
def engine() -> str:
    """What draws in this program."""
    return f"typst {version('typst')}, be-vietnam-pro {version('fontpkg-be-vietnam-pro')}"


def draw(document: Document, link: str) -> bytes:
    """The paper of a file, not yet sealed: PDF/A-3a and PDF/UA-1, with the file inside.

    Args:
        document: the file as it was read.
        link: address with the token of this record (at least 128 bits), drawn as a QR code too.
    """
    return drawn(document, About(FORM, engine(), link))


def drawn(document: Document, about: About) -> bytes:
    """The paper as some copy says that it was drawn."""
    table = signed.rows(document.record, document.signatures)
    content: Mapping[str, object] = {
        "view": view(document.record, table, about.link),
        "qr": qr.document(about.link, dark=DARK, mask=MASK),
        "xml": document.data.decode(),
        "about": json.dumps(asdict(about), ensure_ascii=False, sort_keys=True),
    }
    return pdf(Path(__file__).with_name(f"{about.form}.typ"), content, signed.made_at(document.record, table))
