"""Sensitive personal data: `disclose(ctx, person_id, {"health"}, place=...)` says which classes may be shown now.

`GUARDED` names the classes; the purposes are in `PURPOSES`. Files with personal data leave through
`core.sdk.web.export_door`.
"""

from core.disclosure.disclosing import disclose, state_purpose
from core.disclosure.purposes import PURPOSES, Purpose
from core.types.data_classes import GUARDED

__all__ = ["GUARDED", "PURPOSES", "Purpose", "disclose", "state_purpose"]
