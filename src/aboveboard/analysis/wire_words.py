"""Enters: a code of what became of a message. Leaves: what it means, and what to do."""

from __future__ import annotations

MEANINGS = {
    "understood": "Read, and asked of the registry.",
    "ignored": "Properties that the mapping drops on purpose.",
    "unknown_metric": "The registry has no such metric: register it, or ignore it in the mapping.",
    "wrong_kind": "The value is of another kind than the metric: give it a form in the mapping.",
    "out_of_bounds": "The value lies outside the metric's bounds.",
    "expired_metric": "The metric is no longer measured.",
    "unknown_app": "No registry is served for that product.",
    "said_at_another_time": "Said too long ago or in the future: counted on the day it came.",
    "no_user_anon_id": "A message names nobody: set a user id or an anonymous id.",
}
ANSWERS = {
    "kept": "On disk.",
    "answered": "There was nothing in it to keep.",
    "refused": "The wire could not take it; why is told below.",
    "repeated": "There before; counted once.",
    "too_large": "The body is larger than the wire takes.",
    "cannot_keep": "The log cannot be written: look at the disk.",
    "too_many_requests": "The sender's network is over its rate.",
    "incomplete_body": "The connection ended before the body did.",
    "too_slow": "The request did not arrive in time.",
}


def meaning(code: str) -> str:
    """Give what a code means; for the codes of a wire itself, the code in words.

    Example:
        >>> meaning("ignored")
        'Properties that the mapping drops on purpose.'
        >>> meaning("bad_secret")
        'Dropped by the wire: bad secret.'
    """
    known = MEANINGS.get(code) or ANSWERS.get(code)
    return known or f"Dropped by the wire: {code.replace('_', ' ')}."
