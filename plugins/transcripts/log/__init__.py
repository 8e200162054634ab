"""The log of finished records: what was issued, replaced and revoked, in an order that nobody can change unnoticed.

A Merkle tree (RFC 9162) over salted entries, checkpoints signed in the form of C2SP tlog-checkpoint, one timestamp for
each batch, kept alive by renewal (RFC 4998). Everything but `store` and `batches` is pure and works offline.
"""
