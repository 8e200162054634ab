"""From a package to the list of pupils that the import of this program explains, plans and can undo. Pure."""

from __future__ import annotations

import csv
import io

from .reading import Home, Package, User

_HEAD = (
    "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Họ tên cha", "SĐT cha", "Họ tên mẹ", "SĐT mẹ",
    "Họ tên người giám hộ", "SĐT người giám hộ",
)  # fmt: skip
_SEX = {"male": "Nam", "female": "Nữ"}
_NOBODY, _NOWHERE = User("", "", "", ""), Home(2, "")


def pupils(package: Package) -> bytes:
    """A CSV list of the pupils with class and family, as the import of pupils reads it.

    The class is the homeroom class of a pupil, else the class they are enrolled in as their primary one. Parents come
    without saying who is father and who is mother: they are entered as guardian, for a person to put right.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    homes = {id: package.homes.get(id, _NOWHERE).title for id in package.students & package.users.keys()}
    for id in sorted(homes, key=lambda id: (homes[id], id)):
        user, (day, sex) = package.users[id], package.births.get(id, ("", ""))
        agents = (package.users.get(agent.strip()) for agent in user.agents.split(","))
        guardian = next((agent for agent in agents if agent is not None), _NOBODY)
        birth = "/".join(reversed(day.split("-")))
        family = ("", "", "", "", guardian.name, guardian.phone)
        writer.writerow([user.code, user.name, birth, _SEX.get(sex, ""), homes[id], *family])
    return out.getvalue().encode("utf-8-sig")
