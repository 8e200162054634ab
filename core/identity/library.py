"""The parts of Authlib that the program uses. It ships no types, so they are `Any` from here on: what we hand in and
take out is typed and checked on our side.
"""

from __future__ import annotations

from typing import Any

from authlib.common import urls as _urls
from authlib.oauth2 import OAuth2Error as _Error
from authlib.oauth2 import client as _client
from authlib.oauth2 import rfc6749 as _rfc6749
from authlib.oauth2 import rfc7009 as _rfc7009
from authlib.oauth2 import rfc7523 as _rfc7523
from authlib.oauth2 import rfc7636 as _rfc7636
from authlib.oauth2 import rfc7662 as _rfc7662
from authlib.oauth2.rfc6749 import grants as _grants
from authlib.oidc.core import util as _util

add_params_to_uri: Any = _urls.add_params_to_uri
create_half_hash: Any = _util.create_half_hash

OAuth2Client: Any = _client.OAuth2Client
PrivateKeyJWT: Any = _rfc7523.PrivateKeyJWT

AuthorizationServer: Any = _rfc6749.AuthorizationServer
ClientMixin: Any = _rfc6749.ClientMixin
OAuth2Payload: Any = _rfc6749.OAuth2Payload
OAuth2Request: Any = _rfc6749.OAuth2Request
TokenMixin: Any = _rfc6749.TokenMixin
AuthorizationCodeGrant: Any = _grants.AuthorizationCodeGrant
ClientCredentialsGrant: Any = _grants.ClientCredentialsGrant
RefreshTokenGrant: Any = _grants.RefreshTokenGrant
CodeChallenge: Any = _rfc7636.CodeChallenge
IntrospectionEndpoint: Any = _rfc7662.IntrospectionEndpoint
RevocationEndpoint: Any = _rfc7009.RevocationEndpoint
JWTBearerClientAssertion: Any = _rfc7523.JWTBearerClientAssertion

OAuth2Error: Any = _Error
InvalidClientError: Any = _rfc6749.InvalidClientError
InvalidRequestError: Any = _rfc6749.InvalidRequestError
InvalidScopeError: Any = _rfc6749.InvalidScopeError
UnsupportedGrantTypeError: Any = _rfc6749.UnsupportedGrantTypeError
UnsupportedResponseTypeError: Any = _rfc6749.UnsupportedResponseTypeError
