"""Documents: their content by its own digest in a store, their meaning in a table of the school."""
