"""Signing in with an identity from elsewhere: the relying party of OpenID Connect."""
