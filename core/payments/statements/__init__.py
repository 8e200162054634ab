"""Bank statements: a plan first, then the books. Importing the same file again changes nothing.

`planning` says what each line would do, `booking` does it: many lines with one statement of SQL, in rounds in which
every person stands once, so that the result is that of one line after the other. `lines` keeps what the bank says.
"""

from .booking import Imported, import_statement
from .planning import Plan, check, plan, proposals, propose

__all__ = ["Imported", "Plan", "check", "import_statement", "plan", "proposals", "propose"]
