"""What issuers say about their certificates: OCSP answers and lists of revoked certificates, each believed or not."""

from .crl import statement_of_list
from .ocsp import statement_of_answer
from .statement import Kind, Refused, Statement

__all__ = ["Kind", "Refused", "Statement", "statement_of_answer", "statement_of_list"]
