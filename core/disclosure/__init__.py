"""Who may look at sensitive personal data, who is told of it, and what leaves the school as a file.

Law 91/2025/QH15 and Decree 356/2025/ND-CP: sensitive classes are read for a stated purpose, every reading is written
down where the family can see it, and lists go out with the knowledge of a second person.
"""

from __future__ import annotations

from .disclosing import disclose, state_purpose

__all__ = ["disclose", "state_purpose"]
