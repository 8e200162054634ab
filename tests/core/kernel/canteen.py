"""A plugin that uses every family of hooks once; some of its parts can be told to fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint
from markupsafe import Markup
from sqlalchemy import Select, select

from core.people.models import Person
from core.sdk import (
    AbsenceSource,
    Action,
    Code,
    CodeList,
    CodeListVersion,
    Column,
    Context,
    Erasure,
    EventType,
    Exporter,
    Held,
    Importer,
    Indicator,
    Manifest,
    Message,
    Permission,
    PersonalData,
    Purpose,
    Report,
    RoleGrant,
    Scope,
    Slot,
    SlotPlace,
    _,
    hookimpl,
)
from core.sdk.web import page

manifest = Manifest(
    name="canteen",
    version="1",
    label=_("Cancel"),
    requires_api=">=0",
    requires=("learners",),
    data_classes=("identity", "health"),
)
HEARD: list[tuple[str, UUID]] = []
"""What observers were told, with the school."""
FAILS: set[str] = set()
"""Names of parts that raise."""
REFUSED: set[UUID] = set()
"""Persons whom nobody may see."""
BUSY: list[str] = []
"""A reason not to be switched off."""

blueprint = Blueprint("canteen", __name__)


@blueprint.get("/meals")
@page("canteen.menu.read")
def meals(ctx: Context) -> str:
    return "meals"


@blueprint.post("/order")
@page("canteen.menu.read")
def order(ctx: Context) -> str:
    from flask import request

    return ",".join(request.form.getlist("selected"))


@blueprint.get("/of/<uuid:record_id>")
@page("canteen.menu.read")
def of(ctx: Context, record_id: UUID) -> str:
    return str(record_id)


def _may_fail(name: str) -> None:
    if name in FAILS:
        raise RuntimeError(name)


def _table(ctx: Context) -> Select[UUID] | None:
    """Who eats at my table: everybody called An."""
    _may_fail("scope")
    return select(Person.id).where(Person.school_id == ctx.school_id, Person.search_text.like("%an%"))


def _note(ctx: Context, record_id: UUID | None) -> Markup | None:
    _may_fail("slot")
    return Markup("<p>canteen note</p>")


def _meals(ctx: Context) -> int:
    _may_fail("indicator")
    return 42


def _rows(ctx: Context, values: Mapping[str, str]) -> Iterator[Sequence[str | int]]:
    yield values["day"] or "every day", 42


def _show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    _may_fail("show")
    return [Held(_("Cancel"), [(_("Cancel"), "no peanuts")])]


def _erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    _may_fail("erase")
    if really:
        HEARD.append(("erased", person_id))
    return Erasure([_("Cancel")])


class Plugin:
    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return [
            Permission("canteen.menu.read", _("Cancel")),
            Permission("learners.learner.read.canteen_table", _("Cancel")),
        ]

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return [
            RoleGrant("head", frozenset({"canteen.menu.read"})),
            RoleGrant("parent", frozenset({"learners.learner.read.canteen_table"})),
        ]

    @hookimpl
    def provide_scopes(self) -> list[Scope]:
        return [Scope("canteen_table", _("Cancel"), _table)]

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        return [blueprint]

    @hookimpl
    def provide_events(self) -> list[EventType]:
        return [EventType("canteen.meal.served", _("Cancel"), {"person_id": "id", "price": "integer"})]

    @hookimpl
    def provide_slot_places(self) -> list[SlotPlace]:
        return [SlotPlace("canteen.menu.top", _("Cancel"))]

    @hookimpl
    def provide_slots(self) -> list[Slot]:
        places = ("core.home.top", "learners.learner.head", "finance.bill.side")
        return [Slot(place, "canteen.note", "canteen.menu.read", _note) for place in places]

    @hookimpl
    def provide_actions(self) -> list[Action]:
        return [
            Action("learner", "canteen.of", _("Cancel"), "canteen.menu.read", "canteen.of"),
            Action("learner", "canteen.order", _("Cancel"), "canteen.menu.read", "canteen.order", bulk=True),
        ]

    @hookimpl
    def provide_indicators(self) -> list[Indicator]:
        return [Indicator("canteen.meals", _("Cancel"), _("Cancel"), _("Cancel"), "canteen.menu.read", _meals)]

    @hookimpl
    def provide_reports(self) -> list[Report]:
        columns = (Column("day", _("Cancel")), Column("meals", _("Cancel"), "number"))
        from core.sdk import Parameter

        choices = (Parameter("day", _("Cancel"), "choice", lambda ctx: [("monday", "Monday")]),)
        return [Report("canteen.meals", _("Cancel"), _("Cancel"), "canteen.menu.read", columns, _rows, choices)]

    @hookimpl
    def provide_importers(self) -> list[Importer]:
        return [Importer("canteen.menu", _("Cancel"), _("Cancel"), "canteen.menu.read", "canteen.meals")]

    @hookimpl
    def provide_exporters(self) -> list[Exporter]:
        return [Exporter("canteen.menu", _("Cancel"), _("Cancel"), "canteen.menu.read", "canteen.meals")]

    @hookimpl
    def provide_code_lists(self) -> list[CodeList]:
        old = CodeListVersion("1", date(2020, 1, 1), _("Cancel"), (Code("a", "Apple"),))
        new = CodeListVersion("2", date(2026, 9, 1), _("Cancel"), (Code("a", "Apple", date(2026, 8, 31), "b"),))
        return [CodeList("canteen.fruit", _("Cancel"), (old, new))]

    @hookimpl
    def provide_absence_sources(self) -> list[AbsenceSource]:
        return [AbsenceSource("canteen.guests", _("Cancel"), lambda ctx, first, last: iter(()))]

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        words = _("Cancel")
        return [PersonalData("canteen.food", words, words, words, words, ("identity",), _show, _erase)]

    @hookimpl
    def provide_purposes(self) -> list[Purpose]:
        return [Purpose("canteen.allergies", _("Cancel"), frozenset({"health"}))]

    @hookimpl
    def on_enabled(self, ctx: Context) -> None:
        HEARD.append(("on", ctx.school_id))

    @hookimpl
    def on_disabled(self, ctx: Context) -> None:
        HEARD.append(("off", ctx.school_id))

    @hookimpl
    def on_school_created(self, ctx: Context) -> None:
        _may_fail("created")
        HEARD.append(("new", ctx.school_id))

    @hookimpl
    def check_disable(self, ctx: Context) -> Message | None:
        _may_fail("check")
        return Message(BUSY[0]) if BUSY else None

    @hookimpl
    def check_person_access(self, ctx: Context, permission: str, person_id: UUID) -> Message | None:
        _may_fail("access")
        return _("Cancel") if person_id in REFUSED else None

    @hookimpl
    def resolve_person_page(self, ctx: Context, person_id: UUID) -> str | None:
        _may_fail("resolve")
        return None
