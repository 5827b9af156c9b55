"""Enters: nothing. Leaves: the libraries that are measured, as the lines a program has of each.

The lines see ``home`` (a folder of their own), ``port`` and ``url`` (the collector, always on this
machine). They are program text, as in ``timeit``, so that a call is measured as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aboveboard.testing import EXAMPLE_REGISTRY

MANY = 80_000
QUEUE = 8_000
"""Under the 10,000 that posthog, segment and sentry hold; what comes on top they would drop."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to count.

    Attributes:
        name: as in the tables.
        package: whose version is told.
        about: what was chosen, and why, in a sentence.
        load: the import.
        start: what a program does once, before it counts.
        count: one count, on one line.
        end: what a program has to do before it ends; nothing for most.
        before: a program of an earlier day: what it leaves in ``home`` is there from the start.
        due: the same, leaving something that is to be sent.
        files: what is to lie in ``home``, by name; ``URL`` in it stands for the collector.
        holds: how many counts it takes at a time.
    """

    name: str
    package: str
    about: str
    load: str = ""
    start: str = ""
    count: str = "pass"
    end: str = ""
    before: str = ""
    due: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    holds: int = MANY


EMPTY = Contestant("nothing", "", "The same program without any library.")

OURS = Contestant(
    "aboveboard",
    "aboveboard",
    "The person said yes on an earlier day; where the exit is measured, a report of three weeks ago"
    " is due.",
    "import aboveboard",
    'telemetry = aboveboard.open("editor", registry=home + "/editor.toml", version="2.1",'
    ' home=home + "/telemetry")',
    'telemetry.count("file.opened")',
    "telemetry.close()",
    before='telemetry.choose("on")\ntelemetry.close()',
    due="""
from datetime import timedelta
from aboveboard.adapters.system import SystemClock

now = SystemClock.now
SystemClock.now = lambda self: now(self) - timedelta(days=21)
earlier = aboveboard.open("editor", registry=home + "/editor.toml", home=home + "/telemetry")
earlier.choose("on")
earlier.count("file.opened")
earlier.close()
SystemClock.now = now
later = aboveboard.open("editor", registry=home + "/editor.toml", home=home + "/telemetry")
assert later.preview(), "nothing is due"
later.close()
""",
    files={"editor.toml": EXAMPLE_REGISTRY.decode() + '\n[collector]\nurl = "URL"\n'},
)

GLEAN_METRICS = """
$schema: moz://mozilla.org/schemas/glean/metrics/2-0-0
file:
  opened:
    type: counter
    description: Files opened.
    bugs: [https://editor.example/1]
    data_reviews: [https://editor.example/1]
    notification_emails: [telemetry@editor.example]
    expires: never
    send_in_pings: [usage]
"""
GLEAN_PINGS = """
$schema: moz://mozilla.org/schemas/glean/pings/2-0-0
usage:
  description: How much the editor is used.
  include_client_id: false
  bugs: [https://editor.example/1]
  data_reviews: [https://editor.example/1]
  notification_emails: [telemetry@editor.example]
"""

RIVALS = (
    Contestant(
        "prometheus-client",
        "prometheus-client",
        "Kept in memory and fetched by a scraper: nothing is ever sent, and what was not fetched"
        " before the program ended is lost.",
        "import prometheus_client",
        'prometheus_client.start_http_server(0, "127.0.0.1")\n'
        'opened = prometheus_client.Counter("files_opened", "Files opened")',
        "opened.inc()",
    ),
    Contestant(
        "prometheus-client, multiprocess",
        "prometheus-client",
        "Kept in a mapped file, which outlives a kill; another process is scraped for all.",
        'import os; os.environ["PROMETHEUS_MULTIPROC_DIR"] = home; import prometheus_client',
        'opened = prometheus_client.Counter("files_opened", "Files opened")',
        "opened.inc()",
    ),
    Contestant(
        "sentry-sdk",
        "sentry-sdk",
        "Its metrics are the cheapest call that ends up being sent; a breadcrumb only travels with"
        " an error.",
        "import sentry_sdk",
        'sentry_sdk.init(dsn=f"http://key@127.0.0.1:{port}/1")',
        'sentry_sdk.metrics.count("file.opened", 1)',
        holds=QUEUE,
    ),
    Contestant(
        "posthog",
        "posthog",
        "One event per count, in a queue that a thread sends.",
        "from posthog import Posthog",
        'client = Posthog("phc_key", host=url)',
        'client.capture("file.opened", distinct_id="install")',
        holds=QUEUE,
    ),
    Contestant(
        "posthog, metrics",
        "posthog",
        "Its sums in memory, which its authors call alpha; what was counted in the last ten seconds"
        " of a program is lost.",
        "from posthog import Posthog",
        'client = Posthog("phc_key", host=url)',
        'client.metrics.count("file.opened", 1)',
    ),
    Contestant(
        "segment-analytics-python",
        "segment-analytics-python",
        "One event per count, in a queue that a thread sends.",
        "import segment.analytics as analytics",
        'analytics.write_key = "key"\nanalytics.host = url',
        'analytics.track("install", "file.opened")',
        holds=QUEUE,
    ),
    Contestant(
        "glean-sdk",
        "glean-sdk",
        "Handed to a thread that writes to disk; sent by a process of its own once a ping is"
        " submitted, here when the program ends.",
        "from pathlib import Path\n"
        "from glean import Configuration, Glean, load_metrics, load_pings",
        'pings = load_pings(home + "/pings.yaml")\n'
        'metrics = load_metrics(home + "/metrics.yaml")\n'
        'Glean.initialize(application_id="editor", application_version="2.1", upload_enabled=True,'
        ' data_dir=Path(home, "glean"), configuration=Configuration(server_endpoint=url))',
        "metrics.file.opened.add()",
        "pings.usage.submit()",
        before="metrics.file.opened.add()\nGlean.shutdown()",
        due="metrics.file.opened.add()\nGlean.shutdown()",
        files={"metrics.yaml": GLEAN_METRICS, "pings.yaml": GLEAN_PINGS},
    ),
)
