"""The same person twice, the same number on two persons, siblings and twins: what only the whole list can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from core.sdk.imports import Finding


class Entry(msgspec.Struct, gc=False):
    """What is kept of each row to compare it with all others."""

    index: int
    code: str | None
    number: str | None
    name: str
    birth: str
    class_name: str
    mother: str
    father: str
    phones: tuple[str, ...]
    refused: bool

    def same_person(self, other: Entry) -> bool | None:
        """Same name and birth; None where one of the two is not known and nothing else differs."""
        if self.name and other.name and self.name != other.name:
            return False
        if self.birth and other.birth and self.birth != other.birth:
            return False
        return True if self.name and other.name and self.birth and other.birth else None


class Verdicts:
    """Findings by the index of the row, and where the other row is (`duplicate_of`, `same_id_as`, `same_code_as`)."""

    def __init__(self) -> None:
        self.findings: dict[int, list[Finding]] = defaultdict(list)
        self.links: dict[int, tuple[str, int]] = {}

    def add(self, index: int, code: str, field: str, cell: str = "", other: tuple[str, int] | None = None) -> None:
        if not any(finding.code == code for finding in self.findings[index]):
            self.findings[index].append(Finding(code, field, cell))
        if other:
            self.links.setdefault(index, other)


def compare(entries: list[Entry]) -> Verdicts:
    """All findings that rest on more than one row."""
    verdicts = Verdicts()
    duplicates: set[int] = set()
    _shared(entries, "number", "E_ID_SHARED", "sodinhdanh", "same_id_as", verdicts, duplicates)
    _shared(entries, "code", "E_CODE_SHARED", "mahocsinh", "same_code_as", verdicts, duplicates)
    _namesakes(entries, verdicts, duplicates)
    return verdicts


def _groups(entries: Iterable[Entry], key: str) -> list[list[Entry]]:
    """Entries with the same key, where it occurs at least twice."""
    first: dict[object, Entry] = {}
    groups: dict[object, list[Entry]] = {}
    for entry in entries:
        value = getattr(entry, key)
        if value is None:
            continue
        if value in first:
            groups.setdefault(value, [first[value]]).append(entry)
        else:
            first[value] = entry
    return list(groups.values())


def _shared(
    entries: list[Entry], key: str, code: str, field: str, link: str, verdicts: Verdicts, duplicates: set[int]
) -> None:
    for group in _groups(entries, key):
        if any(one.same_person(two) is False for at, one in enumerate(group) for two in group[at + 1 :]):
            for at, entry in enumerate(group):
                other = group[1 if at == 0 else 0]
                verdicts.add(entry.index, code, field, getattr(entry, key), (link, other.index))
            continue
        _repeated([entry for entry in group if entry.name and entry.birth], verdicts, duplicates)


def _repeated(group: list[Entry], verdicts: Verdicts, duplicates: set[int]) -> None:
    """The first row that can be imported counts; a later row of the same person is a duplicate."""
    kept: Entry | None = None
    for entry in group:
        if entry.index in duplicates:
            continue
        if kept is None:
            kept = None if entry.refused else entry
            continue
        duplicates.add(entry.index)
        if entry.class_name and kept.class_name and entry.class_name != kept.class_name:
            verdicts.add(entry.index, "E_DUPLICATE_OTHER_CLASS", "lop", entry.class_name, ("duplicate_of", kept.index))
            verdicts.add(kept.index, "W_DUP_OTHER_CLASS", "lop", entry.class_name)
        else:
            verdicts.add(entry.index, "E_DUPLICATE", "row", "", ("duplicate_of", kept.index))


def _namesakes(entries: list[Entry], verdicts: Verdicts, duplicates: set[int]) -> None:
    """Same name and full birth date: the same person if an ID is missing and class and mother agree."""
    by_person: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.name and len(entry.birth) == 10 and entry.index not in duplicates:
            by_person[entry.name, entry.birth].append(entry)
    for group in by_person.values():
        if len(group) < 2:
            continue
        for at, entry in enumerate(group):
            for later in group[at + 1 :]:
                if later.index in duplicates or entry.index in duplicates:
                    continue
                if entry.number and later.number:
                    if entry.number != later.number:
                        verdicts.add(entry.index, "W_SAME_NAME_BIRTHDAY", "hovaten")
                        verdicts.add(later.index, "W_SAME_NAME_BIRTHDAY", "hovaten")
                elif entry.class_name and entry.class_name == later.class_name and entry.mother == later.mother != "":
                    _repeated([entry, later], verdicts, duplicates)


def siblings(entries: list[Entry], imported: set[int]) -> tuple[list[list[int]], list[list[int]]]:
    """Groups of siblings (same names of father and mother, one phone in common), and those of them with twins."""
    families: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.father and entry.mother and entry.phones and entry.index in imported:
            families[entry.father, entry.mother].append(entry)
    groups: list[list[int]] = []
    twins: list[list[int]] = []
    for family in families.values():
        if len(family) < 2:
            continue
        for group in _connected(family):
            indexes = [entry.index for entry in group]
            groups.append(indexes)
            births = [entry.birth for entry in group if len(entry.birth) == 10]
            if len(births) != len(set(births)):
                twins.append(indexes)
    return sorted(groups), sorted(twins)


def _connected(family: list[Entry]) -> list[list[Entry]]:
    """Members that share a phone, directly or through another member; groups of at least two."""
    groups: list[tuple[set[str], list[Entry]]] = []
    for entry in family:
        phones = set(entry.phones)
        members = [entry]
        rest: list[tuple[set[str], list[Entry]]] = []
        for known, others in groups:
            if known & phones:
                phones |= known
                members = others + members
            else:
                rest.append((known, others))
        groups = [*rest, (phones, members)]
    return [sorted(members, key=lambda entry: entry.index) for _, members in groups if len(members) > 1]
