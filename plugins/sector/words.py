"""Words of states and kinds."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import Message, _
from core.sdk.web import translate

KIND_WORDS: Mapping[str, Message] = {
    "profiles": _("Records of pupils"),
    "classes": _("Classes"),
    "term_marks": _("Results of a term by subject"),
    "year_results": _("Results of the year"),
    "attendance": _("Absences of a term"),
}
STATE_WORDS: Mapping[str, tuple[str, Message]] = {
    "checking": ("wait", _("Being checked")),
    "checked": ("attention", _("Checked, not sent yet")),
    "writing": ("wait", _("File is being written")),
    "written": ("attention", _("File written, not handed over yet")),
    "handed": ("wait", _("Handed over, no answer yet")),
    "answered": ("ok", _("Answered")),
    "discarded": ("neutral", _("Discarded")),
}
OUTCOME_WORDS: Mapping[str, tuple[str, Message]] = {
    "SUCCESS": ("ok", _("All taken")),
    "PARTIAL": ("attention", _("Taken in part")),
    "FAILED": ("stop", _("Nothing taken")),
}
ROW_WORDS: Mapping[str, tuple[str, Message]] = {
    "ready": ("neutral", _("Will be sent")),
    "error": ("stop", _("Cannot be sent")),
    "left_out": ("neutral", _("Left out")),
    "same": ("ok", _("The sector knows it")),
    "waiting": ("wait", _("Waits for an answer")),
    "in_file": ("wait", _("In the file")),
    "accepted": ("ok", _("Accepted by the sector")),
    "refused": ("attention", _("Refused by the sector")),
}


def spoken() -> dict[str, object]:
    """All of them in the reader's language, as templates join them."""
    pairs = {"state_words": STATE_WORDS, "outcome_words": OUTCOME_WORDS, "row_words": ROW_WORDS}
    said = {
        name: {key: (kind, translate(word)) for key, (kind, word) in words.items()} for name, words in pairs.items()
    }
    return {"kinds": {key: translate(word) for key, word in KIND_WORDS.items()}, **said}
