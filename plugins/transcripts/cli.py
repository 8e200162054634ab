"""`truong transcript verify`: checks files offline, without the database, by what lies in a folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from core.sdk import CommandItem
from core.sdk.cli import say
from core.sdk.data import LOCAL_TZ

from .log import judging
from .log.note import NoteRefused
from .log.note import Verifier as Log
from .trust.anchors import Anchors, AnchorsRefused, load
from .verify.entitlement import Entitlements, ListRefused, opened
from .verify.verdict import Finding, Outcome, worst
from .verify.verifier import Checked, JudgeStatus, Question, Verifier
from .verify.words import LAYERS, OUTCOMES, words

EXIT = {Outcome.VALID: 0, Outcome.INVALID: 1, Outcome.INDETERMINATE: 2}
_File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify", help="Check transcript files: who signed them, whether they were changed, whether they count.")
@click.argument("files", nargs=-1, required=True, type=_File)
@click.option(
    "--anchors",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with anchors.json and the pinned certificates.",
)
@click.option("--at", default="", help="Day of the question (YYYY-MM-DD), today without it.")
@click.option("--entitlements", type=_File, help="Signed list of who may sign what.")
@click.option("--log", "logs", multiple=True, help="Published key of a log that is believed (name+hash+key).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of sentences.")
def verify(
    files: tuple[Path, ...], anchors: Path, at: str, entitlements: Path | None, logs: tuple[str, ...], as_json: bool
) -> None:
    """Ends with 0 when every file is valid, 1 when one is not, 2 when one cannot be decided."""
    day = _day(at)
    believed, listed, keys = _materials(anchors, entitlements, logs, day)
    verifier = Verifier(believed)
    found: list[tuple[Path, Checked]] = []
    for file in files:
        question = Question(day, listed, status=_status(file, keys, believed, day))
        found.append((file, verifier.check(file.read_bytes(), question)))
    if as_json:
        say(json.dumps([described(file, checked) for file, checked in found], ensure_ascii=False, indent=1))
    else:
        for file, checked in found:
            _tell(file, checked)
    raise SystemExit(EXIT[worst(checked.verdict.overall for _file, checked in found)])


def described(file: Path, checked: Checked) -> dict[str, object]:
    """A verdict as JSON."""
    verdict = checked.verdict
    return {
        "file": str(file),
        "sha256": checked.sha256,
        "overall": verdict.overall,
        "integrity": verdict.integrity,
        "identity": verdict.identity,
        "status": verdict.status,
        "findings": [_finding(one) for one in verdict.findings],
        "signers": [
            {
                "slot": one.slot,
                "role": one.role,
                "name": one.name,
                "certificate_sha256": one.certificate_sha256,
                "signed_at": one.signed_at.isoformat(),
                "judged_at": one.judged_at.isoformat(),
            }
            for one in verdict.signers
        ],
    }


def _finding(one: Finding) -> dict[str, object]:
    said = {"code": one.code, "layer": one.layer, "outcome": one.outcome, "slot": one.slot}
    return {**said, "params": dict(one.params), "words": str(words(one))}


def _tell(file: Path, checked: Checked) -> None:
    verdict = checked.verdict
    say(f"{file}: {OUTCOMES[verdict.overall]}")
    for layer, label in LAYERS.items():
        say(f"  {label}: {OUTCOMES[verdict.of(layer)]}")
    for finding in verdict.findings:
        say(f"  - {finding.slot + ': ' if finding.slot else ''}{words(finding)} [{finding.code}]")
    for one in verdict.signers:
        say(f"  {one.slot}: {one.name}, {one.signed_at.astimezone(LOCAL_TZ):%d/%m/%Y %H:%M}")


def _day(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        day = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(f"{text!r} is no day") from error
    return day if day.tzinfo else day.replace(hour=23, minute=59, second=59, tzinfo=LOCAL_TZ)


def _materials(
    folder: Path, entitlements: Path | None, logs: tuple[str, ...], at: datetime
) -> tuple[Anchors, Entitlements | None, tuple[Log, ...]]:
    try:
        anchors = load(folder)
        listed = opened(entitlements.read_bytes(), anchors, at) if entitlements else None
        return anchors, listed, tuple(Log.parse(text) for text in logs)
    except (AnchorsRefused, ListRefused, NoteRefused) as error:
        raise click.ClickException(str(error)) from error


def _status(file: Path, logs: tuple[Log, ...], anchors: Anchors, at: datetime) -> JudgeStatus | None:
    """The word of the log lies beside the file: `FILE.evidence.json`."""
    evidence = file.with_name(file.name + ".evidence.json")
    if not logs or not evidence.exists():
        return None
    written = evidence.read_bytes()
    return lambda sha256: judging.judge(sha256, written, logs, anchors, at).findings


COMMANDS = [CommandItem(verify)]
