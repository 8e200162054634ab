"""OneRoster 1.2 as a package of CSV files: out of the records, and in through the import of pupils."""
