"""The package of CSV files: written, read back, refused with reasons, and taken into the import of pupils."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest

from core.data.session import Database
from core.files import service as store
from core.files.stores import LocalStore
from core.sdk import Actor
from plugins.oneroster.package.layout import COLUMNS, COMMON, FILES
from plugins.oneroster.package.pupils import pupils
from plugins.oneroster.package.reading import read
from plugins.oneroster.package.writing import write
from tests.conftest import SignIn

from .conftest import Roster


@pytest.fixture
def content(db: Database, system: Actor, roster: Roster) -> bytes:
    with db.context(system, roster.school) as ctx:
        return write(ctx, "Trường THCS Hoa Phượng", "HOAPHUONG")


def _files(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _zip(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def _rows(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text))]


def test_what_is_written_follows_the_binding(content: bytes, roster: Roster) -> None:
    files = _files(content)
    manifest = {row["propertyName"]: row["value"] for row in _rows(files["manifest.csv"])}
    assert manifest["manifest.version"] == "1.0" and manifest["oneroster.version"] == "1.2"
    assert {name.removeprefix("file.") for name in manifest if name.startswith("file.")} == set(FILES)
    assert {f"{name}.csv" for name in FILES if manifest[f"file.{name}"] == "bulk"} == set(files) - {"manifest.csv"}
    for name, columns in COLUMNS.items():
        head = files[f"{name}.csv"].splitlines()[0]
        assert head == ",".join((*COMMON, *columns)), name
        assert all(row["status"] == row["dateLastModified"] == "" for row in _rows(files[f"{name}.csv"])), name
    users = {row["sourcedId"]: row for row in _rows(files["users.csv"])}
    assert users[str(roster.pupils[0])]["agentSourcedIds"] == str(roster.mother)
    homeroom = next(row for row in _rows(files["classes.csv"]) if row["title"] == "7A1")
    assert homeroom["termSourcedIds"] == ",".join(map(str, roster.terms)) and homeroom["classType"] == "homeroom"
    assert len(_rows(files["enrollments.csv"])) == 3 * 13 + 2
    assert {row["role"] for row in _rows(files["roles.csv"])} == {"student", "teacher", "parent"}


def test_our_own_package_comes_back_as_a_list_of_pupils(content: bytes) -> None:
    found = read(content)
    assert found.faults == []
    rows = [*csv.DictReader(io.StringIO(pupils(found).decode("utf-8-sig")))]
    assert [(row["Họ và tên"], row["Lớp"], row["Ngày sinh"], row["Giới tính"]) for row in rows] == [
        ("Nguyễn Văn An", "7A1", "01/03/2014", "Nam"),
        ("Lê Thị Bình", "7A1", "02/03/2014", "Nữ"),
        ("Đỗ Cường", "7A2", "03/03/2014", "Nam"),
    ]
    assert (rows[0]["Họ tên người giám hộ"], rows[0]["SĐT người giám hộ"]) == ("Trần Thị Hoa", "+84900000001")


def test_frequent_faults_are_named_with_file_and_line(content: bytes) -> None:
    good = _files(content)
    users = good["users.csv"]

    def faults(**changed: str | None) -> list[tuple[str, int, str]]:
        files = {**good, **{f"{name}.csv": text for name, text in changed.items() if text is not None}}
        for name, text in changed.items():
            if text is None:
                del files[f"{name}.csv"]
        return [(f.file, f.line, str(f.message.msgid)) for f in read(_zip(files)).faults]

    manifest = good["manifest.csv"]
    assert faults(manifest=None) == [("manifest.csv", 0, "The package has no manifest.csv.")]
    assert faults(manifest=manifest.replace("oneroster.version,1.2", "oneroster.version,1.1"))[0][0] == "manifest.csv"
    assert faults(manifest=manifest.replace("file.users,bulk", "file.users,all"))
    assert faults(manifest=manifest.replace("file.users,bulk\r\n", ""))
    assert faults(manifest=manifest.replace("file.users,bulk", "file.users,delta"))[0][2].startswith("Only whole files")
    assert faults(manifest=manifest + "file.pets,bulk\r\n")[0][2] == "The standard knows no %(name)s."
    assert faults(pets="x\r\n") == [("pets.csv", 0, "The standard knows no such file.")]
    assert faults(users=None) == [("users.csv", 0, "The manifest names this file, but it is not there.")]
    assert faults(users=users.replace("enabledUser,username", "username,enabledUser"))[0][:2] == ("users.csv", 1)
    assert faults(users=users.replace(",true,", ",TRUE,", 1))[0][2].startswith("%(name)s must be true or false")
    assert faults(users=users + users.splitlines()[1] + "\r\n")[0][2].endswith("stands there twice.")
    assert faults(users=users + "one,cell\r\n")[0][2].startswith("The row has")
    assert faults(orgs=good["orgs.csv"].splitlines()[0] + "\r\n")[0][2] == "%(name)s %(id)s is not in %(file)s."
    assert read(b"no zip").faults and read(_zip({"manifest.csv": b"\xff\xfe\x00"})).faults


def test_from_the_package_of_another_system_to_the_plan(
    db: Database, content: bytes, other_school: UUID, roster: Roster, sign_in: SignIn, var: Path
) -> None:
    store.bind(LocalStore(var / "files"))
    client = sign_in(other_school, "office")
    token = client.csrf  # type: ignore[attr-defined]
    bad = client.post("/oneroster/", data={"csrf_token": token, "file": (io.BytesIO(b"x"), "a.zip")})
    assert bad.status_code == 422 and "không đọc được" in bad.text
    sent = client.post("/oneroster/", data={"csrf_token": token, "file": (io.BytesIO(content), "a.zip")})
    assert sent.status_code == 303
    assert "Nguyễn Văn An" in client.get(f"{sent.headers['Location']}?kind=all").text


def test_who_may_take_the_package(roster: Roster, sign_in: SignIn) -> None:
    taken = sign_in(roster.school, "office").get("/oneroster/package.zip")
    assert taken.status_code == 200 and taken.mimetype == "application/zip"
    assert read(taken.data).faults == []
    for role in ("teacher", "parent", "accountant"):
        assert sign_in(roster.school, role).get("/oneroster/package.zip").status_code == 403
        assert sign_in(roster.school, role).get("/oneroster/").status_code == 403
