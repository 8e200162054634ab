"""Public services that a plugin offers, in canonical states."""

from core.portal.port import (
    ALLOWED,
    Dossier,
    DossierState,
    FormItem,
    Handler,
    PortalService,
    ResultKind,
    Step,
    form_problems,
    may_move,
    step_problems,
)

__all__ = [
    "ALLOWED",
    "Dossier",
    "DossierState",
    "FormItem",
    "Handler",
    "PortalService",
    "ResultKind",
    "Step",
    "form_problems",
    "may_move",
    "step_problems",
]
