"""The port of identity providers, as profiles of them see it."""

from core.identity.assurance import require_assurance
from core.identity.oidc.port import (
    AuthMethod,
    Claims,
    Endpoints,
    IdentityProvider,
    PortalIdentity,
    ProviderProfile,
    UserinfoMethod,
)
from core.identity.one_person import places_of

__all__ = [
    "AuthMethod",
    "Claims",
    "Endpoints",
    "IdentityProvider",
    "PortalIdentity",
    "ProviderProfile",
    "UserinfoMethod",
    "places_of",
    "require_assurance",
]
