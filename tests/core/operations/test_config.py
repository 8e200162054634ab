"""The files for operators: units, proxy, container. Every command, option and setting that they name exists."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest

from core.cli import main
from core.settings.instance import InstanceSettings, load_settings

ROOT = Path(__file__).resolve().parents[3]
CONFIG = ROOT / "config"
UNITS = sorted((CONFIG / "systemd").glob("*.service"))
NAMED = [
    *UNITS,
    CONFIG / "Containerfile",
    CONFIG / "nginx.conf",
    *CONFIG.glob("*.toml"),
    ROOT / "docs" / "operators.md",
]
SETTINGS = {f.name for f in fields(InstanceSettings)} - {"secret_file"}


def _commands(unit: Path) -> list[list[str]]:
    return [shlex.split(line) for line in re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.M)]


def _parse(words: list[str]) -> None:
    """As the program would read its command line, without running anything."""
    command: click.Command = main
    context = click.Context(main, info_name="truong")
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words
        context, command, words = click.Context(found, parent=context, info_name=words[0]), found, words[1:]
    command.make_context(words[0] if words else "x", list(words), parent=context.parent)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_run_commands_that_exist(unit: Path) -> None:
    assert _commands(unit)
    for program, *words in _commands(unit):
        assert program == "/opt/truong/.venv/bin/truong"
        _parse(words)
    for option in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=truong"):
        assert option in unit.read_text()


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """With the paths and the account of this machine instead of the server's."""
    program = shutil.which("true")
    for unit in (CONFIG / "systemd").iterdir():
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        parser.read(unit)
        assert "Unit" in parser
        text = unit.read_text().replace("/opt/truong/.venv/bin/truong", str(program)).replace("=truong\n", "=root\n")
        text = re.sub(r"^(Documentation|WorkingDirectory|EnvironmentFile)=.*$", "", text, flags=re.M)
        (tmp_path / unit.name).write_text(text)
    analyze = shutil.which("systemd-analyze")
    if analyze is None:  # the parser above is what such a machine can check
        return
    units = [str(unit) for unit in tmp_path.iterdir()]
    said = subprocess.run([analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in said.stderr.splitlines() if "truong" in line and "network-online" not in line]
    assert complaints == []


def test_every_setting_that_is_named_exists() -> None:
    for file in NAMED:
        named = {name.lower() for name in re.findall(r"\bTRUONG_([A-Z_]+[A-Z])\b", file.read_text())}
        unknown = named - SETTINGS - {"secret_key", "config"}
        assert unknown == set(), file.name


def test_the_example_for_production_names_what_there_is(tmp_path: Path) -> None:
    example = CONFIG / "production.example.toml"
    text = example.read_text()
    offered = set(re.findall(r"^#? ?([a-z_]+) =", text, re.M))
    assert offered <= SETTINGS
    assert {"base_url", "database_url", "secret_keys", "metrics_token", "log_format", "pooler"} <= offered
    everything = re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.M).replace(
        '"NEW", "OLD"', f'"{"n" * 32}", "{"o" * 32}"'
    )
    everything = everything.replace('metrics_token = ""', f'metrics_token = "{"t" * 20}"')
    tomllib.loads(everything)
    (tmp_path / "all.toml").write_text(everything)
    found = load_settings(
        {"TRUONG_ENVIRONMENT": "production", "TRUONG_CONFIG": str(tmp_path / "all.toml")}, config=tmp_path
    )
    assert (found.pooler, found.log_format, found.metrics_token) == (False, "json", "t" * 20)


def test_the_container_copies_what_there_is_and_runs_a_command() -> None:
    text = (CONFIG / "Containerfile").read_text()
    for line in re.findall(r"^COPY (.*)$", text, re.M):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    (command,) = re.findall(r"^CMD (\[.*\])$", text, re.M)
    program, *words = [word.strip('" ') for word in command.strip("[]").split(",")]
    assert program == "truong"
    _parse(words)
    assert re.search(r"^USER 10001$", text, re.M)


def test_the_proxy_hands_on_what_the_program_believes() -> None:
    text = (CONFIG / "nginx.conf").read_text()
    assert text.count("{") == text.count("}")
    for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "X-Forwarded-Host", "X-Request-ID"):
        assert f"proxy_set_header {header}" in text
    (form,) = re.findall(r"log_format truong '(.*)';", text)
    assert "uri" not in form
    assert "$request " not in form
    assert "args" not in form
