"""Enters: what the device was told, an app. Leaves: everybody's word about the app's mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.word_files import policy_word, project_word
from aboveboard.model.surroundings import Surroundings

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.model.consent import Mode
    from aboveboard.settings import DeviceSettings


def surroundings(
    settings: DeviceSettings,
    app: str,
    switch: Mode | None = None,
    start: Path | str | None = None,
) -> Surroundings:
    """Look around once; a file that changes later counts from the program's next start on.

    Args:
        settings: what was read from the environment.
        app: the app's id.
        switch: what the program itself was told for this run, or None.
        start: the folder that the project is looked for in; None for the working directory.
    """
    policy = policy_word(settings.policy, app)
    return Surroundings(
        switch=switch,
        override=settings.override,
        do_not_track=settings.do_not_track,
        policy=policy.word,
        project=project_word(settings.person, app, start),
        automation=settings.automation,
        remarks=(policy.remark,) if policy.remark else (),
    )
