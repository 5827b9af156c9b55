"""Enters: nothing. Leaves: for each foreign wire what its codes mean, as its page says it.

The codes under which a wire counts what it drops before a registry is asked. ``docs/wires`` has the
same sentences; a test compares them, and another sees that no wire knows a code that is not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.wires.sentry import NOT_KEPT
from aboveboard.wires.sentry_losses import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKED = {
    "unknown_encoding": "Packed in a way that the wire does not know.",
    "broken_compression": "Not packed as it says.",
    "too_large_inflated": "More bytes than the wire takes, when inflated.",
}
_GA4 = {
    "value_required": "lacks what it must have",
    "value_invalid": "has a value that is none",
    "name_invalid": "has no possible name",
    "name_reserved": "has a name that is reserved",
    "exceeded_max_entities": "is one too many",
    "value_out_of_bounds": "has a value that is too long or too far away",
    "name_duplicated": "is there twice",
}
CODES: Mapping[str, Mapping[str, str]] = {
    "backdrop": {
        "unknown_project": "A project that no registry has.",
        "nested_value": "A list or table where a value must be.",
        "long_value": "A text of more than 1024 characters.",
        "odd_number": "A number beyond 10¹².",
        "bad_key": "A key that is no machine name.",
        "too_many_keys": "More than 200 keys of a project: those behind them.",
        "not_a_project": "Something else where a project must be an object.",
        "no_projects": "The whole request: no object of projects.",
        "not_json": "The whole request: no JSON.",
        "no_site_key": "The whole request: no X-Site-Key.",
        "bad_site_key": "The whole request: an X-Site-Key that is empty or longer than 128.",
        "wrong_host": "Refused: another host than backdrop_host.",
    },
    "endless": {
        "not_normal": "A body that is no GVariant of its form, in normal form.",
        "old_form": "A request of the forms 0 and 1.",
        "too_many_events": "Refused: a request with more than 5,000 events.",
        "hash_mismatch": "Refused: another hash than that of the body, so some of it was changed.",
        "empty_body": "Refused: an empty body.",
        "method_not_allowed": "Refused: an address or method that the original does not take.",
        "past_event": "An event that no machine sends any longer, dropped on purpose.",
        "test_event": "An event that only tests send, dropped on purpose.",
        "bad_event_id": "An event whose UUID has not 16 bytes.",
        "bad_period": "A count of no day or month.",
        **PACKED,
    },
    "ga4": {
        "no_stream": "The request names no stream.",
        "unknown_stream": "The request names a stream that is not set up.",
        "wrong_secret": "The request has another secret than its stream.",
        "not_json": "The body is no JSON.",
        **{code: f"An event or its request {what}." for code, what in _GA4.items()},
        **{
            f"{sort}_{code}": f"A {name} {_GA4[code]}."
            for sort, name in (("param", "parameter"), ("property", "user property"))
            for code in ("value_invalid", "name_invalid", "name_reserved", "exceeded_max_entities")
        },
        **PACKED,
    },
    "mattermost-security": {
        "no_id": "A check without the id of a server: it hears the notices, and is not counted.",
        "bad_query": "A query with too many values: it hears the notices, and is not counted.",
        "no_such_notice": "Refused: a page of a notice that is not there.",
    },
    "otlp": {
        "not_named": "Points of a metric that the registry does not name; its name waits in "
        "quarantine.",
        "kind_of_data_not_kept": "Points that do not fit the metric's kind.",
        "cumulative_since_another_week": "What is cumulative since an earlier week: set the "
        "temporality preference to delta.",
        "cumulative_without_instance": "What is cumulative, of a sender without "
        "service.instance.id.",
        "no_event_name": "Records without an event's name.",
        "unknown_service": "No key, and a service.name that is none.",
        "too_many_metrics": "Metrics or records behind the first thousand of a request.",
        "unknown_key": "Refused: a key that is wrong or switched off.",
        "unknown_media_type": "Refused: another Content-Type than JSON or Protocol Buffers.",
        "bad_encoding": "Refused: not packed as it says.",
        "bad_request": "Refused: not what its Content-Type says.",
        "too_large": "Refused: too many bytes, as they travel or inflated.",
    },
    "phone-home": {
        "wrong_form": "Refused: no JSON, or not of the form of a ping or an activation.",
        "not_acceptable": "Refused: a client that takes no JSON.",
        **PACKED,
    },
    "segment": {
        "no_user_anon_id": "Neither userId nor anonymousId.",
        "id_not_string": "A userId or anonymousId that is no text.",
        "id_required": "A group without groupId.",
        "event_not_defined": "A track without event.",
        "event_not_string": "A track whose event is no text.",
        "properties_not_object": "The properties are no object.",
        "traits_not_object": "The traits are no object.",
        "name_not_string": "The name of a page or screen is no text.",
        "category_not_string": "The category of a page or screen is no text.",
        "message_rejected": "No object, or of no known type.",
        "message_too_large": "More bytes than one message may have.",
        "alias_not_kept": "An alias; nothing of it is kept.",
        "merge_not_kept": "A merge; nothing of it is kept.",
        "audience_not_kept": "A list of an audience; nothing of it is kept.",
        "empty_batch": "A batch without any message.",
        "bad_request": "Refused: no JSON, empty, or not packed as it says.",
        "too_large": "Refused: too many bytes, as they travel or inflated.",
        "too_many_events": "Refused: more than 2,500 messages.",
        "unknown_source": "The whole request: no key, or one that nobody knows.",
        "source_disabled": "The whole request: a key that is switched off.",
    },
    "sentry": {
        "message_not_kept": "An event without an exception.",
        "bad_event": "An event that is no JSON object.",
        "bad_session": "A session that is not as it must be.",
        "bad_client_report": "A report of losses that is not as it must be.",
        "item_too_large": "An item of more than 1 MiB, or behind 2 MiB of others that are kept.",
        "item_not_kept": "An item of a type that nobody knows.",
        "too_many_items": "What stands behind the first thousand items.",
        "bad_envelope": "Refused: no envelope, or an item that was cut.",
        "bad_encoding": "Refused: not packed as it says.",
        "too_large": "Refused: too many bytes, as they travel or inflated.",
        "no_key": "Refused: no key.",
        "unknown_key": "Refused: a key that nobody knows.",
        "key_is_off": "Refused: a key that is switched off.",
        **{
            f"{kind}_not_kept": f"An item of the type {kind}; nothing of it is kept."
            for kind in NOT_KEPT
        },
        **{
            f"lost_{reason}": f"Lost by the client, which says why: {reason}."
            for reason in sorted(REASONS)
        },
        "lost_other": "Lost by the client, for a reason that nobody knows.",
    },
    "universal": {
        "no_stream": "A line that names no stream.",
        "unknown_stream": "A line that names a stream that is not set up.",
        "not_an_event": "A line that is no event with a category, an action and a client.",
        "too_many_hits": "Lines behind the first twenty of a request.",
        **PACKED,
    },
}
"""Wire to code to what it means."""
