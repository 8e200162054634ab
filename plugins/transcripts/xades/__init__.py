"""Signatures in slots (ETSI EN 319 132-1, XAdES): prepared here, made elsewhere, put in place here."""
