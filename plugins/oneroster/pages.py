"""The package of CSV files: taking it away, and bringing one in."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.data import reading
from core.sdk.people import Person
from core.sdk.school import school_of
from core.sdk.text import _
from core.sdk.web import export_door, file_response, flash, page, redirect_to, render
from plugins.learners import public as learners

from .package.pupils import pupils
from .package.reading import read
from .package.writing import write

blueprint = Blueprint("oneroster_files", __name__, url_prefix="/oneroster")
_CLASSES = ("identity", "contact", "family")


@blueprint.get("/")
@page("oneroster.package.import")
def index(ctx: Context) -> str:
    """Bring a package in."""
    return render("oneroster/index.html", faults=[])


@blueprint.post("/")
@page("oneroster.package.import")
def upload(ctx: Context) -> ResponseReturnValue:
    """Check a package; what is in order goes on to the import of pupils, where it is planned and can be undone."""
    file = request.files.get("file")
    found = read(file.stream if file is not None else b"")
    if found.faults:
        return render("oneroster/index.html", faults=found.faults), 422
    name = f"{(file.filename or 'oneroster.zip') if file else 'oneroster.zip'}.csv"
    if found.gone:
        left = _(
            "%(count)s rows say that something goes: they were left out, for the school to decide.", count=found.gone
        )
        flash("attention", left)
    return redirect_to("learners.import_", import_id=learners.start_import(ctx, name, pupils(found)))


@blueprint.get("/package.zip")
@page("oneroster.package.export")
def package(ctx: Context) -> ResponseReturnValue:
    """All that the rostering service tells, as files."""
    persons = ctx.session.scalar(select(func.count()).where(Person.school_id == ctx.school_id)) or 0
    label = _("OneRoster package")
    door = export_door(ctx, "oneroster.package", label, persons=persons, data_classes=_CLASSES)
    if door is not None:
        return door
    school = school_of(ctx)
    content = BytesIO()  # packed: some thirty megabytes for fifty thousand pupils
    with reading(ctx) as far:
        write(far, content, school.name, school.code)
    content.seek(0)
    return file_response(content, f"oneroster-{school.code}.zip", "application/zip")
