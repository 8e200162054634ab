"""What a package holds: every member with its SHA-256, and the versions by which it was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

FORMAT = "truong-transcript-package/1"
NAME, SEAL = "manifest.json", "manifest.p7s"
FOLDERS = ("evidence", "pdf", "xml")
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class ManifestRefused(ValueError):
    """Not a manifest in its one form."""


@dataclass(frozen=True, slots=True)
class Member:
    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a package says of itself."""

    id: str
    """Key under which sending it again is the same sending."""
    school: str
    """Code of the school."""
    year: str
    made_at: datetime
    """To the second, UTC."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of the schema, the template, the rules: `{"schema": "1", ...}`."""


def members_of(contents: Mapping[str, bytes]) -> tuple[Member, ...]:
    """The members by their paths."""
    return tuple(
        Member(path, hashlib.sha256(contents[path]).hexdigest(), len(contents[path])) for path in sorted(contents)
    )


def written(facts: Facts, members: Iterable[Member]) -> bytes:
    """The manifest: canonical JSON, the same bytes for the same content."""
    values = {
        "format": FORMAT,
        "id": facts.id,
        "made_at": facts.made_at.astimezone(UTC).strftime(_TIME),
        "members": [{"path": one.path, "sha256": one.sha256, "size": one.size} for one in members],
        "school": facts.school,
        "versions": dict(facts.versions),
        "year": facts.year,
    }
    return json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def read(file: bytes) -> tuple[Facts, tuple[Member, ...]]:
    """The facts and the members of a manifest.

    Raises:
        ManifestRefused.
    """
    try:
        values = json.loads(file)
        made_at = datetime.strptime(values["made_at"], _TIME).replace(tzinfo=UTC)
        facts = Facts(values["id"], values["school"], values["year"], made_at, dict(values["versions"]))
        members = tuple(Member(one["path"], one["sha256"], one["size"]) for one in values["members"])
        same = written(facts, members) == file
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestRefused("not a manifest") from error
    if not same:
        raise ManifestRefused("not in its one form")
    return facts, members
