from __future__ import annotations

from dataclasses import replace

from aboveboard.model.registry import Registry
from aboveboard.registry.reference.facts import Fact
from aboveboard.registry.reference.product import counts, product_page


def _about(registry: Registry) -> dict[str, Fact]:
    return {fact.term: fact for fact in product_page(registry).about.facts}


def test_the_metrics_are_counted_by_where_they_stand(every_kind: Registry) -> None:
    expected = "15 metrics: 12 measured, 2 under discussion, 1 retired."
    assert counts(every_kind) == product_page(every_kind).counts == expected


def test_a_single_metric_is_one(every_kind: Registry) -> None:
    metrics = {"file.opened": every_kind.metrics["file.opened"]}
    assert counts(replace(every_kind, metrics=metrics)) == "1 metric: 1 measured."


def test_the_page_says_who_agrees_and_who_receives(every_kind: Registry) -> None:
    about = _about(every_kind)
    assert about["Approval"].text == "By signature: 2 of these 2 must sign."
    assert about["Approval"].words == ("Ana, the chair, until 2027-12-31", "Ben, the treasurer")
    assert about["Reports go to"].words[0] == "https://telemetry.editor.example"
    assert about["Sealed"].code.startswith("x25519:B6N8")
    assert about["Transparency log"].code.startswith("editor.example/log+")
    assert about["Mirrors of the log"].words == ("https://mirror.example",)
    assert about["Sent"].text == "Once a month, by those who agreed."
    assert about["Counted earlier"].text.startswith("The question is also about")
    assert about["Clients of others"].text.startswith("Values that they send")
    assert about["Installs"].text == "About 5,000 are expected."
    assert about["Uniqueness"].text.endswith("at most 12 bits.")
    assert about["Languages"].words == ("en", "de")
    assert about["Check switched off"].code == "few_installs"
    assert about["Fingerprint"].code == every_kind.fingerprint


def test_a_product_that_says_little_has_few_lines(every_kind: Registry) -> None:
    plain = replace(
        every_kind,
        committee=None,
        collector=None,
        installs=None,
        most_bits=None,
        raw_quarantine=False,
        languages=("en",),
        allow={},
    )
    about = _about(plain)
    assert list(about) == ["Contact", "Approval", "Reports go to", "Fingerprint"]
    assert about["Reports go to"].text.startswith("Nobody")


def test_a_collector_without_a_key_or_log_says_that_reports_are_open(every_kind: Registry) -> None:
    assert every_kind.collector is not None
    plain = replace(every_kind.collector, keys=(), log="", mirrors=())
    about = _about(replace(every_kind, collector=plain, asks_for_earlier=False))
    assert "Counted earlier" not in about
    assert about["Sealed"].text.startswith("No: ")
    assert "Transparency log" not in about
    assert "Mirrors of the log" not in about


def test_every_metric_is_listed_once(every_kind: Registry) -> None:
    parts = product_page(every_kind).parts
    listed = [m.metric.name for part in parts for group in part.groups for m in group.metrics]
    assert sorted(listed) == sorted(every_kind.metrics)
    assert sum(part.size for part in parts) == len(every_kind.metrics)


def test_metrics_stand_by_level_and_by_how_their_names_begin(every_kind: Registry) -> None:
    environment, usage, errors, plugin = product_page(every_kind).parts
    assert (environment.anchor, environment.covers) == ("level-environment", "The system.")
    assert [group.name for group in environment.groups] == ["system"]
    assert [(group.name, len(group.metrics)) for group in usage.groups] == [
        ("", 4),
        ("file", 5),
        ("program", 2),
    ]
    assert errors.groups == ()
    assert plugin.plugin == every_kind.plugins[0]
    assert [m.metric.name for m in plugin.groups[0].metrics] == ["spelling.used"]


def test_what_is_not_measured_wears_a_badge(every_kind: Registry) -> None:
    parts = product_page(every_kind).parts
    badges = {
        m.metric.name: m.badge for part in parts for group in part.groups for m in group.metrics
    }
    assert badges["file.opened"] == ""
    assert badges["new.thing"] == "Under discussion: not measured"
    assert badges["old.thing"] == "Retired: no longer measured"


def test_no_two_anchors_are_the_same(every_kind: Registry) -> None:
    page = product_page(every_kind)
    anchors = [page.about.anchor, *every_kind.metrics]
    anchors += [part.anchor for part in page.parts]
    anchors += [group.anchor for part in page.parts for group in part.groups]
    assert len(anchors) == len(set(anchors))
