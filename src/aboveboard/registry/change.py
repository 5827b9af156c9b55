"""Enters: two things that a registry said. Leaves: a change between them, its code and its weight.

A change has one effect for the person, which its code decides: it widens what is learnt of them,
narrows it, or does neither. What widens needs a new consent, and its reason is told here.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.model.metric import Metric

Detail: TypeAlias = "bool | int | float | str | date | tuple[str, ...] | tuple[int, ...] | None"
"""What was said before or after, plain enough for JSON but for days."""


class Effect(enum.StrEnum):
    """What a change means for the person."""

    WIDENS = "widens"
    """More is learnt, for longer, by others or for another purpose: it needs a new consent."""
    NARROWS = "narrows"
    """Less is learnt; nobody needs to be asked."""
    NEUTRAL = "neutral"
    """The same is learnt."""


class Code(enum.StrEnum):
    """What changed. The words are stable; ``docs/registry-diff.md`` explains each."""

    PRODUCT = "product"
    PRODUCT_TITLE = "product_title"
    HOMEPAGE = "homepage"
    CONTACT = "contact"
    POLICY = "policy"
    NOTE = "note"
    LANGUAGES = "languages"
    INSTALLS = "installs"
    LEVEL_ADDED = "level_added"
    LEVEL_REMOVED = "level_removed"
    LEVEL_REWORDED = "level_reworded"
    COLLECTOR_ADDED = "collector_added"
    COLLECTOR_REMOVED = "collector_removed"
    COLLECTOR_ADDRESS = "collector_address"
    COLLECTOR_ADDRESS_GONE = "collector_address_gone"
    COLLECTOR_KEY = "collector_key"
    COLLECTOR_KEY_GONE = "collector_key_gone"
    COLLECTOR_SEALED = "collector_sealed"
    COLLECTOR_UNSEALED = "collector_unsealed"
    COLLECTOR_LOG = "collector_log"
    COLLECTOR_MIRRORS = "collector_mirrors"
    COMMITTEE = "committee"
    MOST_BITS = "most_bits"
    SENDS_MORE_OFTEN = "sends_more_often"
    SENDS_LESS_OFTEN = "sends_less_often"
    ASKS_FOR_EARLIER = "asks_for_earlier"
    ASKS_NO_MORE_FOR_EARLIER = "asks_no_more_for_earlier"
    RAW_QUARANTINE = "raw_quarantine"
    NO_RAW_QUARANTINE = "no_raw_quarantine"
    PRODUCT_WORDS = "product_words"
    PLUGIN_ADDED = "plugin_added"
    PLUGIN_REMOVED = "plugin_removed"
    PLUGIN_CHANGED = "plugin_changed"

    NEW = "new"
    LISTED = "listed"
    REMOVED = "removed"
    RENAMED = "renamed"
    MEASURED = "measured"
    NOT_MEASURED = "not_measured"
    STATUS = "status"
    KIND = "kind"
    TITLE = "title"
    QUESTION = "question"
    DECISION = "decision"
    OWNER = "owner"
    REVIEW = "review"
    APPROVED = "approved"
    EXPIRES_LATER = "expires_later"
    EXPIRES_EARLIER = "expires_earlier"
    NEVER_EXPIRES_BECAUSE = "never_expires_because"
    LEVEL = "level"
    CHOICES_ADDED = "choices_added"
    CHOICES_REMOVED = "choices_removed"
    CHOICES_ORDER = "choices_order"
    PRECISION_HIGHER = "precision_higher"
    PRECISION_LOWER = "precision_lower"
    LARGEST_HIGHER = "largest_higher"
    LARGEST_LOWER = "largest_lower"
    BUCKETS_FINER = "buckets_finer"
    BUCKETS_COARSER = "buckets_coarser"
    BUCKETS_MOVED = "buckets_moved"
    PERIOD_FINER = "period_finer"
    PERIOD_COARSER = "period_coarser"
    MESSAGE_ADDED = "message_added"
    MESSAGE_LEVEL = "message_level"
    MESSAGE_REMOVED = "message_removed"
    REDUCER = "reducer"
    SOURCE = "source"
    OUTCOMES = "outcomes"
    THRESHOLD_LOWER = "threshold_lower"
    THRESHOLD_HIGHER = "threshold_higher"
    SENSITIVITY_RAISED = "sensitivity_raised"
    SENSITIVITY_LOWERED = "sensitivity_lowered"
    SENSITIVITY_SAID = "sensitivity_said"
    UNIT = "unit"
    TRAVELS_WITH_MORE = "travels_with_more"
    TRAVELS_WITH_LESS = "travels_with_less"
    ACCURACY = "accuracy"
    RATE = "rate"
    ENDS_WHEN_ANSWERED = "ends_when_answered"
    GOES_ON_WHEN_ANSWERED = "goes_on_when_answered"
    EXAMPLE = "example"
    SINCE_EARLIER = "since_earlier"
    SINCE_LATER = "since_later"
    UNTIL_LATER = "until_later"
    UNTIL_EARLIER = "until_earlier"
    ALIASES = "aliases"
    TRANSLATION = "translation"
    PLUGIN = "plugin"
    ALLOW = "allow"


WHY: Mapping[Code, str] = MappingProxyType(
    {
        Code.PRODUCT: "consent to one product is no consent to another.",
        Code.LEVEL_REWORDED: "people agreed to other words.",
        Code.COLLECTOR_ADDED: "nothing was sent to anybody before.",
        Code.COLLECTOR_ADDRESS: "somebody else may receive the reports.",
        Code.COLLECTOR_KEY: "somebody else may open the reports.",
        Code.COLLECTOR_UNSEALED: "others than the collector could read the reports on their way.",
        Code.SENDS_MORE_OFTEN: "the more often reports leave, the closer they tell when.",
        Code.ASKS_FOR_EARLIER: "what was counted before an answer was never sent so far.",
        Code.RAW_QUARANTINE: "what nobody looked at before is kept for some days.",
        Code.NEW: "it was not measured before.",
        Code.MEASURED: "it was not measured before.",
        Code.KIND: "something else is measured than before.",
        Code.DECISION: "it serves another purpose than the one people agreed to.",
        Code.EXPIRES_LATER: "it is measured for longer.",
        Code.GOES_ON_WHEN_ANSWERED: "it is measured for longer.",
        Code.LEVEL: "who agreed to its new level may not have agreed to its old one.",
        Code.CHOICES_ADDED: "its answers tell more apart.",
        Code.PRECISION_HIGHER: "its answers tell more apart.",
        Code.LARGEST_HIGHER: "its answers tell more apart.",
        Code.BUCKETS_FINER: "its answers tell more apart.",
        Code.BUCKETS_MOVED: "its answers tell other things apart.",
        Code.PERIOD_FINER: "its answers tell the days of a week apart.",
        Code.MESSAGE_ADDED: "a message says more than where it broke.",
        Code.MESSAGE_LEVEL: "who agreed to its new level may not have agreed to its messages.",
        Code.REDUCER: "something else is made of the same setting.",
        Code.SOURCE: "another setting is looked at.",
        Code.THRESHOLD_LOWER: "smaller groups are published.",
        Code.SENSITIVITY_RAISED: "it comes closer to a person than people were told.",
        Code.TRAVELS_WITH_MORE: "more of what one install says can be seen together.",
        Code.SINCE_EARLIER: "more versions of the product measure it.",
        Code.UNTIL_LATER: "more versions of the product measure it.",
    }
)
"""Each code that widens, with the reason why people must be asked again."""

NARROWING = frozenset(
    {
        Code.COLLECTOR_REMOVED,
        Code.COLLECTOR_SEALED,
        Code.SENDS_LESS_OFTEN,
        Code.ASKS_NO_MORE_FOR_EARLIER,
        Code.NO_RAW_QUARANTINE,
        Code.REMOVED,
        Code.NOT_MEASURED,
        Code.EXPIRES_EARLIER,
        Code.CHOICES_REMOVED,
        Code.PRECISION_LOWER,
        Code.LARGEST_LOWER,
        Code.BUCKETS_COARSER,
        Code.PERIOD_COARSER,
        Code.MESSAGE_REMOVED,
        Code.ENDS_WHEN_ANSWERED,
        Code.THRESHOLD_HIGHER,
        Code.TRAVELS_WITH_LESS,
        Code.SINCE_LATER,
        Code.UNTIL_EARLIER,
    }
)


def effect_of(code: Code) -> Effect:
    """Give the effect of a change on what is measured.

    Example:
        >>> effect_of(Code.THRESHOLD_LOWER).value, effect_of(Code.OWNER).value
        ('widens', 'neutral')
    """
    if code in WHY:
        return Effect.WIDENS
    return Effect.NARROWS if code in NARROWING else Effect.NEUTRAL


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that two registries say differently.

    Attributes:
        code: what changed.
        place: where, as a dotted path of keys in the new file (in the old one if it was removed).
        before: what the old one said; None if nothing.
        after: what the new one says; None if nothing.
        effect: what it means for the person.
        metric: the metric as the new registry has it (the old one if it was removed), or None for
            what is said of the whole product.
    """

    code: Code
    place: str
    before: Detail
    after: Detail
    effect: Effect
    metric: Metric | None = None

    @property
    def subject(self) -> str:
        """What people call the thing that changed."""
        if self.metric is not None:
            return self.metric.title or self.metric.name
        if self.place.startswith("product.levels."):
            return f"The level {self.place.removeprefix('product.levels.')}"
        if self.place.startswith(("collector.log", "collector.mirrors")):
            return "The transparency log"
        return (
            "The reports"
            if self.place.startswith(("collector", "product.sends"))
            else "The product"
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """All that two registries say differently.

    Attributes:
        changes: metrics first, in the new file's order, then the product.
        titles: the title of every metric of both, by name.
    """

    changes: tuple[Change, ...] = ()
    titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def widening(self) -> tuple[Change, ...]:
        """The changes that people must be asked about."""
        return tuple(change for change in self.changes if change.effect is Effect.WIDENS)

    @property
    def needs_consent(self) -> bool:
        """Whether people who agreed to the old registry must be asked again."""
        return bool(self.widening)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they must be asked, a sentence for each change that widens."""
        return tuple(f"{change.subject}: {WHY[change.code]}" for change in self.widening)
