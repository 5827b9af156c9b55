"""Enters: the environment and what a command was told. Leaves: one frozen value per program.

The only reader of the environment. A collector's settings stand apart, in ``collector.py``: what an
application imports does not wait for them. For the same reason the places of a device are plain
texts here: ``pathlib``, with all that it imports, takes more memory than the rest of a start.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from aboveboard.errors import SetupError
from aboveboard.model.copy_place import SECRETS
from aboveboard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aboveboard.model.consent import Mode

FOLDER = "aboveboard"
HOMES = "homes"
CONFIGURATION = "collector.toml"
DEFAULT_PORT = 8790
MOST_PORT = 65_535
MOST_WORKERS = 64
AUTOMATION = (
    "CI",
    "CONTINUOUS_INTEGRATION",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "GITEA_ACTIONS",
    "FORGEJO_ACTIONS",
    "BUILDKITE",
    "CIRCLECI",
    "CIRRUS_CI",
    "TRAVIS",
    "APPVEYOR",
    "DRONE",
    "SEMAPHORE",
    "TF_BUILD",
    "JENKINS_URL",
    "HUDSON_URL",
    "TEAMCITY_VERSION",
    "bamboo_buildKey",
    "BITBUCKET_BUILD_NUMBER",
    "CODEBUILD_BUILD_ID",
    "GO_PIPELINE_NAME",
    "HEROKU_TEST_RUN_ID",
    "BUILDBOT_BUILDERNAME",
    "PROW_JOB_ID",
    "ZUUL_PIPELINE",
)
"""The variables that builds and tests set, and nothing else does: no person sits there.

What a timer or a service manager sets is not among them: they run what a person installed for
themselves, too, and their variables reach into a person's own session.
"""


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """What the SDK reads from its surroundings."""

    home: str
    """Folder for one app's counts, choice and journal."""
    override: str = ""
    """The variable ``ABOVEBOARD``: ``off``, ``local`` or ``on`` for this process."""
    do_not_track: str = ""
    """The variable ``DO_NOT_TRACK``; anything but empty and ``0`` refuses."""
    automation: str = ""
    """The variable that tells that no person sits here; ``""`` if none does."""
    policy: str | None = None
    """File of whoever runs the machine."""
    person: str | None = None
    """The person's home folder; a project is looked for no higher."""
    asked: str | None = None
    """File in which all programs of the account remember that they asked."""
    homes: str | None = None
    """Folder in which it is noted down where the home lies; None for a usual place."""
    language: str = ""
    """The person's language, such as ``de-AT``; ``""`` if they named none."""
    term: str = ""
    """The variable ``TERM``: what the terminal can do."""
    packages: tuple[str, ...] = ()
    """The program's own packages, whose places an error may name."""
    switch: Mode | None = None
    """What the program was told for this run."""
    strict: bool = False
    """Whether misuse raises; set by ``aboveboard.testing`` alone."""
    timeout_seconds: float = 10.0
    """How long one delivery may take."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """Where the homes of all programs of an account are found."""

    usual: Path
    """Folder of the homes that no program put elsewhere."""
    homes: Path
    """Folder of the files that name the others."""


def device_settings(
    app: str, home: Path | str | None, environment: Mapping[str, str] | None = None
) -> DeviceSettings:
    """Read the SDK's settings.

    Args:
        app: the app's id; part of the default home.
        home: the folder the embedder chose, or None for the system's usual place.
        environment: what to read instead of the process's own environment.
    """
    env = os.environ if environment is None else environment
    chosen = os.fspath(home) or os.curdir if home is not None else None
    return DeviceSettings(
        home=os.path.join(_state_folder(env), FOLDER, app) if chosen is None else chosen,
        override=env.get("ABOVEBOARD", ""),
        do_not_track=env.get("DO_NOT_TRACK", ""),
        automation=automation(env),
        policy=_policy(env),
        person=_person(env),
        asked=_asked(env),
        homes=_homes(env, app, chosen),
        language=_language(env),
        term=env.get("TERM", ""),
    )


def account_settings(environment: Mapping[str, str] | None = None) -> AccountSettings:
    """Read where all programs of the account keep what they count.

    Raises:
        SetupError: the account has no home folder.
    """
    from pathlib import Path  # noqa: PLC0415 no program that counts asks for this

    usual = Path(_state_folder(os.environ if environment is None else environment), FOLDER)
    return AccountSettings(usual, usual / HOMES)


def automation(env: Mapping[str, str]) -> str:
    """Give the variable that tells that no person sits here; ``""`` if none does.

    Example:
        >>> automation({"CI": "false", "GITHUB_ACTIONS": "true"})
        'GITHUB_ACTIONS'
    """
    no = {"", "0", "false"}
    return next((name for name in AUTOMATION if env.get(name, "").lower() not in no), "")


def default_data(name: str, environment: Mapping[str, str] | None = None) -> Path:
    """Give the system's usual place for the data of a collector or of the demonstration."""
    from pathlib import Path  # noqa: PLC0415 see account_settings

    env = os.environ if environment is None else environment
    return Path(_data_folder(env), FOLDER, name)


