"""Enters: nothing. Leaves: what the Measurement Protocol of Google Analytics 4 allows.

Source: https://developers.google.com/analytics/devguides/collection/protocol/ga4 (reference,
sending events, validating events).
"""

from __future__ import annotations

import enum


class Code(enum.StrEnum):
    """What a validation message says is wrong, in Google's words."""

    VALUE_INVALID = "VALUE_INVALID"
    VALUE_REQUIRED = "VALUE_REQUIRED"
    NAME_INVALID = "NAME_INVALID"
    NAME_RESERVED = "NAME_RESERVED"
    VALUE_OUT_OF_BOUNDS = "VALUE_OUT_OF_BOUNDS"
    EXCEEDED_MAX_ENTITIES = "EXCEEDED_MAX_ENTITIES"
    NAME_DUPLICATED = "NAME_DUPLICATED"


MOST_BYTES = 130_000
"""A body must be smaller."""
MOST_EVENTS = 25
MOST_PARAMS = 25
MOST_PROPERTIES = 25
MOST_ITEMS = 200
MOST_ITEM_PARAMS = 10
"""Of an item, besides those that every shop has."""

LONGEST_EVENT = 40
LONGEST_PARAM = 40
LONGEST_PROPERTY = 24
LONGEST_VALUE = 100
LONGEST_PROPERTY_VALUE = 36
LONGEST_USER_ID = 256
LONGER_VALUES = {"page_title": 300, "page_referrer": 420, "page_location": 1000}

OLDEST_SECONDS = 72 * 3600
"""So far back may a message be dated."""
AHEAD_SECONDS = 15 * 60
"""So far ahead may a sender's clock be."""

RESERVED_EVENTS = frozenset(
    [
        "ad_activeview",
        "ad_click",
        "ad_exposure",
        "ad_impression",
        "ad_query",
        "ad_reward",
        "adunit_exposure",
        "app_clear_data",
        "app_exception",
        "app_install",
        "app_remove",
        "app_store_refund",
        "app_update",
        "app_upgrade",
        "dynamic_link_app_open",
        "dynamic_link_app_update",
        "dynamic_link_first_open",
        "error",
        "firebase_campaign",
        "first_open",
        "first_visit",
        "in_app_purchase",
        "notification_dismiss",
        "notification_foreground",
        "notification_open",
        "notification_receive",
        "notification_send",
        "os_update",
        "screen_view",
        "session_start",
        "user_engagement",
    ]
)
RESERVED_PARAMS = frozenset({"firebase_conversion"})
RESERVED_PROPERTIES = frozenset(
    [
        "first_open_time",
        "first_visit_time",
        "last_deep_link_referrer",
        "user_id",
        "first_open_after_install",
    ]
)
RESERVED_STARTS = ("_", "firebase_", "ga_", "google_", "gtag.")
RESERVED_PROPERTY_STARTS = ("_", "firebase_", "ga_", "google_")
RESERVED_EVENT_STARTS = (*RESERVED_STARTS, "dynamic_link_")

USUAL_ITEM_PARAMS = frozenset(
    [
        "item_id",
        "item_name",
        "affiliation",
        "coupon",
        "creative_name",
        "creative_slot",
        "currency",
        "discount",
        "index",
        "item_brand",
        "item_category",
        "item_category2",
        "item_category3",
        "item_category4",
        "item_category5",
        "item_list_id",
        "item_list_name",
        "item_variant",
        "location_id",
        "price",
        "promotion_id",
        "promotion_name",
        "quantity",
    ]
)
