"""Tables of the transcripts module."""

from ..log.models import LogCheckpoint, LogEntry, LogKey, LogNode, LogToken
from .leaders import Leader
from .records import Move, Slot, Transcript, YearRecord
from .signers import Signer, SigningAccount
from .transactions import SigningItem, SigningTransaction

__all__ = [
    "Leader",
    "LogCheckpoint",
    "LogEntry",
    "LogKey",
    "LogNode",
    "LogToken",
    "Move",
    "Signer",
    "SigningAccount",
    "SigningItem",
    "SigningTransaction",
    "Slot",
    "Transcript",
    "YearRecord",
]
