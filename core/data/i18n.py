"""Translations, read straight from `.po` files: nothing compiled, nothing to go stale.

The English text is the key. Catalogues of the core and of all plugins are merged; a text that is missing stays English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from core.types.message import Translate

LOCALES = ("vi", "en")
DEFAULT_LOCALE = "vi"


class Catalogs:
    """The texts of every language but English."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        for folder in folders:
            self.add(folder)

    def add(self, folder: Path) -> None:
        """Read `<locale>.po` files of a `locale/` folder; a folder that is not there adds nothing."""
        for file in sorted(folder.glob("*.po")):
            texts = self._texts.setdefault(file.stem, {})
            with file.open("rb") as stream:
                for message in read_po(stream, locale=file.stem):
                    if isinstance(message.id, str) and message.id and message.string and not message.fuzzy:
                        texts[message.id] = str(message.string)

    def translator(self, locale: str) -> Translate:
        """A function from English to `locale`."""
        texts: Mapping[str, str] = self._texts.get(locale, {})
        return lambda msgid: texts.get(msgid, msgid)

    def knows(self, msgid: str, locale: str) -> bool:
        return msgid in self._texts.get(locale, {})


def core_folder() -> Path:
    """Where the core lies, with the `locale` folders of its domains."""
    return Path(__file__).resolve().parent.parent


_catalogs = Catalogs()


def install(catalogs: Catalogs) -> None:
    """Make the catalogues of this process known, once, at start."""
    global _catalogs
    _catalogs = catalogs


def translator(locale: str) -> Translate:
    """The installed translations of a language; for texts made outside the web (workbooks, receipts, letters)."""
    return _catalogs.translator(locale)
