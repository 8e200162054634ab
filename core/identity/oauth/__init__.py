"""The authorization server for programs of others, and the OpenID provider for learning apps."""
