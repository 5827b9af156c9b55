"""Enters: what a step needs from outside. Leaves: the interfaces that adapters fulfil, no more."""
