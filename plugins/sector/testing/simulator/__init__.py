"""The sector's side as a program of its own: `python -m plugins.sector.testing.simulator BATCH.xlsx ANSWER.xlsx`.

It shares no code with the product, so that neither can hide the other's mistakes. It remembers pupils in a JSON file.
"""
