"""Texts for embedders, made from their registry: consent, privacy notice, record, assessment."""
