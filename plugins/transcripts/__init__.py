"""Digital transcripts: frozen records, signed by everyone who must sign, checkable by anyone."""

from __future__ import annotations

from core.sdk import Manifest, _

from . import models as models

manifest = Manifest(
    name="transcripts",
    version="0.1.0",
    label=_("Digital transcripts"),
    requires_api=">=0.1,<1",
    requires=("learners", "curriculum", "attendance", "assessment"),
    data_classes=("identity", "results"),
    description=_("Transcripts frozen from results, signed by teachers, head and seal, checkable by anyone."),
)


class Plugin:
    """What the module adds to the program."""
