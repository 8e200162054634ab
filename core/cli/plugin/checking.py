"""`truong plugin check`: which quality level a package has, and what it lacks for the next."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from core.cli.program import say
from core.cli.quality import Level, Report, judge
from core.cli.quality.subject import Unusable

_LEVELS = [level.name.lower() for level in Level if level]


@click.command(help="Judge a plugin: a source folder, a wheel, or the name of one that is installed.")
@click.argument("target")
@click.option("--level", type=click.Choice(_LEVELS), default="bronze", show_default=True, help="Exit with 1 below it.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--tests/--no-tests", default=True, help="Run the package's own tests; silver needs them.")
@click.option(
    "--server",
    envvar="TRUONG_CHECK_SERVER",
    default="",
    help="Superuser address of a PostgreSQL for throw-away databases; without it one is started.",
)
def check(target: str, level: str, as_json: bool, tests: bool, server: str) -> None:
    try:
        report = judge(target, server=server, tests=tests)
    except Unusable as error:
        raise click.ClickException(str(error)) from error
    say(json.dumps(_document(report), ensure_ascii=False, indent=2) if as_json else _text(report))
    sys.exit(0 if report.level >= Level[level.upper()] else 1)


def _document(report: Report) -> dict[str, Any]:
    findings = [{**asdict(finding), "level": finding.level.name.lower()} for finding in report.findings]
    return {
        "name": report.name,
        "version": report.version,
        "level": report.level.name.lower(),
        "findings": findings,
    }


def _text(report: Report) -> str:
    lines = [f"{report.name} {report.version}".rstrip()]
    for level in (Level.BRONZE, Level.SILVER, Level.GOLD):
        lines.append(f"\n{level.name.lower()}")
        for finding in (found for found in report.findings if found.level is level):
            lines.append(f"  {finding.result:<8} {finding.check:<18} {finding.detail}".rstrip())
            if finding.result != "ok" and finding.mend:
                lines.append(f"{'':<29}→ {finding.mend}")
    reached = report.level.name.lower() if report.level else "none"
    return "\n".join([*lines, "", f"Level: {reached}"])
