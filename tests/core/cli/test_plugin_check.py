"""What `truong plugin check` is not fooled by: two packages that say much of themselves, as wheels and as sources."""

# ruff: noqa: E501 - edits of files with long lines

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from core.cli.plugin.making import COMMON, SCAFFOLD, write
from core.cli.quality import Level, Report, judge
from core.cli.quality.personal import undeclared
from core.cli.quality.probe.barriers import faults as barriers
from core.cli.quality.subject import Unusable

from .conftest import build_wheel

_VALUES = {"name": "liar", "title": "Liar", "title_vi": "Thử", "contact": "an@truong.edu.vn"}


def _edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text()
    for old, new in changes:
        assert old in text, (file.name, old)
        text = text.replace(old, new)
    file.write_text(text)


@pytest.fixture(scope="module")
def bronze_lies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that overwrites the program, reaches into it, lies of its version and has a table without a way back."""
    root = tmp_path_factory.mktemp("bronze") / "truong_liar"
    for folder in (COMMON, SCAFFOLD / "plugin"):
        write(folder, root, _VALUES)
    package = root / "truong_liar"
    (root / "helpers").mkdir()
    (root / "helpers" / "__init__.py").write_text("")
    _edit(root / "pyproject.toml", ('"truong_liar*"', '"truong_liar*", "helpers*"'),
          ('["truong"]', '["truong", "no-such-package>=3"]'), ('version = "0.1.0"', 'version = "2.0"'))  # fmt: skip
    _edit(package / "services.py", ("from .models", "from core.kernel.registry import Registry\nfrom .models"))
    _edit(package / "migrations/versions/0001_entries.py", ('op.drop_table("liar_entry")', "pass"))
    out = root.parent / "wheel"
    out.mkdir()
    build_wheel(root, out)
    return next(out.glob("*.whl"))


def _failed(report: Report) -> dict[str, str]:
    return {finding.check: finding.detail for finding in report.findings if finding.result == "failed"}


@pytest.mark.soak
def test_bronze_is_not_given_for_words(bronze_lies: Path, server: str) -> None:
    report = judge(str(bronze_lies), server=server, tests=False, types=False)
    found = _failed(report)
    assert report.level is Level.NONE
    assert "helpers" in found["own-names"]
    assert "no-such-package" in found["requirements"]
    assert "2.0" in found["version"]
    assert "core.kernel.registry" in found["only-sdk"]
    assert "does not restore" in found["migrations"]
    assert all(finding.mend for finding in report.findings if finding.result == "failed")
    assert "no folder tests/" in found["tests"], "a wheel alone proves nothing"


def test_a_wheel_with_the_programs_own_packages_is_never_loaded(bronze_lies: Path, server: str, tmp_path: Path) -> None:
    wheel = tmp_path / bronze_lies.name
    wheel.write_bytes(bronze_lies.read_bytes())
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("core/__init__.py", "raise SystemExit('taken over')")
    found = _failed(judge(str(wheel), server=server, tests=False, types=False))
    assert "core, which is the program's own" in found["own-names"]
    assert "not loaded" in found["loads"]


def test_what_is_no_plugin_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"no archive")
    for target, words in (
        (str(tmp_path / "x.whl"), "no wheel"),
        ("nobody", "neither a path"),
        (str(tmp_path), "build"),
    ):
        with pytest.raises(Unusable, match=words):
            judge(target, tests=False)


@pytest.fixture(scope="module")
def silver_lies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source that loads, and whose tests, texts, views and pages are not what they look like."""
    root = tmp_path_factory.mktemp("silver") / "truong_liar"
    for folder in (COMMON, SCAFFOLD / "plugin"):
        write(folder, root, {**_VALUES, "contact": "security@example.vn"})
    package = root / "truong_liar"
    (root / "LICENSE").unlink()
    (root / "README.md").write_text("# Liar\n")
    _edit(root / "pyproject.toml", ('license-files = ["LICENSE"]\n', ""), ('"Apache-2.0"', '"MIT"'))
    _edit(package / "migrations/versions/0001_entries.py",
          ('sa.Column("title", sa.Text(), nullable=False),',
           'sa.Column("title", sa.Text(), nullable=False),\n        sa.Column("parent_phone", sa.Text()),'))  # fmt: skip
    _edit(package / "pages.py",
          ('@page("liar.entry.read")\ndef index', '@page("liar.nothing.see")\ndef hidden(ctx: Context) -> str:\n'
           '    return ""\n\n\n@blueprint.get("/list")\n@page("liar.entry.read")\ndef index'),
          ('@blueprint.get("/")', '@blueprint.get("/hidden")'), ('return _index(ctx, {})', 'return _index(ctx, {})'))  # fmt: skip
    _edit(package / "services.py",
          ("    return [EntryRow(*row) for row in ctx.session.execute(query)]",
           "    rows = [EntryRow(*row) for row in ctx.session.execute(query)]\n"
           "    return [row for row in rows if ctx.session.scalar(select(Entry.id).where(Entry.id == row.id))]"),
          ("from core.sdk.audit import record", "from importlib import import_module\n\n"
           "from core.sdk.audit import record\n\nimport_module('socket')"))  # fmt: skip
    _edit(package / "demo.py", ('("Ví dụ thứ nhất", "Ví dụ thứ hai")', "map(str, range(9))"))
    _edit(package / "templates/liar/index.html",
          ('{% if may_edit %}', '<p>Hello there</p><input name="naked"><img src="x.png">{% if may_edit %}'))  # fmt: skip
    _edit(package / "access.py", ("See entries", "Xem các mục này"))
    tests = root / "tests"
    (tests / "conftest.py").unlink()
    (tests / "test_liar.py").write_text(
        "import pytest\n\n\ndef test_it_works():\n    assert True\n\n\n@pytest.mark.skip\ndef test_later():\n    assert 0\n"
    )
    return root


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_silver_and_gold_are_not_given_for_words(silver_lies: Path, server: str) -> None:
    report = judge(str(silver_lies), server=server, types=False)
    found = _failed(report)
    assert report.level is Level.BRONZE, found
    assert "skipped" in found["tests"] and "0 of 1 tests call anything" in found["tests"]
    assert "Xem các mục này" in found["translated"] and "'Hello' stands there" in found["translated"]
    assert "liar.nothing.see, which nobody declares" in found["guarded"]
    assert "liar_entry.parent_phone looks like contact" in found["personal-data"]
    assert "7 characters" in found["readme"] or "6 characters" in found["readme"]
    assert "MIT" in found["licence"] and "not in the wheel" in found["licence"]
    assert "is nobody" in found["security-contact"]
    assert "'naked' has no label" in found["accessible"] and "without alt" in found["accessible"]
    assert "imports socket" in found["outbound"]
    assert "asks the database in a loop" in found["bounded-queries"]
    assert "times: SELECT" in found["bounded-queries"], "seen while the page was opened, too"


