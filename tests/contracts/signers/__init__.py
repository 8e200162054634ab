"""Two small, honest signature providers and the certificates they sign with, to prove the contract suite on."""
