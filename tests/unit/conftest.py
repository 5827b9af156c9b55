from __future__ import annotations

import pytest

from aboveboard.model.registry import Registry
from aboveboard.registry.read import read

ABOUT = """
title = "Title of {name}"
question = "What <b>of</b> {name}?"
decision = "What comes next."
owner = "Release manager"
review = "https://editor.example/reviews/1"
level = "{level}"
expires = 2027-12-31
"""
AGREED = """
status = "approved"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/minutes/3" }
"""
KINDS = {
    "file.opened": 'kind = "counter"\nlargest = 500\nunit = "files"\nexample = 3',
    "theme.dark": 'kind = "flag"\nexample = true\nreducer = "is_set"\nsource = "ui.theme"',
    "system.os": 'kind = "choice"\nchoices = ["linux", "macos"]\nexample = "linux"',
    "system.python": 'kind = "version"\nprecision = 3\nexample = "3.12"',
    "file.count": 'kind = "quantity"\nbuckets = [0, 10, 100]\nexample = 42',
    "system.fonts": 'kind = "names"\nnames = ["Serif", "Sans"]\nexample = "Sans"',
    "file.opening": 'kind = "timing"\nbuckets = [0, 100, 1000]\nexample = 180',
    "file.size": 'kind = "distribution"\nbuckets = [0, 1024]\nexample = 2000',
    "command.run": 'kind = "labelled"\nlabels = ["save", "print"]\nexample = "save"',
    "file.saved": 'kind = "event"\nextras = { how = ["menu", "key"] }\nexample = "how=key"',
    "program.use": 'kind = "seconds"\nexample = 600\nperiod = "week"',
    "program.broke": f'kind = "error"\nexample = "{"0f" * 16}"\nmessage_level = "errors"',
}
PRODUCT = """
format = 1
include = ["spelling.toml"]

[product]
id = "editor"
title = "The <Editor>"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"
note = "An example."
languages = ["en", "de"]
installs = 5000
most_bits = 12
sends = "month"
asks_for_earlier = true
raw_quarantine = true
allow = { few_installs = "It is only an example." }

[product.levels]
environment = "The system."
usage = "What is used."
errors = "What breaks."

[product.translations.de]
title = "Der Editor"
levels = { environment = "Das System.", usage = "Was benutzt wird.", errors = "Was bricht." }

[collector]
url = ["https://telemetry.editor.example", "https://second.editor.example"]
key = "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqpFPtC9/AsrhtHHw="
log = "editor.example/log+1234abcd+AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
mirrors = ["https://mirror.example"]

[approval]
needed = 2

[approval.approvers.ana]
title = "Ana, the chair"
key = "ed25519:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
until = 2027-12-31

[approval.approvers.ben]
title = "Ben, the treasurer"
key = "ed25519:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

[metric."old.thing"]
kind = "flag"
status = "retired"
{old}
[metric."new.thing"]
kind = "flag"
correlates_with = ["file.opened", "system.os"]
accuracy = 0.05
until_answered = true
sensitivity = "content"
since = "2.0"
until = "2.4"
aliases = ["young.thing"]
threshold = 1
outcomes = [
    { on = 2026-05-01, learnt = "Half of them.", where = "https://editor.example/5" },
    { on = 2026-06-01, decided = "It stays.", where = "https://editor.example/6" },
]
allow = { title_is_vague = "Nobody has a better one yet." }
{new}
[metric."new.thing".translations.de]
title = "Neues Ding"
question = "Gibt es Neues?"
"""
PLUGIN = """
format = 1

[plugin]
id = "spell-check"
title = "Spell checker"
prefix = "spelling"
homepage = "https://spelling.example"
contact = "Its maintainers"

[metric."spelling.used"]
kind = "flag"
"""


@pytest.fixture
def every_kind() -> Registry:
    """Give a registry with a metric of every kind and status, and every key that there is."""
    metrics = "".join(
        f'\n[metric."{name}"]\n{body}{AGREED}{_about(name)}' for name, body in KINDS.items()
    )
    old = _about("old.thing").replace("2027-12-31", '{ never = "It ended before." }')
    product = PRODUCT.replace("{old}", old).replace("{new}", _about("new.thing"))
    plugin = PLUGIN + _about("spelling.used")
    return read((product + metrics).encode(), "editor", [("spelling", plugin.encode())])


def _about(name: str) -> str:
    level = "environment" if name.startswith("system.") else "usage"
    return ABOUT.replace("{name}", name).replace("{level}", level)
