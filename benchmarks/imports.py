"""Import of pupils: the real list, and 100,000 rows from CSV and XLSX, with peak memory.

Floor of the XLSX import, in the same run: calamine reads the cells, msgspec converts them, COPY fills a staging table, one
upsert moves them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    number: str
    class_name: str


def rows(run: Bench) -> list[Row]:
    """Seconds where the goal names seconds, a ratio where it names a ratio."""
    count = max(500, int(ROWS * run.scale))
    found = []
    shared = Path(__file__).resolve().parents[2] / "shared" / "data" / "learners-thcs.xlsx"
    if shared.exists():
        took, _ = _import(run, "real", shared)
        found.append(Row("import of the real list of 1,185 rows, seconds", took, "≤ 3", took <= 3))
    table = _make(run.folder, count)
    took, memory = _import(run, "csv", table.with_suffix(".csv"))
    found.append(Row(f"{count:,} rows of CSV checked and stored, seconds", took, "≤ 30", took <= 30))
    found.append(Row("peak memory of that import, MB", memory, "< 400", memory < 400))
    took, _ = _import(run, "xlsx", table)
    floor = _floor(run, table)
    note = f"{took:.1f} s against {floor:.1f} s"
    found.append(
        Row(f"{count:,} rows of XLSX / calamine + msgspec + upsert", took / floor, "≤ 2.5", took / floor <= 2.5, note)
    )
    return found


def _import(run: Bench, name: str, file: Path) -> tuple[float, float]:
    """Plan and confirm in a process of its own; (seconds, peak MB)."""
    db = Database(run.database(f"import_{name}"))
    school_id = make_school(run, db, 0)
    job = {"url": db.url, "school": str(school_id), "file": str(file), "secret": run.settings.secret_key}
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
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer["seconds"], answer["peak_mb"]


def _make(folder: Path, count: int) -> Path:
    """The same pupils as XLSX and CSV; invented, each valid."""
    import xlsxwriter

    header = [
        "STT",
        "Mã học sinh",
        "Họ và tên",
        "Ngày sinh",
        "Giới tính",
        "Số định danh",
        "Lớp",
        "Họ tên cha",
        "SĐT cha",
    ]
    given = ["An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Minh", "Ngọc", "Phúc", "Quân"]
    family = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô"]
    target = folder / "pupils.xlsx"
    workbook = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = workbook.add_worksheet("Danh sách")
    sheet.write_row(0, 0, header)
    lines = [";".join(header)]
    for i in range(count):
        grade = 6 + i % 4
        female = i % 2
        name = f"{family[i % 10]} {'Thị' if female else 'Văn'} {given[i // 10 % 12]} {given[i // 120 % 12]}"
        year = 2021 - grade
        number = f"001{2 + female}{year % 100:02d}{i:06d}"
        row = [
            str(i + 1), f"{2_500_000_000 + i}", name, f"{1 + i % 28:02d}/{1 + i % 12:02d}/{year}", "Nữ" if female else "Nam",
            number, f"{grade}A{1 + i // 4 % 12}", f"{family[i % 10]} Văn {given[i // 7 % 12]}", f"09000{i % 100_000:05d}",
        ]  # fmt: skip
        sheet.write_row(i + 1, 0, row)
        lines.append(";".join(row))
    workbook.close()
    target.with_suffix(".csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return target


def _floor(run: Bench, file: Path) -> float:
    url = make_url(run.database("import_floor"))
    address = {"host": str(url.query["host"]), "dbname": str(url.database), "user": "postgres"}

    def work() -> None:
        sheet = load_workbook(str(file)).get_sheet_by_index(0)
        data = sheet.to_python()
        flat = [
            msgspec.convert(
                dict(zip(("code", "name", "birth", "sex", "number", "class_name"), map(str, r[1:7]), strict=True)), Flat
            )
            for r in data[1:]
        ]
        with psycopg.connect(**address) as connection:  # type: ignore[arg-type]
            connection.execute(
                "CREATE TABLE floor_target (code text PRIMARY KEY, name text, birth text, sex text, number text, class_name text)"
            )
            connection.execute("CREATE UNIQUE INDEX ON floor_target (number)")
            connection.execute("CREATE INDEX ON floor_target (class_name, name)")
            connection.execute("CREATE TEMP TABLE staging (LIKE floor_target) ON COMMIT DROP")
            with connection.cursor().copy("COPY staging FROM STDIN") as copy:
                for item in flat:
                    copy.write_row((item.code, item.name, item.birth, item.sex, item.number, item.class_name))
            connection.execute(
                "INSERT INTO floor_target SELECT * FROM staging ON CONFLICT (code) DO UPDATE SET name = excluded.name"
            )

    return seconds(work)
