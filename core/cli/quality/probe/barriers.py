"""What can be read from a page alone and keeps somebody from using it (WCAG 2.2, with the criterion of each).

A first net, without a browser; contrast, focus and zoom are for the eye and for axe.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

_FIELDS = frozenset({"input", "select", "textarea"})
_SILENT = frozenset({"hidden", "submit", "button", "image", "reset"})


@dataclass
class _Control:
    """A button, link, label or heading while it is open."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class _Reader(HTMLParser):
    faults: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    labelled: set[str] = field(default_factory=set)
    fields: list[tuple[dict[str, str], bool]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    language: str = ""
    title: bool = False
    open: list[_Control] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids[given["id"]] += 1
        if tag == "html":
            self.language = given.get("lang", "")
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"<{tag}> has a style or a script in the line, which the policy of the pages forbids")
        if tag == "img" and "alt" not in given:
            self.faults.append("a picture without alt (1.1.1)")
            return
        if given.get("tabindex", "0").isdigit() and int(given.get("tabindex", "0")) > 0:
            self.faults.append(f"<{tag}> changes the order of the keyboard (2.4.3)")
        if tag == "label" and given.get("for"):
            self.labelled.add(given["for"])
        if tag in _FIELDS and given.get("type") not in _SILENT:
            self.fields.append((given, any(control.tag == "label" for control in self.open)))
        if tag in ("button", "a", "label", "h1", "h2", "h3", "h4", "th", "title"):
            self.open.append(_Control(tag, given))
        if tag in ("img", "svg") and (given.get("alt") or given.get("aria-label")):
            self.handle_data(given.get("alt") or given["aria-label"])

    def handle_data(self, data: str) -> None:
        for control in self.open:
            control.text += data

    def handle_endtag(self, tag: str) -> None:
        if not any(control.tag == tag for control in self.open):
            return
        while self.open:
            control = self.open.pop()
            self._closed(control)
            if control.tag == tag:
                return

    def _closed(self, control: _Control) -> None:
        text = control.text.strip() or control.attributes.get("aria-label") or control.attributes.get("title")
        if control.tag == "title":
            self.title = bool(text)
        elif control.tag.startswith("h"):
            self.headings.append(int(control.tag[1]))
        if not text and control.tag in ("button", "a", "h1", "h2", "h3", "h4") and "hidden" not in control.attributes:
            self.faults.append(f"<{control.tag}> without words (4.1.2)")


def faults(page: str) -> list[str]:
    """Barriers of one page, each with what it is about."""
    reader = _Reader()
    reader.feed(page)
    found = reader.faults
    if not reader.language:
        found.append("the page does not say its language (3.1.1)")
    if not reader.title:
        found.append("the page has no title (2.4.2)")
    if reader.headings.count(1) != 1:
        found.append(f"{reader.headings.count(1)} main headings instead of one (1.3.1)")
    found += [f"the heading h{b} follows h{a} (1.3.1)" for a, b in pairwise(reader.headings) if b > a + 1]
    found += [f"the id {name!r} is there {count} times (4.1.1)" for name, count in reader.ids.items() if count > 1]
    for given, inside in reader.fields:
        named = inside or given.get("id", "") in reader.labelled
        if not named and not any(given.get(name) for name in ("aria-label", "aria-labelledby", "title")):
            found.append(f"the field {given.get('name', '?')!r} has no label (3.3.2)")
    return sorted(set(found))
