"""Enters: nothing. Leaves: the shape of the sentences that every language must have.

A language is one module that fills these classes, and a line in ``languages.py``. A sentence has
its variables in braces; what a text says besides its metrics stands here and nowhere else, so a
translator sees all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.consent import Mode
    from aboveboard.model.metric import Metric, Sensitivity
    from aboveboard.model.registry import Sends
    from aboveboard.registry.change import Change


@dataclass(frozen=True, slots=True)
class Common:
    """What several texts say.

    Attributes:
        blank: what only the controller knows; ``what``.
        marked: how a text that nobody translated is told; ``language``.
        source: which registry the text was made from; ``fingerprint``.
        form: what a metric's values look like.
        until: the last day; ``day``.
        endless: that there is none; ``reason``.
        groups: the smallest group that is published; ``threshold``.
        often: how often reports leave.
        sensitivity: how close a metric comes to a person, in words; None where nobody said.
        address: one of the collector's; ``url``.
        sealed: that reports are sealed.
        unsealed: that they are not.
        nobody: that there is no collector.
        message: that an error's message belongs to a level; ``title``.
        nothing: said where a list is empty.
        proposed: heads the metrics under discussion.
        retired: heads those that were given up.
        contact: ``contact``.
        policy: ``policy``.
        kept: what a collector keeps, and what it does not.
        kept_errors: what it keeps beside, if errors are measured.
        kept_messages: and what, if their messages may travel.
        measures: what protects people, true of every product and collector.
        measure_before: the same, if what was counted before the answer is not asked for.
        measure_before_asked: the same, if it is.
        measure_tls: the same, if all addresses are https.
    """

    blank: str
    marked: str
    source: str
    form: Callable[[Metric], str]
    until: str
    endless: str
    groups: str
    often: Mapping[Sends, str]
    sensitivity: Mapping[Sensitivity | None, str]
    address: str
    sealed: str
    unsealed: str
    nobody: str
    message: str
    nothing: str
    proposed: str
    retired: str
    contact: str
    policy: str
    kept: tuple[str, ...]
    kept_errors: str
    kept_messages: str
    measures: tuple[str, ...]
    measure_before: str
    measure_before_asked: str
    measure_tls: str


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The question, as people read it when they are asked.

    Attributes:
        title: ``product``.
        ask: ``product``, ``often``; that each answer is as good as the other.
        before: that nothing from before the answer is sent.
        before_asked: that this is asked for, too, and shown.
        what: heads the metrics.
        never: heads what is in no report.
        never_said: a line each.
        who: heads who receives.
        answers: heads the answers.
        answers_said: a line each, yes and no alike.
        yes_earlier: yes, where what was counted before is asked for, too.
        by_level: that each level may have its own answer.
        afterwards: heads seeing and taking back.
        afterwards_said: a line each.
        not_sent: heads the metrics that are not measured.
    """

    title: str
    ask: str
    before: str
    before_asked: str
    what: str
    never: str
    never_said: tuple[str, ...]
    who: str
    answers: str
    answers_said: tuple[str, ...]
    yes_earlier: str
    by_level: str
    afterwards: str
    afterwards_said: tuple[str, ...]
    not_sent: str


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The question in short, as it fits on a screen; the whole text is one key away.

    Attributes:
        would: ``product``, ``often``, ``receiver``; what a yes means.
        part: one of the parts that can be answered one by one; ``level``, ``number`` of metrics.
        part_one: the same, of one metric.
        never: what is in no report.
        change: that each answer can be changed.
        keys: what is pressed for each answer.
        answers: each answer in words, alike in weight.
        modes: the answers for one level, and what is pressed for each.
        earlier: asks whether what was counted until now goes, too.
        yes_no: yes and no, and what is pressed for each.
        pick: asks for a key.
        on_line: asks for a key where it is followed by Enter.
        back: how one leaves a page.
        more: how one turns a page.
        data_shown: before the exact data, if it stays here whatever is answered.
        data_earlier: the same, if it is what would be sent.
        data_none: said if there is none.
        answered: what was answered; ``answer``.
        grown_title: ``product``.
        grown: ``product``; that what is new stays unless they say yes.
        grown_yes: yes to what is new.
        rest: so many more lines are on the page of the whole text; ``number``.
        change_said: one change of the registry.
    """

    would: str
    part: str
    part_one: str
    never: str
    change: str
    keys: Mapping[str, str]
    answers: Mapping[str, str]
    modes: Mapping[Mode, tuple[str, str]]
    earlier: str
    yes_no: Mapping[bool, tuple[str, str]]
    pick: str
    on_line: str
    back: str
    more: str
    data_shown: str
    data_earlier: str
    data_none: str
    answered: str
    grown_title: str
    grown: str
    grown_yes: str
    rest: str
    change_said: Callable[[Change, Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class PrivacyWords:
    """A privacy notice, in the order of Article 13 of the GDPR.

    Attributes:
        title: ``product``.
        who: heads the controller.
        who_blanks: what the controller must add.
        what: heads the metrics.
        what_said: before them; ``often``.
        what_earlier: the same, where what was counted before the answer is asked for, too.
        question: ``question``.
        decision: ``decision``.
        form: ``form``.
        level: ``level``.
        closeness: ``sensitivity``.
        end: ``end``.
        basis: heads the legal basis.
        basis_said: a paragraph.
        recipients: heads who receives.
        recipients_blank: who else, and in which countries.
        storage: heads how long.
        storage_blank: how long the log is kept.
        rights: heads the rights.
        rights_said: a line each.
        complaint_blank: the authority.
        must: heads whether anybody must agree, and automatic decisions.
        must_said: a paragraph.
        not_collected: heads the metrics that are not measured.
    """

    title: str
    who: str
    who_blanks: tuple[str, ...]
    what: str
    what_said: str
    what_earlier: str
    question: str
    decision: str
    form: str
    level: str
    closeness: str
    end: str
    basis: str
    basis_said: str
    recipients: str
    recipients_blank: str
    storage: str
    storage_blank: str
    rights: str
    rights_said: tuple[str, ...]
    complaint_blank: str
    must: str
    must_said: str
    not_collected: str


@dataclass(frozen=True, slots=True)
class RecordWords:
    """A record of processing activities, Article 30(1) of the GDPR.

    Attributes:
        title: ``product``.
        heads: of the two columns of the first table.
        controller: names its row, as the next ones do; each letter is one of Article 30(1).
        controller_blanks: what the controller must add.
        purposes: (b).
        purposes_said: what is decided stands in the second table.
        subjects: (c), of people.
        subjects_said: who they are; ``product``.
        data: (c), of data.
        data_said: they stand in the second table.
        recipients: (d).
        recipients_blank: who else receives.
        transfers: (e).
        transfers_blank: which countries.
        limits: (f).
        limits_blank: when the log is erased.
        security: (g).
        security_blank: what only the controller knows of it.
        metrics: heads the second table.
        metric_heads: of its columns.
        not_processed: heads the metrics that are not measured.
    """

    title: str
    heads: tuple[str, str]
    controller: str
    controller_blanks: tuple[str, ...]
    purposes: str
    purposes_said: str
    subjects: str
    subjects_said: str
    data: str
    data_said: str
    recipients: str
    recipients_blank: str
    transfers: str
    transfers_blank: str
    limits: str
    limits_blank: str
    security: str
    security_blank: str
    metrics: str
    metric_heads: tuple[str, str, str, str, str]
    not_processed: str


@dataclass(frozen=True, slots=True)
class DpiaWords:
    """The skeleton of a data protection impact assessment, Article 35(7) of the GDPR.

    Attributes:
        title: ``product``.
        intro: that it is a skeleton.
        description: heads (a).
        description_said: a paragraph; ``product``, ``metrics``, ``installs``, ``often``.
        installs_unknown: said for ``installs`` where nobody said.
        description_blank: nature, scope, context.
        necessity: heads (b).
        necessity_blank: why less would not do; after each metric.
        approved: ``by``, ``day``, ``where``.
        unapproved: where nobody did as yet.
        risks: heads (c).
        together: ``sent``, ``linked``: bits of one report, and of all.
        crowd: ``installs``, ``sharing``.
        alone: ``installs``; that nobody else may say the same.
        close: heads the metrics about content and persons.
        small: heads those whose groups are smaller than their closeness asks for.
        unsaid: heads those of which nobody said how close they come.
        forever: heads those without an end.
        risk_blanks: after each risk.
        measures: heads (d).
        measures_blank: what else.
        people: heads who was heard.
        people_blanks: whom to ask.
        sign: heads the end.
        sign_blanks: what to sign.
        not_assessed: heads the metrics that are not measured.
    """

    title: str
    intro: str
    description: str
    description_said: str
    installs_unknown: str
    description_blank: str
    necessity: str
    necessity_blank: str
    approved: str
    unapproved: str
    risks: str
    together: str
    crowd: str
    alone: str
    close: str
    small: str
    unsaid: str
    forever: str
    risk_blanks: tuple[str, ...]
    measures: str
    measures_blank: str
    people: str
    people_blanks: tuple[str, ...]
    sign: str
    sign_blanks: tuple[str, ...]
    not_assessed: str


@dataclass(frozen=True, slots=True)
class Words:
    """All sentences of one language."""

    common: Common
    consent: ConsentWords
    privacy: PrivacyWords
    record: RecordWords
    dpia: DpiaWords
    question: QuestionWords
