"""Settings of the installation: who needs a second factor, and how families prove themselves at a school.

Second factors are the installation's rule and not a school's: one account may reach several schools, and one of them
could otherwise weaken what the others rely on.
"""

from __future__ import annotations

from core.access.roles import ACCOUNTANT, HEAD, OPERATOR, ROLES
from core.types.contributions import Setting
from core.types.message import _

ENFORCED = Setting(
    "core.second_factor.enforced",
    _("Ask people with certain roles for a second step"),
    kind="bool",
    default=True,
    scope="instance",
    help=_("Off only where nothing real is kept, as in a demo. Whoever has set up a second step is always asked."),
)
GRACE = Setting(
    "core.second_factor.grace_days",
    _("Days until the second step must be set up"),
    kind="int",
    default=14,
    scope="instance",
    help=_("They begin with the first sign-in after it became necessary. 0 asks at once."),
)
BY_ROLE = {
    role: Setting(
        f"core.second_factor.{role}",
        _("Second step for the role: %(role)s", role=label),
        kind="bool",
        default=role in (OPERATOR, HEAD, ACCOUNTANT),
        scope="instance",
    )
    for role, label in ROLES.items()
}
SECOND_KNOWLEDGE = Setting(
    "core.families.second_question",
    _("What families are asked besides the code"),
    kind="choice",
    default="phone",
    choices=(
        ("phone", _("The last four digits of their telephone number")),
        ("birth", _("The child's date of birth")),
    ),
    help=_("Where the school does not know the one, the other is asked."),
)
CODE_DAYS = Setting(
    "core.families.code_days",
    _("Days that a family code works"),
    kind="int",
    default=30,
)
SETTINGS = [ENFORCED, GRACE, *BY_ROLE.values(), SECOND_KNOWLEDGE, CODE_DAYS]
