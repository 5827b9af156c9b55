"""Enters: a metric file that people wrote. Leaves: a registry both ends can trust, or problems."""
