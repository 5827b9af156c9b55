"""Enters: nothing. Leaves: the smallest useful registry file, for examples and first tests."""

from __future__ import annotations

EXAMPLE_REGISTRY = b"""
format = 1

[product]
id = "editor"
title = "An example editor"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."

[metric."file.opened"]
kind = "counter"
title = "Files opened"
question = "How much is the editor used?"
decision = "How many weeks a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The editor's council", where = "https://editor.example/1" }
expires = { never = "It is the base for every other number." }
level = "usage"
"""
"""The smallest useful registry file, for examples and first tests."""
