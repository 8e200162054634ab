"""The process that loads a package, makes its tables on a throw-away database and opens its pages.

`python -m core.cli.quality.probe MODULE NAME SERVER DATABASE OUTPUT`: writes `Facts` as JSON. A process of its own,
so that nothing of the package stays in the program that asked, and one that ends it is a finding too.
"""
