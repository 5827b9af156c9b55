"""Enters: nothing. Leaves: the parts of an editor's registry that many a test begins with."""

from __future__ import annotations

PRODUCT = """
format = 1
[product]
id = "editor"
title = "An editor for tests"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"
[product.levels]
usage = "Which parts of the editor are used."
"""
ABOUT = """question = "How much is the editor used?"
decision = "How many weeks a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The editor's council", where = "https://editor.example/1" }
expires = { never = "It is the base for every other number." }"""
