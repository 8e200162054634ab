"""Use cases of the finance module: the only door to its data.

Import from the part: `from plugins.finance.services import bills, rounds`.
"""
