"""What a grid of marks consists of: its columns by the rules, and what may stand in a cell. Pure, no I/O."""
