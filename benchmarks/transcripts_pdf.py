"""The readable copy: drawing and sealing, as multiples of one RSA-2048 signature of the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from statistics import median

from plugins.transcripts.pdf.drawing import draw
from tests.plugins.transcripts import pki
from tests.plugins.transcripts.pdf import papers, samples

from .common import Bench, Row

DRAW_GOAL, SEAL_GOAL = 25.0, 2.5
"""Milliseconds of the processor for three pages; RSA signatures for a seal."""


def rows(_run: Bench) -> list[Row]:
    """Measured with the processor's time, rounds of all three in turn."""
    holder, digest, paper = pki.organisation(), bytes(32), papers.drawn()
    documents = samples.signed(samples.secondary())
    number = count()
    signing: list[float] = []
    drawing: list[float] = []
    sealing: list[float] = []
    for _round in range(15):
        signing.append(_cost(lambda: papers.sign(holder, digest), 20))
        drawing.append(_cost(lambda: draw(documents, f"{samples.LINK}{next(number)}"), 2))
        sealing.append(_cost(lambda: papers.seal(paper, stamped=False), 10))
    rsa, drawn, sealed = median(signing), median(drawing) * 1000, median(sealing) / median(signing)
    return [
        Row(
            "draw a transcript of 3 pages",
            drawn,
            f"<= {DRAW_GOAL:.0f} ms",
            drawn <= DRAW_GOAL,
            f"{drawn / rsa / 1000:.0f} x RSA",
        ),
        Row(
            "seal a transcript (B-B)", sealed, f"<= {SEAL_GOAL} x RSA", sealed <= SEAL_GOAL, f"RSA {rsa * 1000:.2f} ms"
        ),
    ]


def _cost(call: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _time in range(times):
        call()
    return (time.process_time() - began) / times
