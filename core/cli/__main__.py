"""`python -m core.cli`."""

from . import main

main()
