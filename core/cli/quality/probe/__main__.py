"""Runs the parts of the probe in turn; what one cannot do, the later ones leave out."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from core.cli.quality.facts import Facts
from core.data.embedded import create_database, drop_database
from core.types.tracing import place

from . import loading, pages, tables
from .loading import Subject


def main(name: str, module: str, server: str, database: str, output: str) -> None:
    """Look at one package; the database is dropped at the end."""
    logging.disable(logging.CRITICAL)  # what goes wrong is told in the facts
    facts, subject = Facts(), Subject(name, module, server, database)
    registry = loading.load(subject, facts)
    create_database(server, database)
    try:
        if facts.state == "ok":
            tables.make(subject, registry, facts)
        if facts.state == "ok" and not facts.migrations:
            with loading.serving(subject, registry, facts) as program:
                pages.visit(program, facts)
        if facts.state == "ok" and not facts.migrations:
            tables.rehearse(subject, registry, facts)
    except Exception as error:
        facts.state, facts.diagnosis = "unusable", f"{type(error).__name__}: {place(error)}"
    finally:
        drop_database(server, database)
    facts.write(Path(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
