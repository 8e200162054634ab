"""A record and a row of a list: what the row adds or changes. An empty cell never takes anything away."""

from __future__ import annotations

from typing import Any

Value = dict[str, Any]
PARENTS = ("cha", "me", "nguoigiamho")


def merge(old: Value, new: Value, *, with_nationality: bool = True) -> Value:
    """The record after taking over a row.

    Args:
        old: the record as it stands (canonical values).
        new: the row; None, unknown sex and empty lists carry no information.
        with_nationality: whether the list has a column for it; without one `VN` is only a default.
    """
    merged = dict(old)
    for name, value in new.items():
        if value is None or (name == "gioitinh" and value == 0):
            continue
        if name == "quoctich" and not with_nationality and value == "VN" and old.get("quoctich"):
            continue
        if name == "ngaysinh" and _is_less_precise(value, old.get(name)):
            continue
        if name in PARENTS and isinstance(old.get(name), dict) and isinstance(value, dict):
            merged[name] = _merge_parent(old[name], value)
        else:
            merged[name] = value
    return merged


def _is_less_precise(new: str, old: str | None) -> bool:
    """A year alone says nothing against the full date of that year."""
    return bool(old) and len(new) < len(old or "") and str(old).startswith(new)


def _merge_parent(old: Value, new: Value) -> Value:
    """Another name is another person; the same name only adds."""
    names = str(new.get("hovaten") or "").casefold(), str(old.get("hovaten") or "").casefold()
    if all(names) and names[0] != names[1] and not set(new.get("sdt") or ()) & set(old.get("sdt") or ()):
        return dict(new)
    merged = dict(old)
    for name, value in new.items():
        if value not in (None, []):
            merged[name] = value
    return merged


def changes(old: Value, merged: Value) -> dict[str, list[Any]]:
    """Field by field what would change: `{"sodinhdanh": [before, after]}`."""
    return {name: [old.get(name), value] for name, value in merged.items() if _plain(old.get(name)) != _plain(value)}


def _plain(value: Any) -> Any:
    """An absent part and an empty one are the same."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if part not in (None, [], False, "")}
    return value
