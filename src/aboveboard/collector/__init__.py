"""Steps 7 to 9. Enters: a request of a stranger. Leaves: a record on disk, or a coded refusal."""
