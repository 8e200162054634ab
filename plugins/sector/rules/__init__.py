"""Rules of the exchange: pure functions of shapes, rows and answers."""
