"""Plain types that every layer may use: no I/O, no database, no web."""
