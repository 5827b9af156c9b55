"""Enters: the control store of any version. Leaves: the same as this version has it."""
