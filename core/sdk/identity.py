"""The profile of an identity provider: data, and one pure reader of claims."""

from core.identity.port import Claims, Discovery, IdentityProvider, Metadata, PortalIdentity
from core.types.fields import Config, Field

__all__ = ["Claims", "Config", "Discovery", "Field", "IdentityProvider", "Metadata", "PortalIdentity"]
