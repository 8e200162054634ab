"""The secret fields of a channel, sealed as one text with the keys of the installation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from core.settings import keys


def seal(values: Mapping[str, str], channel_id: UUID) -> str:
    """Encrypt the secret fields of a channel; the text can be opened for that channel only."""
    return keys().seal(json.dumps(dict(values)), _place(channel_id)) if values else ""


def unseal(sealed: str, channel_id: UUID) -> dict[str, str]:
    """The fields of `seal`."""
    if not sealed:
        return {}
    return {str(name): str(value) for name, value in json.loads(keys().unseal(sealed, _place(channel_id))).items()}


def _place(channel_id: UUID) -> str:
    return f"payment_channel:{channel_id}"