def configuration_files(environment: Mapping[str, str] | None = None) -> list[Path]:
    """Give where a collector's settings may be: the person's own place, then the machine's."""
    from pathlib import Path  # noqa: PLC0415 see account_settings

    env = os.environ if environment is None else environment
    chosen = env.get("XDG_CONFIG_HOME", "")
    places = [Path(chosen)] if chosen.startswith("/") else []
    return [place / FOLDER / CONFIGURATION for place in (*places, Path("/etc"))]


def with_prefix(prefix: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the variables whose names begin with a prefix, without it."""
    env = os.environ if environment is None else environment
    return {name[len(prefix) :]: env[name] for name in env if name.startswith(prefix)}


def in_container(environment: Mapping[str, str] | None = None) -> bool:
    """Whether this process runs inside a container, as far as the usual marks tell."""
    env = os.environ if environment is None else environment
    marks = ("/.dockerenv", "/run/.containerenv")
    return "container" in env or any(map(os.path.exists, marks))


def own_environment() -> dict[str, str]:
    """Give this process's environment, for a process that it starts."""
    return dict(os.environ)


def copy_secrets(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the secrets of copies on other wires; ``""`` for those that are not set.

    Example:
        >>> copy_secrets({"ABOVEBOARD_SEGMENT_KEY": "k"})
        {'ga4': '', 'segment': 'k'}
    """
    env = os.environ if environment is None else environment
    return {kind: env.get(name, "") for kind, name in SECRETS.items()}


def _policy(env: Mapping[str, str]) -> str:
    """Give the place of whoever runs the machine, where the system has such files."""
    folders = {
        "win32": os.path.join(env.get("PROGRAMDATA") or "C:/ProgramData", "Aboveboard"),
        "darwin": "/Library/Application Support/Aboveboard",
    }
    return os.path.join(folders.get(sys.platform, "/etc/aboveboard"), "policy.toml")


def _asked(env: Mapping[str, str]) -> str | None:
    try:
        return os.path.join(_state_folder(env), FOLDER, "asked.json")
    except SetupError:
        return None


def _homes(env: Mapping[str, str], app: str, home: str | None) -> str | None:
    try:
        usual = os.path.join(_state_folder(env), FOLDER)
    except SetupError:
        return None
    if home is None or _same(home, os.path.join(usual, app)) or _is_temporary(home, env):
        return None
    return os.path.join(usual, HOMES)


def _same(place: str, other: str) -> bool:
    """Whether two texts name one place, as far as texts tell."""
    return _plain(place) == _plain(other)


def _plain(place: str) -> str:
    return os.path.normcase(os.path.normpath(place))


def _is_temporary(home: str, env: Mapping[str, str]) -> bool:
    """Whether a home will be gone soon: those of tests must not add up on an account."""
    named = (env.get(name, "") for name in ("TMPDIR", "TEMP", "TMP"))
    folder = next(filter(None, named), "/tmp")  # noqa: S108 nothing is written there
    above = os.path.join(_plain(folder), "")
    return os.path.join(_plain(os.path.abspath(home)), "").startswith(above)


def _person(env: Mapping[str, str]) -> str | None:
    try:
        return _home(env)
    except SetupError:
        return None


def _home(env: Mapping[str, str]) -> str:
    found = os.path.expanduser(env.get("HOME") or env.get("USERPROFILE") or "~")
    if found.startswith("~"):
        message = "this account has no home folder; name a folder for what is kept"
        raise SetupError(message)
    return found


def _language(env: Mapping[str, str]) -> str:
    """Follow the order of the GNU programs; ``C`` is no language."""
    names = (env.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "")
    wanted = (env.get("LANGUAGE", "") or locale) if _is_language(locale) else ""
    first = wanted.partition(":")[0]
    return _bare(first).replace("_", "-") if _is_language(first) else ""


def _is_language(locale: str) -> bool:
    return _bare(locale) not in {"", "C", "POSIX"}


def _bare(locale: str) -> str:
    return locale.partition(".")[0].partition("@")[0]


def _state_folder(env: Mapping[str, str]) -> str:
    return _user_folder(env, "XDG_STATE_HOME", ".local/state")


def _data_folder(env: Mapping[str, str]) -> str:
    return _user_folder(env, "XDG_DATA_HOME", ".local/share")


def _user_folder(env: Mapping[str, str], xdg: str, usual: str) -> str:
    """Follow the XDG base directory rules, and the habits of Windows and macOS."""
    if sys.platform == "win32" and env.get("LOCALAPPDATA"):
        return env["LOCALAPPDATA"]
    chosen = env.get(xdg, "")
    if sys.platform not in {"win32", "darwin"} and chosen.startswith("/"):
        return chosen
    home = _home(env)
    usual_of = {"win32": "AppData/Local", "darwin": "Library/Application Support"}
    return os.path.join(home, usual_of.get(sys.platform, usual))
