"""Enters: nothing. Leaves: the shapes that names may have, in files and in addresses."""

from __future__ import annotations

import re

APP_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""A product: ``my-editor``."""
METRIC_NAME = re.compile(r"(?=.{3,60}\Z)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
"""A metric: a group and a name with a dot between, ``command.sql``."""
LEVEL_NAME = re.compile(r"[a-z]{2,20}")
"""A level of consent: ``usage``."""
PLUGIN_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""A plug-in: ``spell-check``."""
PREFIX = re.compile(r"[a-z][a-z0-9_]{0,29}")
"""The beginning of a plug-in's metrics, before the first dot: ``spelling``."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
"""A language: ``de`` or ``pt-BR`` (BCP 47, the part of it that programs use)."""
UNIT = re.compile(r"[a-z][a-z ]{0,29}")
"""What a counter counts: ``files``."""
CHOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+/-]{0,39}")
"""One of the words of a choice: ``linux``."""
VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,2}")
"""A version after it was cut: ``3.11``."""
REPORT_ID = re.compile(r"[0-9a-f]{32}")
"""A report: 128 random bits."""
APPROVER_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""Somebody whose signature counts: ``ana``."""
EXTRA_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
"""What an event says of itself: ``result``."""
KNOWN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+/@:-]{0,99}")
"""One of a closed list of names: ``org.gnome.Maps``."""
SOURCE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/\[\]-]{0,119}")
"""A setting of the host: ``ServiceSettings.EnableCommands``."""
ERROR_MARK = re.compile(r"[0-9a-f]{32}")
"""The fingerprint of a place in the code where a program broke."""
LOG_KEY = re.compile(r"[!-*,-~]{1,100}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,60}={0,2}")
"""The key of a transparency log: name, id and key, as C2SP writes them."""
