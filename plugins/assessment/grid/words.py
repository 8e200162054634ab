"""Names of columns, kinds of marks and states."""

from __future__ import annotations

from core.sdk import Message, _

KINDS: dict[str, Message] = {
    "tx": _("Regular marks"),
    "gk": _("Mid-term mark"),
    "ck": _("End-of-term mark"),
    "ghk1": _("Middle of term I"),
    "chk1": _("End of term I"),
    "ghk2": _("Middle of term II"),
    "cn": _("End of the year"),
    "training": _("Training levels"),
    "comment": _("Comments"),
}
"""What a window opens."""
QUALITIES: dict[str, Message] = {
    "yeunuoc": _("Patriotism"),
    "nhanai": _("Kindness"),
    "chamchi": _("Diligence"),
    "trungthuc": _("Honesty"),
    "trachnhiem": _("Responsibility"),
    "tuchutuhoc": _("Autonomy and self-study"),
    "giaotiephoptac": _("Communication and cooperation"),
    "gqvdsangtao": _("Problem solving and creativity"),
    "ngonngu": _("Language"),
    "tinhtoan": _("Calculation"),
    "khoahoc": _("Science"),
    "congnghe": _("Technology"),
    "tinhoc": _("Informatics"),
    "thammi": _("Aesthetics"),
    "thechat": _("Physical fitness"),
}
"""Qualities and competences of Circular 27/2020, article 9."""
TERMS = {1: _("Term I"), 2: _("Term II")}
STATES: dict[str, tuple[str, Message]] = {
    "open": ("wait", _("Being entered")),
    "locked": ("neutral", _("Locked")),
    "approved": ("ok", _("Approved")),
}
DOORS: dict[str, Message] = {
    "grid": _("in the grid"),
    "form": _("in the grid"),
    "api": _("by another program"),
    "import": _("by a workbook"),
    "undo": _("by taking a workbook back"),
    "demo": _("as an example"),
    "merge": _("when double records were made one"),
}
REGULAR, MID, END, LEVEL, TEST = _("Regular"), _("Mid-term"), _("End of term"), _("Level reached"), _("Test")
TRAINING, COMMENT = _("Training level"), _("Comment")
SHORT_MID, SHORT_END, SHORT_LEVEL, SHORT_TEST = _("Mid"), _("End"), _("Lvl"), _("Test")
OWN_PRIMARY, OWN_SECONDARY = _("Qualities and competences"), _("Training")
TERM_RESULT, SHORT_RESULT = _("Result of the term"), _("Result")
