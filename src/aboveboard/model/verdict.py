"""Enters: what the collector found. Leaves: a value whose code is answer, log field and label."""

from __future__ import annotations

import enum

from aboveboard.values import dataclass


class Reason(enum.StrEnum):
    """Why something was refused, set aside or put off. The text never changes once released."""

    TOO_LARGE = "too_large"
    TOO_LARGE_INFLATED = "too_large_inflated"
    UNKNOWN_ENCODING = "unknown_encoding"
    UNKNOWN_MEDIA_TYPE = "unknown_media_type"
    BROKEN_COMPRESSION = "broken_compression"
    CANNOT_OPEN = "cannot_open"
    NOT_A_REPORT = "not_a_report"
    BAD_REPORT_ID = "bad_report_id"
    ADDRESS_MISMATCH = "address_mismatch"
    UNKNOWN_APP = "unknown_app"
    UNKNOWN_REGISTRY = "unknown_registry"
    PERIOD_IN_FUTURE = "period_in_future"
    PERIOD_TOO_OLD = "period_too_old"
    CANNOT_KEEP = "cannot_keep"
    NO_SUCH_ADDRESS = "no_such_address"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    INCOMPLETE_BODY = "incomplete_body"
    UNREADABLE_ITEM = "unreadable_item"
    """What came through a queue is not written as its list's wire says; nobody hears of it."""

    NO_TOKEN = "no_token"  # noqa: S105 a code
    WRONG_TOKEN = "wrong_token"  # noqa: S105 a code
    UNKNOWN_REPORT = "unknown_report"
    NO_LONGER_LINKED = "no_longer_linked"
    CANNOT_LOOK_UP = "cannot_look_up"
    TOO_MANY_REPORTS = "too_many_reports"
    TOO_MANY_REQUESTS = "too_many_requests"
    TOO_SLOW = "too_slow"
    TOO_BUSY = "too_busy"
    HEADERS_TOO_LARGE = "headers_too_large"

    UNKNOWN_METRIC = "unknown_metric"
    EXPIRED_METRIC = "expired_metric"
    ANSWERED_METRIC = "answered_metric"
    WRONG_KIND = "wrong_kind"
    OUT_OF_BOUNDS = "out_of_bounds"
    WRONG_DAY = "wrong_day"
    SAID_TWICE = "said_twice"
    MESSAGE_NOT_ALLOWED = "message_not_allowed"

    OVERFLOW = "overflow"
    """More of something on a day than its metric's largest number; told by the device alone."""
    PROVIDER = "provider"
    """A plug-in failed, took too long or told nonsense; told by the device alone."""
    NO_SETTING = "no_setting"
    NO_DEFAULT = "no_default"

    @property
    def status(self) -> int:
        """The HTTP status that goes with it when a whole request is refused."""
        return _STATUS.get(self, 400)


_STATUS = {
    Reason.TOO_LARGE: 413,
    Reason.TOO_LARGE_INFLATED: 413,
    Reason.UNKNOWN_ENCODING: 415,
    Reason.UNKNOWN_MEDIA_TYPE: 415,
    Reason.UNKNOWN_APP: 404,
    Reason.NO_SUCH_ADDRESS: 404,
    Reason.METHOD_NOT_ALLOWED: 405,
    Reason.UNKNOWN_REGISTRY: 422,
    Reason.PERIOD_IN_FUTURE: 422,
    Reason.PERIOD_TOO_OLD: 422,
    Reason.CANNOT_KEEP: 503,
    Reason.NO_TOKEN: 401,
    Reason.WRONG_TOKEN: 403,
    Reason.UNKNOWN_REPORT: 404,
    Reason.NO_LONGER_LINKED: 410,
    Reason.CANNOT_LOOK_UP: 503,
    Reason.TOO_MANY_REPORTS: 413,
    Reason.TOO_MANY_REQUESTS: 429,
    Reason.TOO_SLOW: 408,
    Reason.TOO_BUSY: 503,
    Reason.HEADERS_TOO_LARGE: 431,
}


@dataclass(frozen=True, slots=True)
class Refused:
    """The whole request is refused, or put off if the reason's status is 408, 429 or 503.

    Attributes:
        reason: the stable code.
        detail: one sentence for whoever reads the answer; never a part of the request's content.
        retry_after: the seconds after which it may come again; 0 where nobody knows.
    """

    reason: Reason
    detail: str
    retry_after: int = 0


# Not made by ``dataclass``: that would take four times as long, and each report makes one.
class Accepted:
    """A report that will be kept.

    Attributes:
        app: the product.
        id: the report's id as a number, for the duplicate check.
        record: the bytes that are appended to the log.
        aside: how many of its entries were set aside.
    """

    __slots__ = ("app", "aside", "id", "record")

    def __init__(self, app: str, id: int, record: bytes, aside: int = 0) -> None:  # noqa: A002 the field's name
        self.app = app
        self.id = id
        self.record = record
        self.aside = aside


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer for a report that is on disk.

    Attributes:
        repeated: whether it had been there before.
        aside: how many of its entries were set aside.
        answered: the app's metrics that need not be measured any longer.
    """

    repeated: bool
    aside: int = 0
    answered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The answer for a report that somebody took back.

    Attributes:
        receipt: a signed note that says so.
        done: whether it is gone already; else it will be, by the day that the receipt names.
    """

    receipt: str
    done: bool = True

    @property
    def code(self) -> str:
        """The stable code of the answer."""
        return "deleted" if self.done else "will_be_deleted"
