"""Messages to people, kept apart from any language until somebody reads them.

A service says *what* happened as a `Message`; the web layer, a receipt or a workbook says it in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Message:
    """An English text with named parameters, `%(name)s`, and the values for them.

    The English text is the key of the translation catalogues. Values must be JSON values, so that a message can be
    stored beside the row that it explains.
    """

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def render(self, translate: Translate | None = None) -> str:
        """The text in the language of `translate` (English without it)."""
        text = translate(self.msgid) if translate else self.msgid
        return text % spoken(self.params, translate) if self.params else text

    def __str__(self) -> str:
        return self.render()

    def to_json(self) -> dict[str, object]:
        return {"msgid": self.msgid, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        params = data.get("params")
        return cls(str(data["msgid"]), dict(params) if isinstance(params, Mapping) else {})


def spoken(params: Mapping[str, object], translate: Translate | None) -> Mapping[str, object]:
    """The values of a text; those that are messages themselves in its language."""
    return {k: v.render(translate) if isinstance(v, Message) else v for k, v in params.items()}


def _(msgid: str, /, **params: object) -> Message:
    """Mark a text for translation and keep it lazy."""
    return Message(msgid, params)
