"""Rules of the field: pure functions over plain values, no I/O. Law is data with a date."""
