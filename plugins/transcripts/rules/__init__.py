"""Rules of the field without a database: places for signatures, states, guards."""
