"""Enters: a registry that can be read. Leaves: what is not good enough about it, theme by theme."""