WEAKER = """class TestContract(PaymentProviderContract):
    def test_forged_notices_are_refused(self) -> None:
        pass

    test_every_outcome_has_an_answer = None
"""
BETTER = """

class TestBetter(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return type("Better", (Provider,), {})()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def samples(self) -> Samples:
        return SAMPLES
"""


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_contract_is_kept_whole_and_by_the_provider_itself(tmp_path: Path, server: str) -> None:
    """A suite that was made weaker does not count, nor a whole one that was given a better provider."""
    for folder in (COMMON, SCAFFOLD / "payment"):
        write(folder, tmp_path / "truong_liar", _VALUES)
    file = tmp_path / "truong_liar" / "tests" / "test_liar.py"
    _edit(file, ("class TestContract(PaymentProviderContract):\n", WEAKER))
    file.write_text(file.read_text() + BETTER)
    found = _failed(judge(str(tmp_path / "truong_liar"), server=server, types=False))
    assert "test_every_outcome_has_an_answer, test_forged_notices_are_refused" in found["contracts"]
    assert "tests" not in found, "the tests pass: only the witness sees what they left out"


def test_columns_that_hold_persons_are_seen_by_their_names() -> None:
    tables = {"x_visit": ["id", "pupil_name", "allergies", "grade", "colour"]}
    assert {line.split()[0] for line in undeclared(tables, [], [])} >= {"x_visit.pupil_name"}
    assert list(undeclared({"x_visit": ["pupil_name"]}, ["x_visit.person_id"], ["identity"])) == []
    assert list(undeclared({}, ["x_visit.person_id"], [])) == [
        "x_visit.person_id refers to persons, and no class is declared"
    ]


def test_barriers_are_read_from_the_page() -> None:
    good = '<html lang="vi"><title>x</title><h1>x</h1><label for="a">x</label><input id="a"><button>x</button></html>'
    assert barriers(good) == []
    for bad, words in {
        good.replace(' lang="vi"', ""): "language",
        good.replace('for="a"', 'for="b"'): "no label",
        good.replace("<button>x", "<button>"): "without words",
        good.replace("<h1>", "<h3>").replace("</h1>", "</h3>"): "main headings",
        good.replace("<button>", '<button style="x">'): "policy",
        good.replace("</html>", '<p id="a"></p></html>'): "2 times",
    }.items():
        assert words in "; ".join(barriers(bad)), bad


@pytest.mark.soak
def test_a_built_in_plugin_is_judged_like_any_other(server: str) -> None:
    """Its tests are the project's and run there."""
    report = judge("learners", server=server, tests=False, types=False)
    assert {f.check: f.detail for f in report.findings if f.level <= Level.SILVER and f.result == "failed"} == {}
