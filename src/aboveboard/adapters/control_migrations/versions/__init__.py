"""Enters: nothing. Leaves: the steps from each version of the control store to the next."""
