from __future__ import annotations

from pathlib import Path

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.file_log import FileLog
from aboveboard.bootstrap.logs import worker_logs
from aboveboard.ports.collector import LogPosition


def test_the_logs_of_workers_now_and_before_are_read_and_what_is_torn_is_put_aside(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path)
    for name in ("0", "1", "7"):
        log = FileLog(folder.logs / name)
        log.append([name.encode()])
        log.close()
    for name in ("1", "7"):
        with (folder.logs / name / "0000000001.log").open("ab") as file:
            file.write(b"torn")
    logs, cut = worker_logs(folder, 2)
    assert [log.name for log in logs] == ["1", "2", "7"]
    assert cut == 8
    assert [log.read(LogPosition(), 100).records for log in logs] == [[b"1"], [], [b"7"]]
    assert [log.name for log in worker_logs(folder, 1)[0]] == ["1", "7"]
