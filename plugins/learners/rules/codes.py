"""What each code says to a person. English is the key of the catalogue, Vietnamese stands in `locale/vi.po`.

A message may use %(cell)s (the cell as typed) and %(proposal)s.
"""

from __future__ import annotations

from core.sdk import Message, _

MESSAGES: dict[str, Message] = {
    "E_BIRTH_MISSING": _("No date of birth. Please enter it as day/month/year."),
    "E_CELL_DATE": _("The spreadsheet turned this value into a date. Please enter it as text again."),
    "E_CELL_ERROR": _("The formula in this cell has an error. Please enter the value."),
    "E_CLASS_MISSING": _("No class. Please enter the class of the pupil."),
    "E_CLASS_UNKNOWN": _("This class is not in the list of classes of the school year."),
    "E_CODE_SHARED": _("The same pupil code stands on another pupil. One of the two is wrong."),
    "E_DATE_INVALID": _("There is no such day. Dates are read as day/month/year."),
    "E_DUPLICATE": _("The same pupil stands on an earlier row."),
    "E_DUPLICATE_OTHER_CLASS": _("The same pupil stands on an earlier row, in another class."),
    "E_FIELD_COUNT": _("This record has more or fewer fields than the header. Is a separator too many?"),
    "E_ID_CHARS": _("The personal ID contains letters. It has 12 digits."),
    "E_ID_LENGTH": _("The personal ID does not have 12 digits."),
    "E_ID_SCIENTIFIC": _("The spreadsheet shortened the personal ID; digits are lost. Please enter all 12 digits."),
    "E_ID_SHARED": _("The same personal ID stands on another pupil. One of the two is wrong."),
    "E_NAME_LEGACY_FONT": _("The name is typed in an old font code (TCVN3, VNI). Please type it in Unicode."),
    "E_NAME_MISSING": _("No name."),
    "W_ADDRESS_FORMER": _("Address of before July 2025. Please choose the new commune."),
    "W_AGE": _("The year of birth is unusual for this grade. Please check."),
    "W_BHYT_FORMAT": _("The number of the insurance card is not HS4 and 12 digits; it was left out."),
    "W_BIRTH_YEAR_ONLY": _("Only the year of birth is given. Please add day and month."),
    "W_CLASS_OTHER_SHEET": _("This class belongs to another grade than the sheet. The class cell counts."),
    "W_CODE_MISSING": _("No pupil code."),
    "W_DUP_OTHER_CLASS": _("This pupil is listed again in another class. Please confirm the class."),
    "W_ETHNIC_UNKNOWN": _("Ethnic group not recognised; it was left out."),
    "W_FOREIGN_PAPER": _("A passport number stands in the ID column; it was moved to the papers."),
    "W_ID_MISSING": _("No personal ID."),
    "W_ID_PROVINCE": _("The first three digits of the personal ID are no known province code."),
    "W_ID_SEX": _("The personal ID does not agree with the sex."),
    "W_ID_YEAR": _("The personal ID does not agree with the year of birth."),
    "W_ID_ZERO_RESTORED": _("Zeros at the start of the personal ID were missing and have been added."),
    "W_PARENT_YEAR": _("The year of birth of a parent is impossible; it was left out."),
    "W_PHONE_INVALID": _("This telephone number cannot be used; it was left out."),
    "W_POLICY_UNKNOWN": _("Policy group not recognised; it was left out."),
    "W_SAME_NAME_BIRTHDAY": _("Another pupil has the same name and birthday but another ID. Please confirm."),
    "W_SEX_CONFLICT": _("Both columns for the sex are marked; the sex was left open."),
    "W_SEX_MISSING": _("No sex; it was left open."),
    "N_BHYT_FORMAT": _("Spaces or small letters in the insurance number."),
    "N_CLASS_SPELLING": _("Class written in another way."),
    "N_CODE_NUMBER": _("Pupil code kept as a number."),
    "N_DATE_TEXT": _("Date kept as text."),
    "N_DATE_YY": _("Year with two digits."),
    "N_ETHNIC_SPELLING": _("Ethnic group written in another way."),
    "N_ID_FORMAT": _("Spaces or an apostrophe in the personal ID."),
    "N_MERGED_NOTE": _("The remark is merged over several rows; it holds for each."),
    "N_NAME_CASE": _("Name in capitals or in small letters."),
    "N_NAME_ETH": _("A foreign letter in place of Đ."),
    "N_NAME_NFD": _("Name in decomposed Unicode."),
    "N_NAME_SPACES": _("Odd spaces in the name."),
    "N_NAME_SUFFIX": _("Namesakes told apart by (A), (B)."),
    "N_NAME_TONE": _("Tone mark moved to its traditional place."),
    "N_PARENT_FORMAT": _("Parent's data written in another way."),
    "N_PHONE_FORMAT": _("Telephone number written in another way."),
    "N_POLICY_SPELLING": _("Policy group abbreviated."),
    "N_PROVINCE_SPELLING": _("Province written in another way."),
    "N_SEX_SPELLING": _("Sex written in another way."),
    "N_WARD_SPELLING": _("Commune abbreviated."),
}

FIELDS: dict[str, Message] = {
    "mahocsinh": _("Pupil code"),
    "hovaten": _("Full name"),
    "phanbiet": _("Suffix"),
    "ngaysinh": _("Date of birth"),
    "gioitinh": _("Sex"),
    "dantoc": _("Ethnic group"),
    "quoctich": _("Nationality"),
    "sodinhdanh": _("Personal ID"),
    "giayto": _("Other paper"),
    "lop": _("Class"),
    "noisinh_tinh": _("Place of birth"),
    "noisinh": _("Place of birth"),
    "noio": _("Address"),
    "cha": _("Father"),
    "me": _("Mother"),
    "nguoigiamho": _("Guardian"),
    "doituongchinhsach": _("Policy group"),
    "khuyettat": _("Disability"),
    "bhyt": _("Insurance card"),
    "ghichu": _("Remark"),
    "row": _("Row"),
    "rights": _("Rights of the family"),
    "policy": _("Policy group"),
}


def message_of(code: str, cell: str = "", proposal: str = "") -> Message:
    """The message of a code, with the cell and the proposal in its parameters."""
    known = MESSAGES.get(code)
    return Message(known.msgid, {"cell": cell, "proposal": proposal}) if known else Message(code)


def field_label(field: str) -> Message:
    """What people call a field: `cha_sdt` is Father."""
    return FIELDS.get(field) or FIELDS.get(field.partition("_")[0]) or Message(field)
