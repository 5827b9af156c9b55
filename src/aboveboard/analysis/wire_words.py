"""Enters: a code of what became of a message. Leaves: what it means, and what to do."""

from __future__ import annotations

from aboveboard.analysis.wire_codes import CODES

MEANINGS = {
    "understood": "Read, and asked of the registry.",
    "ignored": "Properties that the mapping drops on purpose.",
    "said_at_another_time": "Said too long ago or in the future: counted on the day it came.",
    "wire_failed": "A mistake of ours: please report what stands in the log.",
    "unknown_metric": "The registry has no such metric: register it, or ignore it in the mapping.",
    "wrong_kind": "The value is of another kind than the metric: give it a form in the mapping.",
    "out_of_bounds": "The value lies outside the metric's bounds.",
    "expired_metric": "The metric is no longer measured.",
    "answered_metric": "The metric's question is answered: it is no longer measured.",
    "wrong_day": "A count of a day that is not of its report's week.",
    "said_twice": "The same was said twice in one report.",
    "message_not_allowed": "An error's text that the registry does not let through.",
    "overflow": "More of it on one day than the metric's largest number.",
    "provider": "A plug-in of the sender failed.",
    "no_setting": "The sender has no such setting.",
    "no_default": "The sender does not know what the setting is by default.",
    "unknown_app": "No registry is served for that product.",
    "unknown_registry": "No version of the product's registry is served that the report names.",
}
ANSWERS = {
    "kept": "On disk.",
    "answered": "There was nothing in it to keep; if something was dropped, why is told below.",
    "refused": "The wire could not take it; why is told below.",
    "repeated": "There before; counted once.",
    "too_large": "The body is larger than the wire takes.",
    "too_large_inflated": "The body is larger than the wire takes, when inflated.",
    "unknown_encoding": "Packed in a way that the wire does not know.",
    "unknown_media_type": "Another type than the wire takes.",
    "broken_compression": "Not packed as it says.",
    "cannot_open": "Sealed for another key.",
    "not_a_report": "The body is no report.",
    "bad_report_id": "The id of the report is none.",
    "address_mismatch": "The report is not that of its address.",
    "period_in_future": "A report of a week that is not there yet.",
    "period_too_old": "A report of a week that is closed.",
    "cannot_keep": "The log cannot be written: look at the disk.",
    "no_such_address": "There is nothing under that address.",
    "method_not_allowed": "The address does not take that method.",
    "incomplete_body": "The connection ended before the body did.",
    "unreadable_item": "What came through a queue cannot be read; it waits in the list of errors.",
    "no_token": "Nothing is taken back without its token.",
    "wrong_token": "The token is not that of the report.",
    "unknown_report": "No such report is here.",
    "no_longer_linked": "Too old to be taken back: nobody knows its counts any more.",
    "cannot_look_up": "The tables cannot be read: look at the store.",
    "too_many_reports": "More reports than one request may bring.",
    "too_many_requests": "The sender's network is over its rate.",
    "too_slow": "The request did not arrive in time.",
    "too_busy": "More are connected than may be.",
    "headers_too_large": "The head of the request is too long.",
}


def meaning(code: str, wire: str = "") -> str:
    """Give what a code means.

    Args:
        code: what became of a message, or of an entry.
        wire: on which it came; ``""`` where that does not matter.

    Example:
        >>> meaning("ignored")
        'Properties that the mapping drops on purpose.'
        >>> meaning("wrong_secret", "ga4")
        'The request has another secret than its stream.'
        >>> meaning("code_of_tomorrow")
        'Code of tomorrow.'
    """
    known = CODES.get(wire, {}).get(code) or MEANINGS.get(code) or ANSWERS.get(code)
    return known or f"{code.replace('_', ' ').capitalize()}."
