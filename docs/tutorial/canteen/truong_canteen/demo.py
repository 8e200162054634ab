"""What a demo school shows of this module."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.sdk import Context

from . import services

_DISHES = ("Cơm gà, canh bí đao", "Bún bò", "Cơm cá kho, rau muống luộc")


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Three meals, with the first class registered for each."""
    classes = services.class_choices(ctx)
    for number, dish in enumerate(_DISHES):
        meal = services.add_meal(ctx, ctx.now().date() + timedelta(days=number), dish, 30_000)
        if classes:
            services.register_class(ctx, meal, UUID(classes[0][0]))
