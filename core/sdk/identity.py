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

__all__ = [
    "AuthMethod",
    "Claims",
    "Endpoints",
    "IdentityProvider",
    "PortalIdentity",
    "ProviderProfile",
    "UserinfoMethod",
    "require_assurance",
]
