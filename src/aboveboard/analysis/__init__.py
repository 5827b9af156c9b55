"""Steps 10 to 12. Enters: the log. Leaves: tables, totals, and numbers that anyone may read."""
