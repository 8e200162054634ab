"""Import of pupils: the real list, and 100,000 rows from CSV and XLSX, with peak memory.

Floor of the XLSX import, in the same run: calamine reads the cells, msgspec converts them, COPY fills a staging table, one
upsert moves them.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg
from python_calamine import load_workbook
from sqlalchemy.engine import make_url

from core.data.session import Database

from .common import Bench, Row, seconds
from .web import make_school

ROWS = 100_000


class Flat(msgspec.Struct):
    """A row as the floor sees it."""

    code: str
    name: str
    birth: str
    sex: str
    ethnic: str
    number: str
    class_name: str
    father: str
    father_phone: str
    mother: str
    mother_phone: str


def rows(run: Bench) -> list[Row]:
    """Seconds where the goal names seconds, a ratio where it names a ratio."""
    count = max(500, int(ROWS * run.scale))
    found = []
    shared = Path(__file__).resolve().parents[2] / "shared" / "data" / "learners-thcs.xlsx"
    if shared.exists():
        real = _import(run, "real", shared)
        found.append(
            Row("import of the real list of 1,185 rows, seconds", real["seconds"], "≤ 3", real["seconds"] <= 3)
        )
    table = _make(run.folder, count)
    text = _import(run, "csv", table.with_suffix(".csv"), undo=True)
    note = f"plan {text['plan']:.1f} s, confirm {text['confirm']:.1f} s, undo {text['undo']:.1f} s"
    took, memory = text["seconds"], text["peak_mb"]
    found.append(Row(f"{count:,} rows of CSV checked and stored, seconds", took, "≤ 30", took <= 30, note))
    found.append(Row("peak memory of that import, MB", memory, "< 400", memory < 400))
    book = _import(run, "xlsx", table)
    floor = _floor(run, table)
    ratio = book["seconds"] / floor
    note = f"{book['seconds']:.1f} s against {floor:.1f} s: checked, a plan to read and to undo, persons and parents"
    found.append(Row(f"{count:,} rows of XLSX / calamine + msgspec + upsert", ratio, "≤ 2.5", ratio <= 2.5, note))
    return found


def _import(run: Bench, name: str, file: Path, *, undo: bool = False) -> dict[str, float]:
    """Plan, confirm and perhaps undo in a process of its own; seconds of each and its peak memory."""
    db = Database(run.database(f"import_{name}"))
    school_id = make_school(run, db, 0)
    job = {
        "url": db.url, "school": str(school_id), "file": str(file), "secret": run.settings.secret_key,
        "var": str(run.settings.var), "undo": undo,
    }  # fmt: skip
    db.close()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.importer"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


HEADER = (
    "STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Số định danh", "Lớp", "Họ tên cha",
    "SĐT cha", "Họ tên mẹ", "SĐT mẹ",
)  # fmt: skip
_FAMILY = "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh Cao Hà"
_MIDDLE = "Văn Minh Đức Quang Gia Hữu Tuấn Bảo Thị Ngọc Thu Khánh Thanh Phương Hồng Mỹ Anh Nhật Thành Hải"
_GIVEN = (
    "An Anh Bảo Bình Châu Chi Cường Dũng Duy Dương Đạt Giang Hà Hải Hạnh Hân Hiếu Hoa Hòa Hùng Huy Hương Khang Khoa"
    " Khôi Lan Linh Long Ly Mai Minh My Nam Ngân Nghĩa Ngọc Nhi Như Phong Phú Phúc Phương Quân Quang Quỳnh Sơn Tâm Tân"
    " Thảo Thắng Thịnh Thu Thư Tiến Toàn Trang Trâm Trí Trung Tú Tuấn Tùng Uyên Vân Việt Vy Yến"
)


def _pupils(count: int) -> Iterator[list[str]]:
    """Invented pupils, each valid: one in ten has a brother or sister in the list, few share name and birthday."""
    pick = random.Random(2026)
    choice = pick.choice
    families, middles, given = _FAMILY.split(), _MIDDLE.split(), _GIVEN.split()
    parents = ["", "", "", ""]
    for i in range(count):
        if i % 10:
            father, mother = (f"{choice(families)} {choice(middles)} {choice(given)}" for _ in range(2))
            parents = [father, f"09000{i % 100_000:05d}", mother, f"09001{i % 100_000:05d}"]
        elif not parents[0]:
            parents = ["Nguyễn Văn Hùng", "0900000000", "Trần Thị Hoa", "0900100000"]
        grade, sex = 6 + i % 4, 1 + pick.randrange(2)
        year = 2021 - grade
        yield [
            str(i + 1), f"{2_500_000_000 + i}", f"{choice(families)} {choice(middles)} {choice(given)}",
            f"{1 + pick.randrange(28):02d}/{1 + pick.randrange(12):02d}/{year}", ("Nam", "Nữ")[sex - 1], "Kinh",
            f"001{1 + sex}{year % 100:02d}{i:06d}", f"{grade}A{1 + i // 4 % 12}", *parents,
        ]  # fmt: skip


def _make(folder: Path, count: int) -> Path:
    """The same pupils as XLSX and CSV."""
    import xlsxwriter

    target = folder / "pupils.xlsx"
    workbook = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = workbook.add_worksheet("Danh sách")
    with target.with_suffix(".csv").open("w", encoding="utf-8-sig", newline="") as text:
        for number, row in enumerate([list(HEADER), *_pupils(count)]):
            sheet.write_row(number, 0, row)
            text.write(";".join(row) + "\n")
    workbook.close()
    return target


def _floor(run: Bench, file: Path) -> float:
    url = make_url(run.database("import_floor"))
    address = {"host": str(url.query["host"]), "dbname": str(url.database), "user": "postgres"}

    names = Flat.__struct_fields__

    def work() -> None:
        sheet = load_workbook(str(file)).get_sheet_by_index(0)
        flat = [
            msgspec.convert(dict(zip(names, map(str, row[1:12]), strict=True)), Flat) for row in sheet.to_python()[1:]
        ]
        with psycopg.connect(**address) as connection:  # type: ignore[arg-type]
            connection.execute(f"CREATE TABLE floor_target ({' text, '.join(names)} text, PRIMARY KEY (code))".encode())
            connection.execute("CREATE UNIQUE INDEX ON floor_target (number)")
            connection.execute("CREATE INDEX ON floor_target (class_name, name)")
            connection.execute("CREATE TEMP TABLE staging (LIKE floor_target) ON COMMIT DROP")
            with connection.cursor().copy("COPY staging FROM STDIN") as copy:
                for item in flat:
                    copy.write_row(msgspec.structs.astuple(item))
            connection.execute(
                "INSERT INTO floor_target SELECT * FROM staging ON CONFLICT (code) DO UPDATE SET name = excluded.name"
            )

    return seconds(work)
