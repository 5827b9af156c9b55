"""Enters: a text. Leaves: its words as they are compared, and the words that rules look for."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")

PERSONAL = (
    "email address", "home address", "postal address", "ip", "ip address", "phone number",
    "user name", "username", "first name", "last name", "full name", "real name", "nickname",
    "gender", "sexuality", "sexual orientation", "religion", "ethnicity", "nationality", "income",
    "salary", "birthday", "birth date", "date of birth", "birth year", "disability", "diagnosis",
    "medication", "pregnancy", "country", "city", "postcode", "zip code", "postal code", "latitude",
    "longitude", "gps", "geolocation", "time zone", "timezone", "language", "locale",
    "screen reader", "political party", "trade union", "male", "female", "christian", "muslim",
    "jewish", "hindu", "buddhist", "married", "divorced",
)  # fmt: skip
"""What is about a person wherever it stands."""
AMBIGUOUS = (
    "email", "name", "address", "age", "location", "health", "race", "sex", "phone", "contact",
    "friend", "household", "school", "employer",
)  # fmt: skip
"""What is about a person where a word for a person stands near it."""
PERSONS = (
    "user", "person", "people", "member", "customer", "author", "owner", "visitor", "patient",
    "account", "profile", "employee", "student", "administrator", "somebody", "someone",
)  # fmt: skip
HARMLESS = (
    "programming language", "query language", "markup language", "language server",
    "ip version", "zip file", "user interface", "user agent", "file owner", "system user",
)  # fmt: skip
"""What sounds personal and is not; it is taken out before the others are looked for."""
ACTS = (
    "clicked", "opened", "searched", "visited", "viewed", "typed", "played", "watched", "pressed",
    "printed", "edited", "deleted", "shared", "uploaded", "downloaded", "written", "posted",
)  # fmt: skip
IDENTITIES = frozenset({
    "id", "uuid", "guid", "serial", "hash", "token", "mac", "hostname", "imei", "fingerprint",
    "cookie", "serialnumber", "macaddress", "licensekey", "username",
})  # fmt: skip
IDENTITY_PHRASES = (
    "serial number", "licence key", "license key", "mac address", "host name", "machine name",
    "computer name", "unique id", "machine id", "device id", "install id", "user id",
    "product key", "session id",
)  # fmt: skip
GENERIC = frozenset({
    "misc", "miscellaneous", "other", "data", "stats", "statistics", "info", "information", "test",
    "general", "various", "stuff", "foo", "bar", "tmp", "temp", "thing", "things", "metric",
    "metrics", "counter", "value",
})  # fmt: skip
COMMON_PREFIXES = GENERIC | {
    "app", "system", "core", "file", "files", "user", "users", "plugin", "plugins", "command",
    "exit", "error", "errors", "feature", "features", "settings", "usage", "product",
}  # fmt: skip
UNIT_ENDINGS = frozenset({
    "ms", "msec", "millis", "milliseconds", "sec", "secs", "seconds", "min", "mins", "minutes",
    "hours", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "bytes", "percent", "pct", "px", "khz",
    "mhz", "ghz",
})  # fmt: skip
SHORT_UNITS = UNIT_ENDINGS - {"min", "minutes", "hours", "seconds", "percent"}
"""What is a unit even as a whole part of a name; the others may be what is measured."""
AMOUNTS = (
    "size", "memory", "disk", "disc", "storage", "length", "space", "traffic", "bandwidth",
    "volume", "amount", "duration", "distance", "temperature", "weight", "uptime",
)  # fmt: skip
JARGON = (
    "kpi", "dau", "mau", "wau", "churn", "funnel", "cohort", "retention", "conversion rate",
    "percentile", "p95", "p99", "histogram", "boolean", "enum", "payload", "instrumentation",
    "invocation", "instantiate", "instantiation", "mutex", "semaphore", "heap", "segfault",
    "stack trace", "stacktrace", "latency", "throughput", "heuristic", "granularity", "cardinality",
    "idempotent", "middleware", "stakeholder", "leverage", "utilization", "touchpoint", "persona",
    "engagement", "monetization", "upsell",
)  # fmt: skip
ABBREVIATIONS = frozenset({
    "AI", "API", "ARM", "BIOS", "CD", "CLI", "CMS", "CPU", "CSS", "CSV", "DNS", "DVD", "EU", "FAQ",
    "GB", "GHZ", "GIF", "GNOME", "GPU", "HDD", "HTML", "HTTP", "HTTPS", "ID", "IP", "IT", "JPEG",
    "JSON", "KB", "KDE", "LAN", "MB", "MHZ", "NAS", "OK", "OS", "PC", "PDF", "PHP", "PIN", "PNG",
    "RAM", "RSS", "SD", "SIM", "SMS", "SQL", "SSD", "SSH", "SVG", "TB", "TLS", "TV", "UEFI", "UK",
    "URL", "US", "USB", "UTC", "VPN", "WEBP", "XML", "ZIP",
})  # fmt: skip
"""Abbreviations that people know; those in the product's own words come on top."""
VAGUE = (
    "improve the product", "improve our product", "improve the software", "improve user experience",
    "improve the user experience", "better understand", "understand our user", "for statistic",
    "to know", "just curious", "nice to know", "for analytic", "for marketing", "data driven",
    "gain insight", "get insight", "to be decided", "not yet known",
)  # fmt: skip
UNFINISHED = re.compile(r"\b(TODO|TBD|FIXME|XXX|[Ll]orem ipsum|CHANGEME|[Cc]hange me)\b|\?\?\?")
NOBODY = frozenset({"", "nobody", "none", "pending", "unknown", "not yet", "n a", "me", "myself"})
MADE_UP = ("simulated", "made up", "demonstration", "demo", "invented", "fake", "test data")
FREE_MAIL = re.compile(
    r"@(gmail|googlemail|hotmail|outlook|live|yahoo|icloud|aol|gmx|web|proton|protonmail|mail|"
    r"yandex|qq|163)\.[a-z]{2,3}(\.[a-z]{2})?(?![\w.-]*\w)",
    re.IGNORECASE,
)
FIRST_NAMES = frozenset({
    "adam", "alex", "alexander", "alice", "ana", "andrea", "andrew", "anna", "anne", "anthony",
    "ben", "bob", "carlos", "charles", "chris", "christian", "claire", "dan", "daniel", "dave",
    "david", "elena", "emily", "emma", "eric", "eva", "frank", "george", "hannah", "hans", "james",
    "jan", "jane", "jean", "jennifer", "jim", "joe", "john", "jonas", "jose", "juan", "julia",
    "karen", "kate", "kevin", "kim", "laura", "lena", "leo", "linda", "lisa", "luca", "lucas",
    "luis", "maria", "marie", "mark", "markus", "marta", "martin", "mary", "matt", "max", "maya",
    "michael", "mike", "mohammed", "nick", "nina", "noah", "olga", "oliver", "pat", "paul", "pedro",
    "peter", "robert", "rosa", "sam", "sara", "sarah", "simon", "sofia", "stefan", "steve", "susan",
    "thomas", "tim", "tom", "vera", "victor", "will", "wei", "yuki",
})  # fmt: skip
CHANNELS = (
    "issue tracker", "bug tracker", "forum", "chat", "mailing list", "matrix", "irc", "help desk",
    "discussion board",
)  # fmt: skip


