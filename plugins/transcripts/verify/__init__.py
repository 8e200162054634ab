"""The strict verifier: three verdicts, kept apart, each with the reasons by name."""
