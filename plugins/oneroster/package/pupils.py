"""From a package to the list of pupils that the import of this program explains, plans and can undo. Pure."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping

from .reading import Package

_HEAD = (
    "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Họ tên cha", "SĐT cha", "Họ tên mẹ", "SĐT mẹ",
    "Họ tên người giám hộ", "SĐT người giám hộ",
)  # fmt: skip
_SEX = {"male": "Nam", "female": "Nữ"}


def pupils(package: Package) -> bytes:
    """A CSV list of the pupils with class and family, as the import of pupils reads it.

    The class is the homeroom class of a pupil, else the class they are enrolled in as their primary one. Parents come
    without saying who is father and who is mother: they are entered as guardian, for a person to put right.
    """
    users = {row["sourcedId"]: row for row in package.rows.get("users", ())}
    born = {row["sourcedId"]: row for row in package.rows.get("demographics", ())}
    home = _homes(package)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for id in sorted(_students(package) & set(users), key=lambda id: (home.get(id, ""), id)):
        user, person = users[id], born.get(id, {})
        guardian = next((users[a] for a in user["agentSourcedIds"].split(",") if a.strip() in users), {})
        day = person.get("birthDate", "")
        phone = guardian.get("phone") or guardian.get("sms") or ""
        birth, sex = "/".join(reversed(day.split("-"))), _SEX.get(person.get("sex", ""), "")
        family = ("", "", "", "", _name(guardian), phone)
        writer.writerow([user["identifier"], _name(user), birth, sex, home.get(id, ""), *family])
    return out.getvalue().encode("utf-8-sig")


def _students(package: Package) -> set[str]:
    by_role = {row["userSourcedId"] for row in package.rows.get("roles", ()) if row["role"] == "student"}
    enrolled = {row["userSourcedId"] for row in package.rows.get("enrollments", ()) if row["role"] == "student"}
    return by_role | enrolled


def _homes(package: Package) -> dict[str, str]:
    """The name of the class of each pupil."""
    classes = {row["sourcedId"]: row for row in package.rows.get("classes", ())}
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in package.rows.get("enrollments", ()):
        taken = classes.get(row["classSourcedId"])
        if taken is None or row["role"] != "student":
            continue
        rank = 0 if taken["classType"] == "homeroom" else 1 if row["primary"] == "true" else 2
        found[row["userSourcedId"]].append((rank, taken["title"]))
    return {user: min(homes)[1] for user, homes in found.items() if min(homes)[0] < 2}


def _name(user: Mapping[str, str]) -> str:
    """Family name first, as names are written here."""
    return " ".join(filter(None, (user.get("familyName"), user.get("middleName"), user.get("givenName"))))
