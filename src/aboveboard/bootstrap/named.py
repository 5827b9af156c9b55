"""Enters: a setting that gives an app to a name. Leaves: both."""

from __future__ import annotations

from aboveboard.errors import SetupError


def named(text: str, form: str) -> tuple[str, str]:
    """Read ``NAME=APP``; the name may hold further equals signs.

    Args:
        text: the setting.
        form: the sentence that says how it must be written.

    Raises:
        SetupError: it is not written so.

    Example:
        >>> named("a=b = editor", "a key must be written NAME=APP")
        ('a=b', 'editor')
    """
    name, equals, app = (part.strip() for part in text.rpartition("="))
    if not (name and equals and app):
        raise SetupError(form)
    return name, app
