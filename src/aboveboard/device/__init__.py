"""Steps 1 to 6. Enters: a call. Leaves: a report that the person could see, delivered or kept."""
