"""What each finding in a marks sheet means, for the person who sees it."""

from __future__ import annotations

from core.sdk import Message, _

CODES: dict[str, Message] = {
    "E_CELL_DATE": _("The spreadsheet turned this into a date. Please type the mark again."),
    "E_CELL_ERROR": _("This cell holds the error of a formula."),
    "E_CODE_NAME_CONFLICT": _("The code belongs to one pupil of the class, the name to another."),
    "E_DUPLICATE": _("This pupil has a row above already."),
    "E_MARK_KIND": _("A number in a subject assessed by comment, or Đ/CĐ in a scored subject."),
    "E_MARK_RANGE": _("The mark lies outside the scale."),
    "E_MARK_UNREADABLE": _("This cannot be read as a mark."),
    "E_PUPIL_AMBIGUOUS": _("Two pupils of the class bear this name. Add their codes or dates of birth."),
    "E_PUPIL_UNKNOWN": _("Nobody in this class has this name or code."),
    "E_TEST_NONE": _("This subject has no test at this moment of the year."),
    "W_AVG_DIFFERS": _("The average typed is not the one by the rule; the computed one counts."),
    "W_AVG_PENDING": _("An average is typed although marks are missing or to be made up; it is not taken."),
    "W_MARK_LETTER": _("D or CD was read as Đ or CĐ."),
    "W_MARK_ROUNDED": _("More than one decimal; the mark was rounded, please confirm."),
    "W_NAME_FUZZY": _("The name is misspelt; one pupil of the class fits, please confirm."),
    "W_TX_COUNT": _("More regular marks than the subject has; there is no average until you choose."),
}
