"""A second factor beside the password: authenticator app, passkeys, recovery codes; when it is asked for."""
