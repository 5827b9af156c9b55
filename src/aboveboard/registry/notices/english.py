"""Enters: nothing. Leaves: the sentences of the notices in English."""

from __future__ import annotations

from aboveboard.model.consent import Mode
from aboveboard.model.metric import Sensitivity
from aboveboard.model.registry import Sends
from aboveboard.registry.difference_words import form, sentence
from aboveboard.registry.notices.words import (
    Common,
    ConsentWords,
    DpiaWords,
    PrivacyWords,
    QuestionWords,
    RecordWords,
    Words,
)

_KEPT = (
    "The collector keeps counts: per metric, day or week, and value.",
    (
        "With them it keeps a random number that is new for each report, its week and the day on "
        "which it arrived."
    ),
    (
        "As long as its log is kept, the log shows which counts came in one report, and in which "
        "order reports came. The tables that are made from it do not."
    ),
    (
        "It keeps no network address. What the registry does not name is counted nowhere; what "
        "arrives of it all the same waits for some days, in case it is registered, and is deleted "
        "then."
    ),
    "It publishes sums alone, and hides groups that are too small.",
)
_MEASURES = (
    "No report holds a name, an address, a number of the machine or a text that somebody wrote.",
    "The person can see each report, and keeps a copy of it.",
    (
        "What need not arrive together is in separate reports, which have nothing in common but "
        "the product, the week and the version of the registry."
    ),
    (
        "The device takes nothing that the registry does not name, within its bounds, and the "
        "collector counts nothing else."
    ),
    (
        "The collector stores no network address, and writes no access log. Where it bounds how "
        "much a network sends, it counts under a hash with a random key, in memory, for a "
        "minute."
    ),
    "A report can be taken back from log, tables and sums, with a signed receipt.",
    "A report is on disk before its arrival is confirmed, and is counted once.",
    "Its tables hold sums; none tells which counts came from one report.",
    (
        "Its tables can be asked on its own machine alone, by whoever can read its owner's files, "
        "unless they are in a PostgreSQL."
    ),
    "Numbers of groups below the threshold of a metric are not published.",
)
COMMON = Common(
    blank="[to be filled in: {what}]",
    marked="What is marked ({language}) stands in the registry in that language alone.",
    source="Made from the registry with the fingerprint {fingerprint}.",
    form=form,
    until="until {day}",
    endless="without an end, because: {reason}",
    groups="published only for groups of at least {threshold}",
    often={
        Sends.HOUR: "once an hour",
        Sends.DAY: "once a day",
        Sends.WEEK: "once a week",
        Sends.MONTH: "once a month",
    },
    sensitivity={
        None: "not said",
        Sensitivity.TECHNICAL: "technical: about the program and the machine",
        Sensitivity.INTERACTION: "interaction: about what somebody does with the program",
        Sensitivity.CONTENT: "content: about what somebody made or keeps",
        Sensitivity.SENSITIVE: "sensitive: about the person",
    },
    address="The collector at {url}",
    sealed="Each report is encrypted on the machine, and only the collector can open it.",
    unsealed="The reports themselves are not encrypted, beyond what protects them on their way.",
    nobody="Nobody: the registry names no collector, so nothing can be sent.",
    message="Scrubbed messages of errors: {title}",
    nothing="nothing",
    proposed="Under discussion, neither counted nor sent:",
    retired="No longer counted:",
    contact="Questions go to: {contact}",
    policy="Privacy policy: {policy}",
    kept=_KEPT,
    kept_errors="Of an error it keeps where in the program it happened and which kind of error it "
    "was: names of the program, no folders, no files, no values.",
    kept_messages="Where somebody agreed to messages of errors, it keeps them too, scrubbed: words "
    "of a public list, with gaps where anything else stood.",
    measures=_MEASURES,
    measure_before="Nothing is sent before the person agrees, nor what was counted before.",
    measure_before_asked="Nothing is sent before the person agrees; what was counted before is "
    "sent only if the question showed it and the answer was yes.",
    measure_tls="Reports travel over encrypted connections (https).",
)
CONSENT = ConsentWords(
    title="May {product} send usage counts?",
    ask="{product} asks whether it may send, {often}, the counts that are listed here; what need "
    "not arrive together is in separate reports. You decide; each answer is as good as the other.",
    before="Nothing is sent before you answer, and nothing that was counted before you agreed is "
    "ever sent.",
    before_asked="Nothing is sent before you answer. The question is also about what was counted "
    "on this machine until now: you can see exactly that before you answer, and it is sent only "
    "if you say yes to it.",
    what="What is in the reports",
    never="What is in no report",
    never_said=(
        "your name, your account, your address, or a number that stands for you or your machine",
        "a mark by which two reports, of one week or of several, could be known to be yours",
        "text that somebody wrote: words come from a public list",
        "the time of day: a count says its day or its week",
        "your network address: the collector does not keep it",
    ),
    who="Who receives them",
    answers="Your answer",
    answers_said=(
        "Yes (“on”): it is counted on this machine, and sent.",
        "No (“local”): it is counted on this machine, and not sent.",
        "No (“off”): it is not counted, and what was counted is deleted.",
    ),
    yes_earlier="Yes (“on”): it is counted on this machine, and sent; so is what was counted here "
    "until now.",
    by_level="Each part that is listed under a name of its own may have another answer.",
    afterwards="Afterwards",
    afterwards_said=(
        "You can see the next reports before they leave, and a copy of each that left.",
        (
            "You can change your answer at any time. If you change it to no, reports that wait are "
            "not sent."
        ),
        (
            "A report that has arrived can be taken back: your machine keeps what that takes, and "
            "nothing in the report says that it was yours. Where the collector has let go of its "
            "log, only sums are left, and no report can be taken out of them."
        ),
        "Whoever sets DO_NOT_TRACK=1 or ABOVEBOARD=off on a machine has said no on it.",
    ),
    not_sent="What is not sent",
)
PRIVACY = PrivacyWords(
    title="Privacy notice: usage counts of {product}",
    who="Who is responsible",
    who_blanks=(
        "name and address of the controller",
        "representative in the European Union, if there is one",
        "data protection officer, if there is one",
    ),
    what="What is counted, and why",
    what_said="The reports hold nothing but this. They are sent {often}, if you agreed. What need "
    "not arrive together is in separate reports, which have nothing in common but the product, the "
    "week and the version of the registry.",
    what_earlier="What was counted on your machine before you agreed is sent, too, if you were "
    "shown it and agreed to that.",
    question="Question: {question}",
    decision="What is decided with the answer: {decision}",
    form="What is said: {form}",
    level="Belongs to: {level}",
    closeness="How close it comes to you: {sensitivity}",
    end="Measured {end}",
    basis="Legal basis",
    basis_said="Your consent (Article 6(1)(a) of the GDPR). Nothing is sent without it.",
    recipients="Who receives the reports",
    recipients_blank="who runs the collector, who else receives data, in which countries",
    storage="What is kept, and for how long",
    storage_blank="how long the collector keeps its log, tables and backups; unless it is told "
    "otherwise 60, 60 and 30 days, ids of reports for 53 weeks, sums for ever",
    rights="Your rights",
    rights_said=(
        (
            "Access: your machine keeps a copy of each report that it sent, and the program can "
            "show it to you."
        ),
        (
            "Withdrawal: change your answer at any time. From then on nothing is sent. What was "
            "sent before remains lawful."
        ),
        (
            "Erasure: with the answer “off”, what was counted on your machine is deleted. A report "
            "that has arrived can be taken back as long as the collector has its log; the program "
            "asks for it, and gets a signed receipt."
        ),
        (
            "Correction, restriction, portability: nothing in a report "
            "says whose it is, so the controller cannot find yours (Article 11 of the GDPR). Ask "
            "all the same."
        ),
    ),
    complaint_blank="the authority that complaints go to",
    must="Whether you must",
    must_said="No law and no contract asks you to agree. No machine decides anything about you.",
    not_collected="What is not collected",
)
RECORD = RecordWords(
    title="Record of processing: usage counts of {product} (Article 30(1) GDPR)",
    heads=("what", "entry"),
    controller="(a) Controller",
    controller_blanks=(
        "name and address of the controller",
        "joint controllers, if there are any",
        "representative, if there is one",
        "data protection officer, if there is one",
    ),
    purposes="(b) Purposes",
    purposes_said="The decisions that the table below names, metric by metric",
    subjects="(c) People",
    subjects_said="People who use {product} and agreed that reports are sent",
    data="(c) Data",
    data_said="The metrics of the table below; a random number for each report; its week; the day "
    "on which it arrived",
    recipients="(d) Recipients",
    recipients_blank="processors and others who receive data; published sums go to everybody",
    transfers="(e) Other countries",
    transfers_blank="countries outside the European Economic Area, and the safeguards",
    limits="(f) Erasure",
    limits_blank="when the collector's log, tables and backups are erased; unless it is told "
    "otherwise after 60, 60 and 30 days",
    security="(g) Security",
    security_blank="access, backups, encrypted disks, who looks after the server, whether another "
    "one in front of it keeps addresses",
    metrics="Metrics",
    metric_heads=("metric", "purpose", "level", "category", "measured"),
    not_processed="Metrics that are not processed",
)
DPIA = DpiaWords(
    title="Data protection impact assessment: usage counts of {product} (Article 35(7) GDPR)",
    intro="A skeleton: what the registry knows is filled in, the rest is for people. Whether an "
    "assessment is needed is a question for people, too.",
    description="(a) What is done, and for what",
    description_said="{product} counts {metrics} metrics on the machines of people who use it. "
    "Installs that are expected: {installs}. If a person agrees, reports go to the collector "
    "{often}; what need not arrive together is in separate ones.",
    installs_unknown="not said",
    description_blank="nature, scope and context; who the people are; whether children are among "
    "them; what law applies to counting on a machine before its person was asked",
    necessity="(b) Why it is needed, and not too much",
    necessity_blank="why less would not answer it",
    approved="Approved by {by} on {day}: {where}",
    unapproved="Approved by nobody in this file",
    risks="(c) Risks for people",
    together="Bits by which an install may be told apart, at most: {sent} by one report, the most "
    "telling of those it sends; {linked} if somebody could link all of them.",
    crowd="Of {installs} installs, about {sharing} are expected to send the same most telling "
    "report.",
    alone="Of {installs} installs, each may be the only one that sends its most telling report.",
    close="About what people made or keep, or about themselves:",
    small="Published for smaller groups than their closeness asks for:",
    unsaid="Nobody said how close they come to a person:",
    forever="Measured without an end:",
    risk_blanks=("how likely harm is", "how severe it would be", "what risk remains"),
    measures="(d) What is done about the risks",
    measures_blank="further measures, and who sees to them by when",
    people="Who was heard",
    people_blanks=(
        "advice of the data protection officer",
        "views of the people concerned",
        "whether the authority must be consulted (Article 36)",
    ),
    sign="Decision",
    sign_blanks=("decision and reasons", "name, office, day", "day of the next review"),
    not_assessed="Metrics that are not measured",
)
QUESTION = QuestionWords(
    would="If you say yes, it sends reports with counts {often}, to {receiver}.",
    part="{level} ({number} counts)",
    part_one="{level} (1 count)",
    never="No report holds a name, an address, a number that stands for you or your machine, or "
    "text that somebody wrote.",
    change="You can change each answer at any time.",
    keys={
        "yes": "y",
        "local": "n",
        "keep": "n",
        "off": "o",
        "levels": "p",
        "data": "d",
        "text": "t",
        "later": "l",
    },
    answers={
        "yes": "Yes: count and send",
        "local": "No: count, but do not send",
        "keep": "No: what is new stays here",
        "off": "Nothing at all: do not count, and delete what was counted",
        "levels": "Answer part by part",
        "data": "See the exact data",
        "text": "Read the whole text",
        "later": "Answer later",
    },
    modes={
        Mode.ON: ("y", "count and send"),
        Mode.LOCAL: ("n", "count, do not send"),
        Mode.OFF: ("o", "do not count at all"),
    },
    earlier="And what was counted here until now?",
    yes_no={True: ("y", "send it, too"), False: ("n", "do not send it")},
    pick="One key:",
    on_line="One letter, then Enter:",
    back="Any key leads back to the question.",
    more="Any key turns the page.",
    data_shown="Reports look like this. It is what was counted until now, and stays here whatever "
    "you answer:",
    data_earlier="Exactly this is sent if you say yes; what is counted later comes after it:",
    data_none="Nothing was counted until now.",
    answered="Your answer: {answer}",
    grown_title="{product} would like to send more than before",
    grown="You agreed that {product} sends usage counts. What is new stays here unless you say "
    "yes:",
    grown_yes="Yes: send what is new, too",
    rest="… and {number} more lines in the whole text",
    change_said=sentence,
)
ENGLISH = Words(COMMON, CONSENT, PRIVACY, RECORD, DPIA, QUESTION)