def singular(word: str) -> str:
    """Cut an English plural ending, well enough for comparing.

    Example:
        >>> [singular(word) for word in ("cities", "hashes", "addresses", "users", "os", "access")]
        ['city', 'hash', 'address', 'user', 'os', 'access']
    """
    if word.endswith("ies") and len(word) > len("ties"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss") and len(word) > len("gps"):
        return word[:-1]
    return word


@functools.lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """Split a text or a name into lower-case words in the singular.

    Kept, because every rule asks for the same texts and phrases again.

    Example:
        >>> words("user.e_mails"), words("E-mail addresses, sorted")
        (('user', 'email'), ('email', 'address', 'sorted'))
    """
    joined = re.sub(r"\be[-_ ]mail", "email", text.lower().replace("_", " ").replace(".", " "))
    return tuple(singular(word) for word in _WORD.findall(joined))


def find(phrases: Iterable[str], text: str, harmless: Iterable[str] = ()) -> str | None:
    """Find the first of some phrases in a text, as whole words.

    Example:
        >>> find(["ip", "zip code"], "zip files"), find(["ip", "zip code"], "ZIP codes")
        (None, 'zip code')
    """
    line = f" {' '.join(words(text))} "
    for phrase in harmless:
        line = line.replace(f" {' '.join(words(phrase))} ", " | ")
    return next((phrase for phrase in phrases if f" {' '.join(words(phrase))} " in line), None)
