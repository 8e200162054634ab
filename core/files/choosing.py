"""Which store the installation keeps its documents in: the local folder, a bucket, or one that a plugin brings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from core.settings.instance import ConfigurationError
from core.types.fields import missing

from .s3 import KIND as S3
from .stores import FileStore, FileStoreKind, LocalStore

LOCAL = "local"


BUILT_IN = frozenset({LOCAL, S3.name})
"""Stores that need no plugin."""


def choose(
    name: str, kinds: Mapping[str, FileStoreKind], folder: Path, environ: Mapping[str, str] = os.environ
) -> FileStore:
    """The store that the configuration names.

    Args:
        name: `file_store` of the configuration: `local`, `s3`, or the name of a kind that a plugin brings.
        kinds: `registry.file_stores()`.
        folder: of the local store.
        environ: where the fields of a kind come from, as `TRUONG_<NAME>_<FIELD>`.

    Raises:
        ConfigurationError: when there is no such kind, or its fields cannot be used. Documents are never put anywhere
            else instead.
    """
    if name == LOCAL:
        return LocalStore(folder)
    kind = S3 if name == S3.name else kinds.get(name)
    if kind is None:
        raise ConfigurationError(f"file_store is {name!r}, which no installed plugin brings")
    variables = {field.name: f"TRUONG_{name}_{field.name}".upper() for field in kind.fields}
    config = {field.name: environ.get(variables[field.name], field.default) for field in kind.fields}
    if left := missing(kind.fields, config):
        raise ConfigurationError(f"file_store {name} needs {', '.join(variables[field] for field in left)}")
    try:
        return kind.open(config)
    except ValueError as error:
        raise ConfigurationError(f"file_store {name}: {error}") from error
