"""A stand-in for the signing program of a signer's computer, with its own signing code."""

from __future__ import annotations

from .agent import Agent, AgentFaults
from .server import AgentServer

__all__ = ["Agent", "AgentFaults", "AgentServer"]
