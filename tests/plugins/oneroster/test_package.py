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
        out = io.BytesIO()
        write(ctx, out, "Trường THCS Hoa Phượng", "HOAPHUONG")
        return out.getvalue()


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
    assert faults(manifest=manifest + "file.users,bulk\r\n")[0][2] == "The line %(name)s stands there twice."
    assert faults(manifest=manifest + "source.colour,red\r\n")[0][2] == "The standard knows no %(name)s."
    assert faults(manifest=manifest + "file.pets,bulk\r\n")[0][2] == "The standard knows no %(name)s."
    assert faults(pets="x\r\n") == [("pets.csv", 0, "The standard knows no such file.")]
    assert faults(users=None) == [("users.csv", 0, "The manifest names this file, but it is not there.")]
    assert faults(users=users.replace("enabledUser,username", "username,enabledUser"))[0][:2] == ("users.csv", 1)
    assert faults(users=users.replace(",true,", ",TRUE,", 1))[0][2].startswith("%(name)s must be true or false")
    assert faults(users=users + users.splitlines()[1] + "\r\n")[0][2].endswith("stands there twice.")
    assert faults(users=users + "one,cell\r\n")[0][2].startswith("The row has")
    assert faults(orgs=good["orgs.csv"].splitlines()[0] + "\r\n")[0][2] == "%(name)s %(id)s is not in %(file)s."
    assert faults(users=users.replace("pronouns", "pronouns,colour", 1))[0][:2] == ("users.csv", 1)
    enrolled = good["enrollments.csv"]
    assert faults(enrollments=enrolled.replace(",student,", ",pupil,", 1))[0][2] == "%(name)s must be one of: %(words)s"
    assert faults(enrollments=enrolled.replace(",2026-", ",20260-", 1))[0][2].startswith("%(name)s must be a day")
    sessions = good["academicSessions.csv"]
    assert faults(academicSessions=sessions.replace(sessions.splitlines()[1].split(",")[0], "gone"))
    assert faults(users=users + "x,,,true,x,,A,B," + '"' + "x" * 200_000 + '"\r\n')[0][2].startswith("The row ")
    assert faults(users=users + "x\0" + users.splitlines()[1] + "\r\n")[0][2].startswith("The row cannot")
    assert faults(users=users.replace(users.splitlines()[1].split(",")[0], "y" * 256))
    assert read(b"no zip").faults and read(_zip({"manifest.csv": b"\xff\xfe\x00"})).faults


def test_what_systems_in_use_write_is_taken(content: bytes, roster: Roster) -> None:
    """A byte order mark, lines ended by LF, metadata behind the columns, quoted line breaks, the columns of before."""
    files: dict[str, str | bytes] = dict(_files(content))
    users = str(files["users.csv"]).splitlines()
    head = users[0].replace("userMasterIdentifier", "userMasterIdentifier,resourceSourcedIds") + ",metadata.note"
    at = users[0].split(",").index("userMasterIdentifier") + 1
    lines = []
    for cells in csv.reader(users[1:]):
        out = io.StringIO()
        csv.writer(out).writerow([*cells[:at], "", *cells[at:], "hai\ndòng"])
        lines.append(out.getvalue())
    files["users.csv"] = ("\ufeff" + head + "\n" + "".join(lines)).encode()
    files["orgs.csv"] = str(files["orgs.csv"]).replace("\r\n", "\n") + "\n\n"
    found = read(io.BytesIO(_zip(files)))
    assert found.faults == [] and found.users[str(roster.pupils[0])].name == "Nguyễn Văn An"
    assert pupils(found) == pupils(read(content))


def test_a_file_of_changes_may_lead_elsewhere_and_names_what_goes(content: bytes, roster: Roster) -> None:
    files = _files(content)
    head, first, second, *_rest = files["enrollments.csv"].splitlines()
    stamped = ",active,2026-09-05T00:00:00.000Z,", ",tobedeleted,2026-09-05T00:00:00.000Z,"
    files["enrollments.csv"] = "\r\n".join(
        (head, first.replace(",,,", stamped[0], 1), second.replace(",,,", stamped[1], 1), "")
    )
    files["classes.csv"] = files["classes.csv"].splitlines()[0] + "\r\n"
    bulk = files["manifest.csv"]
    files["manifest.csv"] = bulk.replace("file.enrollments,bulk", "file.enrollments,delta").replace(
        "file.classes,bulk", "file.classes,delta"
    )
    found = read(_zip(files))
    assert (found.faults, found.gone) == ([], 1)
    unsaid = {**files, "enrollments.csv": files["enrollments.csv"].replace("tobedeleted", "gone")}
    assert [(f.file, f.line) for f in read(_zip(unsaid)).faults] == [("enrollments.csv", 3)]
    undated = {**files, "enrollments.csv": files["enrollments.csv"].replace("00:00:00.000Z", "00:00")}
    assert len(read(_zip(undated)).faults) == 2


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
