"""Tables of the transcripts module."""

from .leaders import Leader
from .records import Move, Slot, Transcript, YearRecord
from .signers import Signer, SigningAccount
from .transactions import SigningItem, SigningTransaction

__all__ = [
    "Leader",
    "Move",
    "Signer",
    "SigningAccount",
    "SigningItem",
    "SigningTransaction",
    "Slot",
    "Transcript",
    "YearRecord",
]
