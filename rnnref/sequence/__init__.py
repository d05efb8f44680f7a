"""A whole sequence: what a cell returns for it, and the arrays that make it fast."""
