"""The shapes of the sector's files as data: one TOML file a kind, beside this module, and `common.toml`."""
