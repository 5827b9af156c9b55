"""Enters: a metric. Leaves: whether somebody answers for it, and whether that can be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aboveboard.model.metric import Metric
from aboveboard.registry.rules.check import Context, Finding, of_metric
from aboveboard.registry.rules.words import FIRST_NAMES, FREE_MAIL, NOBODY, words

_HOST = re.compile(r"https?://[^/]+/?")


@of_metric(
    "owner_is_private",
    title="The owner is a private person",
    reason="People leave; a role stays. And nobody's own mail address belongs into a public file.",
    remedy="Name a role, or an address of the project.",
)
def _owner_is_private(metric: Metric, _: Context) -> Iterator[Finding]:
    if FREE_MAIL.search(metric.owner):
        yield Finding("owner", "it is an address at a provider of private mail.")
    elif metric.owner.lower() in FIRST_NAMES:
        yield Finding("owner", "it is a first name alone.")


@of_metric(
    "approval_missing",
    title="Nobody is named who approved it",
    reason="What nobody approved must not be measured.",
    remedy="Name who agreed, or set `status` to proposed.",
)
def _approval_missing(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.approved is not None and " ".join(words(metric.approved.by)) in NOBODY:
        yield Finding("approved.by", "this is nobody who could approve it.")


@of_metric(
    "approved_by_its_owner",
    title="Its owner approved it",
    reason="Whoever wants the number should not be the one who allows it.",
    remedy="Let somebody else approve it.",
)
def _approved_by_its_owner(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.approved is not None and words(metric.owner) == words(metric.approved.by):
        yield Finding("approved.by", "it is the owner.")


@of_metric(
    "link_says_nothing",
    title="A link leads to a front page",
    reason="Whoever wants to read the discussion will not find it there.",
    remedy="Link to the page of the discussion or of the decision itself.",
)
def _link_says_nothing(metric: Metric, context: Context) -> Iterator[Finding]:
    product = context.registry
    generic = {link.rstrip("/") for link in (product.homepage, product.policy)}
    links = {"review": metric.review} | {
        f"outcomes.{place}.where": outcome.where for place, outcome in enumerate(metric.outcomes)
    }
    if metric.approved is not None:
        links["approved.where"] = metric.approved.where
    for place, link in links.items():
        if _HOST.fullmatch(link) or link.rstrip("/") in generic:
            yield Finding(place, "it leads to a front page.")


PEOPLE = (_owner_is_private, _approval_missing, _approved_by_its_owner, _link_says_nothing)
