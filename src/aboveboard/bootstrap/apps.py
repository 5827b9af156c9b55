"""Enters: an account. Leaves: every program that counts on it, and the person's word about each.

No program is started for that, and none needs to be there any more: what a home holds is enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.adapters.home_index import HomeIndex, find_homes
from aboveboard.adapters.papers_folder import PapersFolder
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_outbox import SqliteOutbox
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.adapters.withdrawals_file import FileWithdrawals
from aboveboard.bootstrap.surroundings import surroundings
from aboveboard.device import about as step_about
from aboveboard.device import store as step_store
from aboveboard.device.about import About
from aboveboard.device.consent import decide
from aboveboard.device.told_errors import ToldErrors
from aboveboard.errors import StoreError
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.registry import Registry
from aboveboard.model.report import Fate
from aboveboard.settings import device_settings

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from aboveboard.model.consent import Consent
    from aboveboard.model.report import Delivery
    from aboveboard.settings import AccountSettings


@dataclass(frozen=True, slots=True)
class App:
    """One program that counts, as its home tells it.

    Attributes:
        home: the folder.
        about: what it says of itself; of one that is off only its id, the folder's name.
        consent: what is in force where this was asked, but for what a project says.
        deliveries: its journal.
        broken: what could not be read, in words; ``""`` if all could.
    """

    home: Path
    about: About
    consent: Consent
    deliveries: tuple[Delivery, ...] = ()
    broken: str = ""

    @property
    def name(self) -> str:
        """Its id."""
        return self.about.app

    @property
    def waiting(self) -> tuple[Delivery, ...]:
        """What waits to leave."""
        return tuple(each for each in self.deliveries if each.fate is Fate.WAITING)

    @property
    def last_sent(self) -> str:
        """The moment at which something was delivered last, ISO 8601; ``""`` for never."""
        sent = (each.at for each in self.deliveries if each.fate is Fate.DELIVERED)
        return max(sent, default="")


def apps(account: AccountSettings) -> list[App]:
    """Find all of them, by name."""
    found = [_look(home) for home in find_homes(account.usual, account.homes)]
    return sorted(found, key=lambda app: (app.name, str(app.home)))


def switch(app: App, mode: Mode, today: date, account: AccountSettings) -> App:
    """Keep a person's choice about one of them, and make what lies there follow it.

    Args:
        app: which.
        mode: off or local; on takes a question, which only the program itself can ask.
        today: the day.
        account: where its home is noted down.

    Raises:
        StoreError: it could not be kept, or not be erased.
    """
    file = SqliteFile(app.home)
    store, outbox = SqliteEventStore(file), SqliteOutbox(file)
    try:
        before = app.consent.choice
        kept = before.registry if before is not None else app.about.fingerprint
        number = before.number + 1 if before is not None else 1
        registry = Registry(app.name, app.name, "", "", "", kept)
        choice = Choice(mode, today, kept, number)
        asked = FileWithdrawals(app.home).withdrawals
        step_store.choose(choice, app.consent, registry, store, outbox, asked)
        if mode is Mode.OFF:
            PapersFolder(app.home).clear()
            HomeIndex(account.homes, app.home).forget()
        else:
            ToldErrors(store).follow(registry, app.consent)
    finally:
        store.close()
    return _look(app.home)


def _look(home: Path) -> App:
    file = SqliteFile(home)
    store, outbox, broken = SqliteEventStore(file), SqliteOutbox(file), ""
    try:
        choice = store.choice()
    except StoreError as error:
        choice, broken = None, str(error)
    try:
        deliveries = tuple(outbox.deliveries())
    except StoreError as error:
        deliveries, broken = (), broken or str(error)
    finally:
        store.close()
    about = _about(home)
    around = surroundings(device_settings(about.app, home), about.app, start=home)
    consent = decide(choice, replace(around, project=None))
    return App(home, about, consent, deliveries, broken)


def _about(home: Path) -> About:
    try:
        body = PapersFolder(home).get(step_about.PAPER)
        return step_about.read(body) if body is not None else About(home.name)
    except (StoreError, ValueError):
        return About(home.name)
