"""Report cards and class books: one pupil at once, a whole class as a job."""

from .cards import card_of, class_cards
from .classbook import class_book
from .jobs import PRINT, PrintLine, ask, open_print, prints, run

__all__ = ["PRINT", "PrintLine", "ask", "card_of", "class_book", "class_cards", "open_print", "prints", "run"]
