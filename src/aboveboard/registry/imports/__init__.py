"""Enters: what others call their metrics. Leaves: registry files that people can finish."""
