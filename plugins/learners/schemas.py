"""Forms and API bodies of the module (marshmallow), read into canonical values."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from core.sdk.disclosure import PURPOSES
from core.sdk.text import Message, _
from core.sdk.web import SearchQuery

from .rules import ethnic, provinces
from .rules.dates import parse_birth
from .rules.ids import parse_id
from .rules.names import parse_name
from .rules.phones import parse_phones
from .rules.policies import NAMES as POLICIES
from .services.plans import KINDS


def _required(message: Message) -> dict[str, Any]:
    """marshmallow hands a lazy text on as it is; the web layer renders it."""
    return {"required": message}


class LearnerForm(Schema):
    """What people type on the form of a pupil; all texts."""

    hovaten = fields.String(required=True, error_messages=_required(_("Please enter the full name.")))
    phanbiet = fields.String(validate=validate.Length(max=2))
    mahocsinh = fields.String(validate=validate.Length(max=20))
    ngaysinh = fields.String(required=True, error_messages=_required(_("Please enter the date of birth.")))
    gioitinh = fields.Integer(load_default=0, validate=validate.OneOf((0, 1, 2)))
    sodinhdanh = fields.String()
    dantoc = fields.String(validate=validate.OneOf(tuple(ethnic.NAMES)))
    lop = fields.String()
    noisinh_tinh = fields.String(validate=validate.OneOf(tuple(provinces.NAMES)))
    noio_chitiet = fields.String(validate=validate.Length(max=200))
    noio_xa = fields.String(validate=validate.Length(max=100))
    noio_tinh = fields.String(validate=validate.OneOf(tuple(provinces.NAMES)))
    cha_hovaten = fields.String()
    cha_namsinh = fields.Integer(validate=validate.Range(1930, 2008))
    cha_sdt = fields.String()
    me_hovaten = fields.String()
    me_namsinh = fields.Integer(validate=validate.Range(1930, 2008))
    me_sdt = fields.String()
    nguoigiamho_hovaten = fields.String()
    nguoigiamho_sdt = fields.String()
    doituongchinhsach = fields.String(validate=validate.OneOf(POLICIES))
    khuyettat = fields.String(validate=validate.Length(max=60))
    bhyt = fields.String(validate=validate.Regexp(r"^HS4\d{12}$"))
    ghichu = fields.String(validate=validate.Length(max=500))
    version = fields.Integer()


FORM_FIELDS = tuple(name for name in LearnerForm().fields if name != "version")


def canonical(form: dict[str, Any]) -> dict[str, Any]:
    """Canonical values from a form that the schema has accepted; the same rules as an import.

    Raises:
        ValidationError: with a message for each field that cannot be read.
    """
    problems: dict[str, list[Message]] = {}
    name = parse_name(form["hovaten"])
    if name.text is None:
        problems["hovaten"] = [_("Please type the name in Unicode.")]
    birth = parse_birth(form["ngaysinh"], is_text_file=True)
    if birth.iso is None:
        problems["ngaysinh"] = [_("There is no such day. Dates are read as day/month/year.")]
    number = parse_id(form.get("sodinhdanh") or "", form.get("gioitinh") or 0, birth.year)
    if any(code.startswith("E_") for code in number.codes):
        problems["sodinhdanh"] = [_("The personal ID has 12 digits.")]
    value: dict[str, Any] = {
        "hovaten": name.text,
        "phanbiet": form.get("phanbiet") or name.suffix,
        "ngaysinh": birth.iso,
        "gioitinh": form.get("gioitinh") or 0,
        "sodinhdanh": number.number,
        **{key: form.get(key) for key in _PLAIN},
    }
    detail, commune, province = (form.get(f"noio_{part}") for part in ("chitiet", "xa", "tinh"))
    filled = detail or commune or province
    value["noio"] = {"chitiet": detail, "xa": commune, "tinh": province, "diachicu": False} if filled else None
    for who in ("cha", "me", "nguoigiamho"):
        value[who] = _person(form, who, problems)
    if problems:
        raise ValidationError({name: list[Any](texts) for name, texts in problems.items()})
    return value


_PLAIN = ("mahocsinh", "dantoc", "lop", "noisinh_tinh", "doituongchinhsach", "khuyettat", "bhyt", "ghichu")


def _person(form: dict[str, Any], who: str, problems: dict[str, list[Message]]) -> dict[str, Any] | None:
    text = form.get(f"{who}_hovaten")
    if not text:
        return None
    phones, code = parse_phones(form.get(f"{who}_sdt") or "")
    if code == "W_PHONE_INVALID":
        problems[f"{who}_sdt"] = [_("This telephone number cannot be used.")]
    person: dict[str, Any] = {"hovaten": parse_name(text, parent=True).text or text, "sdt": phones}
    if who != "nguoigiamho":
        person["namsinh"] = form.get(f"{who}_namsinh")
    return person


def form_of(value: dict[str, Any]) -> dict[str, Any]:
    """The form filled with a record, as people write it."""
    address = value.get("noio") or {}
    form = {name: value.get(name) for name in FORM_FIELDS}
    form["ngaysinh"] = "/".join(reversed((value.get("ngaysinh") or "").split("-")))
    for part in ("chitiet", "xa", "tinh"):
        form[f"noio_{part}"] = address.get(part)
    for who in ("cha", "me", "nguoigiamho"):
        person = value.get(who) or {}
        form[f"{who}_hovaten"] = person.get("hovaten")
        form[f"{who}_namsinh"] = person.get("namsinh")
        form[f"{who}_sdt"] = " / ".join("0" + phone[3:] for phone in person.get("sdt") or ())
    return form


class PurposeQuery(Schema):
    """What sensitive fields are needed for."""

    purpose = fields.String(
        load_default=None,
        validate=validate.OneOf([name for name, purpose in PURPOSES.items() if purpose.chosen]),
        metadata={"description": "without it sensitive fields are held back"},
    )


class ParentBody(Schema):
    hovaten = fields.String(required=True)
    namsinh = fields.Integer(allow_none=True)
    sdt = fields.List(fields.String())
    damat = fields.Boolean()


class AddressBody(Schema):
    chitiet = fields.String(allow_none=True)
    xa = fields.String(allow_none=True)
    tinh = fields.String(allow_none=True)
    diachicu = fields.Boolean()
    goc = fields.String()


class LearnerBody(Schema):
    """A pupil in the field names of the national dictionary."""

    mahocsinh = fields.String(allow_none=True)
    hovaten = fields.String()
    phanbiet = fields.String(allow_none=True)
    ngaysinh = fields.String(allow_none=True, validate=validate.Regexp(r"^\d{4}(-\d\d(-\d\d)?)?$"))
    gioitinh = fields.Integer(validate=validate.OneOf((0, 1, 2)))
    dantoc = fields.String(allow_none=True)
    quoctich = fields.String(allow_none=True)
    sodinhdanh = fields.String(allow_none=True, validate=validate.Regexp(r"^\d{12}$"))
    lop = fields.String(allow_none=True)
    noisinh_tinh = fields.String(allow_none=True)
    noio = fields.Nested(AddressBody, allow_none=True)
    cha = fields.Nested(ParentBody, allow_none=True)
    me = fields.Nested(ParentBody, allow_none=True)
    nguoigiamho = fields.Nested(ParentBody, allow_none=True)
    doituongchinhsach = fields.String(allow_none=True)
    khuyettat = fields.String(allow_none=True)
    bhyt = fields.String(allow_none=True)
    ghichu = fields.String(allow_none=True)


class ClassBody(Schema):
    name = fields.String(required=True)


class ConfirmBody(Schema):
    classes = fields.List(fields.String())


class LearnerQuery(SearchQuery):
    """Which pupils."""

    class_id = fields.UUID(data_key="class", load_default=None)
    grade = fields.Integer(load_default=None, validate=validate.Range(0, 12))


class RowQuery(SearchQuery):
    """Which rows of a plan."""

    kind = fields.String(load_default="all", validate=validate.OneOf(KINDS))


class ListFile(Schema):
    """A list of pupils as a file (multipart)."""

    file = fields.Raw(
        required=True,
        error_messages=_required(_("Choose a file.")),
        metadata={"type": "string", "format": "binary"},
    )
