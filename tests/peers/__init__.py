"""Programs of others that tests talk to, as processes on loopback."""
