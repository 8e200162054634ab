"""Sensitive personal data: `disclose(ctx, person_id, {"health"}, place=...)` says which classes may be shown now.

`GUARDED` names the classes; the purposes of the core are in `PURPOSES`, a plugin adds its own by
`provide_purposes`. Files with personal data leave through
`core.sdk.web.export_door`.
"""

from core.disclosure.disclosing import disclose, state_purpose
from core.disclosure.purposes import PURPOSES
from core.types.contributions import Purpose
from core.types.data_classes import GUARDED

__all__ = ["GUARDED", "PURPOSES", "Purpose", "disclose", "state_purpose"]
