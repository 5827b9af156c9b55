"""What machines with Endless OS send becomes values of the registry that ships with it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.model.verdict import Reason
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.translate import Translator
from aboveboard.wires.endless_bodies import Body, Event
from aboveboard.wires.endless_catalogue import Catalogue
from aboveboard.wires.endless_catalogue_reader import read_catalogue, snake
from aboveboard.wires.endless_said import Teller
from aboveboard.wires.gvariant import Variant

TODAY = date(2026, 11, 26)
NOW = 1_795_651_200.0
IMAGE = "eos-eos5.1-amd64-amd64.260419-225606.pt_BR"
LISTED = json.loads((Path(__file__).parents[2] / "data" / "endless_events.json").read_text("utf-8"))
CHILD = {
    "AppFilter": Variant("(bas)", (False, ["app/org.gnome.Maps/x86_64/stable"])),
    "OarsFilter": Variant("(sa{ss})", ("oars-1.1", {"violence-cartoon": "mild", "drugs": "none"})),
    "AllowUserInstallation": Variant("b", True),  # noqa: FBT003 a value
    "AllowSystemInstallation": Variant("b", False),  # noqa: FBT003 a value
}
CORE = {
    "binary": Variant("s", "!usr!bin!gnome-maps"),
    "signal": Variant("n", 11),
    "timestamp": Variant("n", -7),
    "arch": Variant("s", "x86_64"),
    "app_ref": Variant("s", "app/org.gnome.Maps/x86_64/stable"),
}
QUEST = {
    "complete": Variant("b", False),  # noqa: FBT003 a value
    "quest": Variant("s", "Fizzics"),
    "pathways": Variant("as", ["games"]),
    "progress": Variant("d", 0.62),
}
CPUS = [("Intel(R) Celeron(R) CPU N3350 @ 1.10GHz", 2, 2400.0, "fpu sse2 avx")]
BLOCKED = ("LENOVO", "81D2", "os/eos/amd64/eos5", "os/eos/amd64/eos6", "split-disk")
GATE = ("com.google.Chrome", ["/home/ana/Downloads/Chrome.exe"])
MAPS, ARGV = "org.gnome.Maps", ["wine", "/home/ana/Letter to Ben.EXE"]
HOUR = 3600 * 1_000_000_000
SAYS: dict[str, tuple[Any, int, dict[str, str]]] = {
    "LaunchedEquivalentExistingFlatpak": (GATE, 1, {"app": "com.google.Chrome"}),
    "LaunchedEquivalentInstallerForFlatpak": (GATE, 1, {"app": "com.google.Chrome"}),
    "LaunchedExistingFlatpak": (GATE, 1, {"app": "com.google.Chrome"}),
    "LaunchedInstallerForFlatpak": (("of.my.own", []), 1, {"app": "other"}),
    "LinuxPackageOpened": (["gdebi", "/home/ana/x.deb", "--now"], 1, {"format": "deb"}),
    "WindowsAppOpened": (ARGV, 1, {"format": "exe"}),
    "ParentalControlsBlockedFlatpakInstall": ("app/org.gnome.Maps", 1, {"times": ""}),
    "ParentalControlsBlockedFlatpakRun": ("app/org.gnome.Maps", 1, {"times": ""}),
    "ParentalControlsChanged": (CHILD, 1, {
        "app_filter": "blocklist", "listed_apps": "1", "rating_version": "oars-1.1",
        "limited_content": "1", "allowed": (
            "administrator=no,initial_setup=no,system_installation=no,user_installation=yes"),
    }),
    "ParentalControlsEnabled": (True, 1, {"enabled": "true"}),
    "ProgramDumpedCore": (CORE, 1, {
        "signal": "segv", "part": "app", "arch": "x86_64",
        "place": "385295b100c2b10e1058f0e8458745fa",
    }),
    "UpdaterFailure": (("eos-updater", "cannot open file '/home/ana/x'"), 1, {
        "component": "eos-updater", "place": "681c3746337bfdb365a960048eb9cb85",
    }),
    "StartupFinished": ((3_200_000, 700_000, 1_500_000, 0, 9_500_000, 16_700_000), 1, {
        "firmware": "3000", "loader": "300", "kernel": "1000", "initrd": "0",
        "userspace": "3000", "total": "10000",
    }),
    "ComputerInformation": ((3900, 232, 40, 190, CPUS), 1, {
        "total_ram": "3072", "total_disk": "128", "used_disk": "32", "free_disk": "128",
        "cpu_model": "intel celeron", "cpu_count": "2", "cpu_frequency": "2000",
        "cpu_flags": "avx,other,sse2",
    }),
    "SplitFlatpakRepoStats": ((42, 2, 60, 0, 240_000, 0, 45, 13 << 30, 6, 5 << 30), 1, {
        "elapsed": "10000", "os_refs": "2", "flatpak_refs": "50", "other_refs": "0",
        "objects": "100000", "deltas": "0", "num_apps": "20", "size_apps": "8",
        "num_runtimes": "5", "size_runtimes": "4",
    }),
    "DailyAppUsage": (MAPS, 3600, {"app": MAPS}),
    "MonthlyAppUsage": (MAPS, 7200, {"app": MAPS}),
    "DailyUsers": (None, 2, {"people": "2"}),
    "MonthlyUsers": (None, 3, {"people": "3"}),
    "DailySessionTime": (None, 7200, {"time": ""}),
    "MonthlySessionTime": (None, 200_000, {"time": "50"}),
    "CheckpointBlockedDaily": (BLOCKED, 3, {
        "vendor": "lenovo", "target": "eos6", "reason": "split-disk"}),
    "CheckpointBlockedMonthly": (BLOCKED, 3, {"reason": "split-disk"}),
    "CacheIsCorrupt": (None, 1, {"times": ""}),
    "CacheMetadataIsCorrupt": (None, 1, {"times": ""}),
    "ControlCenterAutomaticUpdates": ((False, True, False, Variant("v", Variant("s", "x"))), 1, {
        "choice": "automatic=yes,metered=no,tariff=no"}),
    "ControlCenterPanelOpened": ("wifi", 1, {"panel": "wifi"}),
    "CPUInfo": ([("AMD Ryzen 5 3500U", 4, 2100.0)], 1, {
        "model": "amd ryzen 5", "cores": "4", "max_frequency": "2000"}),
    "DiscoveryFeedClicked": (
        {"app_id": "com.endlessm.weather", "content_type": "article"}, 1,
        {"app": "com.endlessm.weather", "content": "article"}),
    "DiscoveryFeedClosed": ({"closed_by": "escape", "time_open": "12.5"}, 1, {
        "how": "escape", "open_time": "10000"}),
    "DiscoveryFeedOpened": ({"opened_by": "shortcut", "language": "pt_BR.UTF-8"}, 1, {
        "how": "shortcut", "language": "pt"}),
    "DiskSpaceExtra": ((464, 20, 440), 1, {"total": "256", "used": "16", "free": "256"}),
    "DiskSpaceSysroot": ((28, 22, 6), 1, {"total": "16", "used": "16", "free": "4"}),
    "DualBootBooted": (None, 1, {"times": ""}),
    "EndlessApplicationUnmaximized": (MAPS, 1, {"app": "other"}),
    "EnteredDemoMode": (None, 1, {"times": ""}),
    "HackClubhouseAchievement": (("id", "Name"), 1, {"reached": ""}),
    "HackClubhouseAchievementPoints": (("build", 30, 10), 1, {
        "skill": "build", "new_points": "10"}),
    "HackClubhouseChangePage": ("news", 1, {"page": "news"}),
    "HackClubhouseEnterPathway": ("art", 1, {"pathway": "art"}),
    "HackClubhouseMode": (True, 1, {"state": "on"}),
    "HackClubhouseNewsQuestLink": (("ada", "quest"), 1, {"character": "ada"}),
    "HackClubhouseProgress": (QUEST, 1, {"part": "60", "complete": "no"}),
    "ImageVersion": (IMAGE, 1, {"product": "eos"}),
    "LiveUsbBooted": (None, 1, {"times": ""}),
    "Location": ((52.5, 13.4, True, 34.0, 25_000.0), 1, {"accuracy": "10000"}),
    "LocationLabel": ({"facility": "School of Ana", "city": ""}, 1, {"fields": "1"}),
    "MissingCodec": (("1.18", "totem", "decoder", "video/x-h265, profile=main", {}), 1, {
        "part": "decoder", "format": "video/h265"}),
    "NetworkId": (3_000_000_000, 1, {"changes": ""}),
    "OSVersion": (("Endless", '"3.9.4"', "base"), 1, {"version": "3.9"}),
    "RAMSize": (1900, 1, {"ram": "1024"}),
    "ShellAppAddedToDesktop": (MAPS, 1, {"app": MAPS}),
    "ShellAppRemovedFromDesktop": (MAPS, 1, {"app": MAPS}),
    "UnderscanEnabled": (None, 1, {"times": ""}),
    "UpdaterBranchSelected": (("Acer", "X1", "os/eos/amd64/eos3", False), 1, {
        "branch": "eos3", "on_hold": "no"}),
    "CacheHasInvalidElements": ((120, 1 << 63), 1, {"valid": "100", "bytes_read": "100000000"}),
    "ShellAppIsOpen": (MAPS, 2 * HOUR, {"app": MAPS}),
    "UserIsLoggedIn": (1001, HOUR, {"time": ""}),
}  # fmt: skip
TIMES = {
    "daily_app_usage.app": 3600, "monthly_app_usage.app": 120, "daily_session_time.time": 7200,
    "shell_app_is_open.app": 7200, "user_is_logged_in.time": 3600,
}  # fmt: skip
"""What adds up by more than one."""


@cache
def catalogue() -> Catalogue:
    return read_catalogue((shipped_folder() / "mappings" / "endless-events.toml").read_bytes())


@cache
def translator() -> Translator:
    registry = read_file(shipped_folder() / "endless.toml")
    content = (shipped_folder() / "mappings" / "endless.toml").read_bytes()
    return Translator(registry, read_mapping(content, registry))


def listed(name: str) -> dict[str, Any]:
    [found] = [each for each in LISTED if each["name"] == name]
    return dict(found)


def told(event: Event) -> tuple[dict[str, str], list[tuple[str, Reason]]]:
    """Let a machine say something on a day on which all of it is still measured."""
    body = Body(0, int(NOW * 1e9), 0, [event], IMAGE, {"city": "Paris"}, 1)
    discarded: Counter[str] = Counter()
    counts: dict[str, list[str]] = {}
    asides = []
    for said in Teller("endless", catalogue()).tell(body, "metrics-3", NOW, discarded):
        for statement in translator().translate(said, TODAY):
            asides += statement.asides
            for count in statement.counts:
                counts.setdefault(count.metric.name, []).append(count.key)
                assert count.times == TIMES.get(count.metric.name, 1)
    assert not discarded
    return {name: ",".join(sorted(keys)) for name, keys in counts.items()}, asides


def event_of(name: str, payload: object, count: int, signature: str) -> Event:
    found = listed(name)
    uuid, kind = UUID(found["uuid"]).bytes, found["kind"]
    period = "2026-11-25" if kind == "aggregate" else ""
    variant = Variant(signature, payload) if signature else None
    at = None if period else 5
    return Event(uuid, kind, "5.1.2", at, period, count, variant)


@pytest.mark.parametrize("name", sorted(SAYS))
def test_every_event_of_the_catalogue_is_understood_whole(name: str) -> None:
    payload, count, wanted = SAYS[name]
    known = catalogue().known[UUID(listed(name)["uuid"]).bytes]
    signature = max(known.payloads, key=lambda text: (len(text), text), default="")
    found, asides = told(event_of(name, payload, count, signature))
    assert asides == []
    image = {each: key for each, key in found.items() if each.startswith("image.")}
    assert {each: key for each, key in found.items() if each not in image} == {
        f"{snake(name)}.{each}": key for each, key in wanted.items()
    }
    if name == "ComputerInformation":
        assert image == {
            "image.product": "eos",
            "image.branch": "5.1",
            "image.arch": "amd64",
            "image.platform": "amd64",
            "image.personality": "pt_BR",
            "image.age": "6",
            "image.dual_boot": "true",
            "image.live": "false",
            "image.site_label": "true",
            "image.os_version": "5.1",
        }
    else:
        assert image == {}


@pytest.mark.parametrize("name", sorted(SAYS))
def test_another_payload_than_the_event_s_is_of_the_wrong_kind(name: str) -> None:
    known = catalogue().known[UUID(listed(name)["uuid"]).bytes]
    first = f"{known.name}.{next(iter(known.says))}"
    _, count, _ = SAYS[name]
    wrong = [event_of(name, 7, count, "x"), event_of(name, None, count, "")]
    for event in wrong if known.payloads else [event_of(name, None, -1, "")]:
        found, asides = told(event)
        assert asides == [(first, Reason.WRONG_KIND)]
        assert all(each.startswith("image.") for each in found)


def test_an_event_that_is_sent_as_something_else_is_of_the_wrong_kind() -> None:
    event = event_of("DailyUsers", None, 2, "")._replace(kind="singular", at=7)
    assert told(event) == ({}, [("daily_users.people", Reason.WRONG_KIND)])


def test_an_event_that_nobody_knows_keeps_its_name_alone() -> None:
    uuid = UUID("01234567-89ab-4def-8123-456789abcdef")
    event = Event(uuid.bytes, "singular", "5.1", 7, "", 1, Variant("s", "my-secret-value"))
    name = "event_01234567_89ab_4def_8123_456789abcdef.payload"
    assert told(event) == ({}, [(name, Reason.UNKNOWN_METRIC)])


def test_the_catalogue_is_that_of_the_project() -> None:
    found = catalogue()
    for each in LISTED:
        uuid = UUID(each["uuid"]).bytes
        if "columns" not in each and each.get("status") != "modelled":
            assert uuid in found.ignored
            continue
        known = found.known[uuid]
        assert known.name == snake(each["name"])
        assert known.kind == each["kind"]
        assert (each["payload_signature"] or "") in (known.payloads or {""}) or len(
            known.payloads
        ) > 1
    assert len(found.known) + len(found.ignored) == len(LISTED) == 95
    assert len(found.known) == len(SAYS) == 58


def test_what_an_event_says_is_a_metric_and_every_metric_of_its_events_is_said() -> None:
    metrics = translator().registry.metrics
    says = {f"{each.name}.{said}" for each in catalogue().known.values() for said in each.says}
    events = {each.name for each in catalogue().known.values()}
    assert says == {name for name in metrics if name.split(".")[0] in events}


@pytest.mark.parametrize("name", ["AppUsage", "Users", "SessionTime", "CheckpointBlocked"])
def test_monthly_events_are_known_by_an_id_made_of_the_daily_one(name: str) -> None:
    by_name = {each.name: uuid for uuid, each in catalogue().known.items()}
    checkpoint = name == "CheckpointBlocked"
    daily, monthly = (
        snake(f"{name}{span}" if checkpoint else f"{span}{name}") for span in ("Daily", "Monthly")
    )
    assert uuid5(UUID(bytes=by_name[daily]), "monthly").bytes == by_name[monthly]
