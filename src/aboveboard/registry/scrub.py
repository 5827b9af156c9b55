"""Enters: an error's message. Leaves: one line of listed words and placeholders.

The device scrubs before it keeps a message; the collector scrubs what it is sent, and nothing may
change. What no pattern here knows is not let through but replaced: the words that may stay are in a
list, so a secret would have to be made of words like "file", "not" and "found".
"""

from __future__ import annotations

import re

from aboveboard.registry.error_shapes import LONGEST_MESSAGE
from aboveboard.registry.scrub_words import WORDS

LONGEST_READ = 1000
"""Letters of a message that are looked at."""
LONGEST_WORD = 20
_HEX = "[0-9a-fA-F]"
_IS = {
    "<url>": re.compile(r".*://.*|www\..*|mailto:.*|data:.*", re.IGNORECASE | re.DOTALL),
    "<email>": re.compile(r".*@.*", re.DOTALL),
    "<id>": re.compile(rf"{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"),
    "<mac>": re.compile(rf"{_HEX}{{2}}([:-]{_HEX}{{2}}){{5}}|({_HEX}{{4}}\.){{2}}{_HEX}{{4}}"),
    "<ip>": re.compile(rf"\d{{1,3}}(\.\d{{1,3}}){{3}}([:/]\d+)?|{_HEX}*(:{_HEX}*){{2,}}(%\w+)?"),
    "<number>": re.compile(r"[0-9][0-9.,:/+-]*"),
    "<path>": re.compile(r".*[/\\].*|~.*|.*[^.]\.[A-Za-z0-9]{1,5}", re.DOTALL),
}
"""What a piece of a message is taken for, the first that fits."""
_QUOTED, _WORD, _TOKEN = "<quoted>", "<word>", "<token>"
PLACEHOLDERS = frozenset({*_IS, _QUOTED, _WORD, _TOKEN})
_QUOTES = re.compile(
    # A quotation that nobody closed goes on to the end.
    r"""\b[bBrRuUfF]{1,2}(?=["'])(?P<prefixed>["'])(?:\\.|(?!(?P=prefixed)).)*(?:(?P=prefixed)|\\?$)"""
    r"""|"(?:\\.|[^"\\])*(?:"|\\?$)"""
    r"""|`[^`]*(?:`|$)|[“”„«»\u2039\u203a][^“”„«»\u2039\u203a]*(?:[“”„«»\u2039\u203a]|$)"""
    r"""|(?<![A-Za-z0-9])['\u2018\u2019\u201a](?:\\.|['\u2019](?=[A-Za-z0-9])|[^'\u2019\\])*(?:['\u2019]|\\?$)"""
)
_PIECE = re.compile(r"\A([(\[]?)(.*?)([)\].,;:!?]{0,2})\Z", re.DOTALL)
_EDGES = "()[]{}<>.,;:!?'\"`*|^=+#$%&_-“”„«»\u2039\u203a\u2018\u2019\u201a"


def scrub(text: str) -> str:
    """Scrub a message; scrubbing it again changes nothing.

    Example:
        >>> scrub("[Errno 2] No such file or directory: '/home/ana/letter to Ben.odt'")
        '[errno <number>] no such file or directory: <quoted>'
        >>> scrub("Ana (ana@example.org) at 192.168.1.7 cannot open ~/letters: key=sk-4eC39Hq")
        '<word> (<email>) at <ip> cannot open <path>: <token>'
    """
    told: list[str] = []
    length = -1
    for piece in _QUOTES.sub(_QUOTED, _line(text)).split():
        said = _told(piece)
        if not said or (said in PLACEHOLDERS and told and told[-1] == said):
            continue
        length += len(said) + 1
        if length > LONGEST_MESSAGE:
            break
        told.append(said)
    return " ".join(told)


def is_scrubbed(text: str) -> bool:
    """Whether a text is a message that was scrubbed.

    Example:
        >>> is_scrubbed("cannot open <path>"), is_scrubbed("cannot open ~/letters")
        (True, False)
    """
    return scrub(text) == text


def _line(text: str) -> str:
    """Give the first line, without a word that was cut."""
    read = text[:LONGEST_READ].strip()
    line = next(iter(read.splitlines()), "")
    return " ".join(line.split()[:-1]) if len(text) > LONGEST_READ else line


def _told(piece: str) -> str:
    """Replace one piece of a message, but for the punctuation around it."""
    before, core, after = _PIECE.findall(piece)[0]
    said = core if core in PLACEHOLDERS else _taken_for(core.strip(_EDGES))
    return f"{before}{said}{after}" if said else ""


def _taken_for(core: str) -> str:
    if not core:
        return ""
    for name, shape in _IS.items():
        if shape.fullmatch(core):
            return name
    word = core.lower()
    if all(part in WORDS for part in word.split("-")):
        return word
    return _WORD if core.isalpha() and len(core) <= LONGEST_WORD else _TOKEN
