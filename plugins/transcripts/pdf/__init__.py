"""The readable copy of a transcript: drawn from the signed XML, which it carries, and sealed by the school."""
