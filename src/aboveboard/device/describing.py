"""Enters: settings of the host, and plug-ins that can tell something. Leaves: step 1 has it.

The describing half of :class:`aboveboard.device.telemetry.Telemetry`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.device.counting import Counting
from aboveboard.model.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.device.foreign import Alter, Provider
    from aboveboard.device.providers import Providers
    from aboveboard.model.provider import About, Told


class Describing(Counting):
    """The calls that describe what is so. None of them raises or prints."""

    def configuration(
        self, settings: Mapping[str, object], defaults: Mapping[str, object] | None = None
    ) -> None:
        """Report a configuration without its values, by the reducers that the registry names.

        Args:
            settings: what is set, as a program reads it from its file; tables may be nested.
            defaults: what holds where nothing is set, in the same form.
        """
        with self._guard:
            if not self._listens:
                return
            from aboveboard.device.configuration import settings_of  # noqa: PLC0415 few need it

            for name, value in settings_of(self._core.registry, settings, defaults):
                self._describe(name, value)

    def provide(self, provider: Provider, name: str = "") -> None:
        """Ask a plug-in from now on what it can tell, whenever reports are made."""
        with self._guard:
            self._asked().add(provider, name)

    def alter(self, step: Alter) -> None:
        """Let a function change or take away what plug-ins tell, before it is counted."""
        with self._guard:
            self._asked().alter(step)

    def ask_providers(self) -> list[Told]:
        """Ask the plug-ins now; waits for each, but for a second at most.

        Returns:
            What became of each metric that one of them can tell.
        """
        with self._guard:
            if self._listens:
                told = self._asked().tell()
                for each in told:
                    if each.value is not None:
                        self._describe(each.metric, each.value)
                    elif not each.outcome.harmless:
                        self._recorder.note(Reason.PROVIDER)
                return told
        return []

    def about_providers(self) -> list[About]:
        """Give what the plug-ins can tell, in words for people."""
        with self._guard:
            return self._asked().about()
        return []

    def _asked(self) -> Providers:
        """Give whom to ask; what is installed is looked up the first time."""
        return self._core.asked()

    def _describe(self, name: str, value: object) -> None:
        """Count what a setting was reduced to; that nothing is set is no mistake."""
        match value:
            case Reason():
                if value is not Reason.NO_SETTING:
                    self._recorder.refuse(name, value)
            case bool() | int() | str():
                self._recorder.set(name, value)
            case list():
                self._recorder.names(name, value)
            case _:  # a reducer gives nothing else
                self._recorder.note(Reason.WRONG_KIND)
