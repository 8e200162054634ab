"""Settings of the transcripts module."""

from __future__ import annotations

from core.sdk import Context, Setting, _
from core.sdk.settings import get

from .rules.slots import Role
from .trust.settings import SETTINGS as TRUST_SETTINGS

DAYS = {
    Role.SUBJECT: "transcripts.days_subject",
    Role.HOMEROOM: "transcripts.days_homeroom",
    Role.PRINCIPAL: "transcripts.days_principal",
    Role.SEAL: "transcripts.days_seal",
}
SPECIFICATION = "transcripts.specification"
PLACE = "transcripts.place"
DEPARTMENT, DEPARTMENT_CODE = "transcripts.department", "transcripts.department_code"
_HELP = _("Days after the transcripts were made. Who has not signed by then is reminded.")
SETTINGS = [
    Setting(DAYS[Role.SUBJECT], _("Subject teachers sign within"), kind="int", default=5, help=_HELP),
    Setting(DAYS[Role.HOMEROOM], _("Homeroom teachers sign within"), kind="int", default=8, help=_HELP),
    Setting(DAYS[Role.PRINCIPAL], _("The leadership signs within"), kind="int", default=12, help=_HELP),
    Setting(DAYS[Role.SEAL], _("The seal is put within"), kind="int", default=14, help=_HELP),
    Setting(
        PLACE,
        _("Place of issue"),
        kind="text",
        default="",
        help=_("Stands before the date of issue, as the name of the commune or province."),
    ),
    Setting(
        DEPARTMENT,
        _("Department of education"),
        kind="text",
        default="",
        help=_("As it stands in transcripts. Empty: the one of the province."),
    ),
    Setting(
        DEPARTMENT_CODE,
        _("Code of the department of education"),
        kind="text",
        default="",
        help=_("Two characters, from the ministry's own list. Empty: the code of the province."),
    ),
    Setting(
        SPECIFICATION,
        _("Decision on the specification of transcripts"),
        kind="text",
        default="",
        help=_("Number of the decision by which the department takes transcripts over; empty while there is none."),
    ),
    *TRUST_SETTINGS,
]


def days(ctx: Context, role: Role) -> int:
    """How many days after freezing a role has to have signed."""
    return int(get(ctx, DAYS[role]) or 0)
