"""adls-put through bad weather: readers never see a part of a file, killed uploads leave one copy."""

import hashlib
import os
import random
import signal
import threading
import time

import pytest
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobLeaseClient

import adls_put_program as program
from adls_clients import LAKE, blobs, datalake, start, tree
from adls_put_program import URL
from adls_sessions import READERS

BLOCK = 65_536
SMALL_BLOCKS = ("--block-bytes", "64K")
UPLOADS = 200
# A file on its way is known by its SHA-256, or by its CRC64.
DIGESTS = pytest.mark.parametrize("digests", [(), ("--content-sha256", "never")], ids=["sha256", "crc64"])
KILLS = int(os.environ.get("SLUICE_KILLS", "8"))
WEATHER = {"name": "weather", "probability": 0.15, "per_request": 2, "one_of": True, "actions": [
    {"kind": "status", "status": 503}, {"kind": "status", "status": 500, "reason": "OperationTimedOut"},
    {"kind": "status", "status": 429, "retry_after": 0}, {"kind": "reset", "when": "request"}, {"kind": "reset", "when": "answer"},
    {"kind": "corrupt_body"}]}


@pytest.fixture(params=["hierarchical", "flat"])
def emulator(request, tmp_path):
    with start(tmp_path, *(["--flat"] if request.param == "flat" else [])) as running:
        running.is_flat = request.param == "flat"
        yield running


@pytest.fixture
def lake(tmp_path):
    """One with folders."""
    with start(tmp_path) as running:
        running.is_flat = False
        yield running


def end_leases(emulator):
    """What killed programs held is free now, as it would be half a minute later."""
    for path, entry in tree(emulator).items():
        if entry.get("lease") == "leased":
            BlobLeaseClient(blobs(emulator).get_blob_client(LAKE, path)).break_lease(0)


def content(number, size):
    """Bytes whose every stretch tells which file they are of."""
    line = f"file {number:06} {hashlib.sha256(str(number).encode()).hexdigest()}\n".encode()
    return (line * (size // len(line) + 1))[:size]


class Watch(threading.Thread):
    """Reads what is under the final names, again and again, by other clients."""

    def __init__(self, emulator, truths):
        super().__init__(daemon=True)
        self._emulator, self._truths, self.replaced = emulator, truths, 0
        self.wrong, self.failed, self.seen, self._done = [], [], 0, threading.Event()

    def run(self):
        file_system = datalake(self._emulator).get_file_system_client(LAKE)
        while not self._done.is_set():
            try:
                listed = {each.name: each.content_length for each in file_system.get_paths("final") if not each.is_directory}
            except ResourceNotFoundError:
                # The folder is not there yet.
                continue
            except Exception as error:  # noqa: BLE001 whatever it is, the test must hear of it
                self.failed.append(("listing", repr(error)))
                return
            for path, size in listed.items():
                allowed = self._truths[path]
                if size not in {len(data) for data in allowed}:
                    self.wrong.append((path, "listed with", size))
            for path in random.sample(sorted(listed), min(len(listed), 5)):
                try:
                    data = READERS["blob"](self._emulator, path)
                except ResourceModifiedError:
                    # Replaced between two stretches: this client tells, instead of putting them together.
                    self.replaced += 1
                    continue
                except Exception as error:  # noqa: BLE001
                    self.failed.append((path, repr(error)))
                    return
                self.seen += 1
                if data not in self._truths[path]:
                    self.wrong.append((path, "read", len(data)))

    def stop(self):
        self._done.set()
        self.join(60)
        assert not self.is_alive()


def test_readers_never_see_a_part_of_a_file_under_faults(emulator, tmp_path):
    folder = tmp_path / "local"
    folder.mkdir()
    truths = {}
    for number in range(UPLOADS // 4 if emulator.is_flat else UPLOADS):
        data = content(number, [100, BLOCK, 2 * BLOCK + 17, 0][number % 4])
        (folder / f"{number:03}").write_bytes(data)
        truths[f"final/{number:03}"] = [data]
    watch = Watch(emulator, truths)
    # Readers must not be met by the weather: what they see is what counts.
    emulator.script({**WEATHER, "match": {"headers": {"user-agent": "adls-put.*"}}})
    watch.start()
    try:
        program.run(emulator, folder, "--to", f"{URL}/final/", *SMALL_BLOCKS)
    finally:
        watch.stop()
        emulator.script()
    assert (watch.wrong, watch.failed, watch.replaced) == ([], [], 0)
    assert watch.seen > 20
    found = {path: entry for path, entry in tree(emulator).items() if path.startswith("final/")}
    assert {path: entry["bytes"] for path, entry in found.items()} == {path: len(data[0]) for path, data in truths.items()}
    for path, data in truths.items():
        assert READERS["blob"](emulator, path) == data[0]


def test_readers_see_the_old_or_the_new_while_a_file_is_replaced(emulator, tmp_path):
    old, new = content(1, 5 * BLOCK), content(2, 7 * BLOCK + 3)
    (tmp_path / "old").write_bytes(old)
    (tmp_path / "new").write_bytes(new)
    program.put(emulator, tmp_path / "old", f"{URL}/final/x", *SMALL_BLOCKS)
    watch = Watch(emulator, {"final/x": [old, new]})
    watch.start()
    try:
        for name in ["new", "old"] * 4:
            assert program.put(emulator, tmp_path / name, f"{URL}/final/x", "--if-exists", "replace", *SMALL_BLOCKS)["status"] == "stored"
    finally:
        watch.stop()
    assert (watch.wrong, watch.failed) == ([], []) and watch.seen > 0


def test_bytes_that_are_lost_or_damaged_are_never_published(lake, tmp_path):
    data = content(4, 4 * BLOCK)
    (tmp_path / "f").write_bytes(data)
    lake.script({"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "drop_append"}]})
    done = program.run(lake, tmp_path / "f", "--to", f"{URL}/f", *SMALL_BLOCKS, expect=None)
    assert done.returncode == 65 and b"InvalidFlushPosition" in done.stderr
    assert "f" not in tree(lake) and not [path for path in tree(lake) if "sluice-" in path]
    lake.script({"match": {"operation": "blob.get"}, "count": 2, "actions": [{"kind": "corrupt"}]})
    assert program.put(lake, tmp_path / "f", f"{URL}/f", *SMALL_BLOCKS)["status"] == "stored"
    assert program.cat(lake, "f") == data


def test_a_read_that_breaks_off_is_no_end_of_the_file(lake, tmp_path):
    data = content(5, 9 * 1024 * 1024)
    (tmp_path / "f").write_bytes(data)
    program.put(lake, tmp_path / "f", f"{URL}/f")
    lake.script({"match": {"operation": "blob.get"}, "probability": 0.6, "per_request": 2, "one_of": True, "actions": [
        {"kind": "reset"}, {"kind": "truncate"}, {"kind": "truncate", "honest": False}, {"kind": "status", "status": 503}]})
    assert program.cat(lake, "f") == data
    program.run(lake, "--get", f"{URL}/f", "-o", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == data


def test_a_file_that_is_replaced_while_it_is_read_is_refused(lake, tmp_path):
    (tmp_path / "f").write_bytes(content(6, 9 * 1024 * 1024))
    program.put(lake, tmp_path / "f", f"{URL}/f")
    lake.script({"match": {"operation": "blob.get"}, "skip": 1, "count": 1, "actions": [{"kind": "status", "status": 412}]})
    done = program.run(lake, "--get", f"{URL}/f", "-o", tmp_path / "got", expect=75)
    assert b"it was replaced while it was read" in done.stderr and not (tmp_path / "got").exists()


def test_two_at_once_leave_one_whole_file(emulator, tmp_path):
    paths = [tmp_path / "a", tmp_path / "b"]
    for number, path in enumerate(paths):
        path.write_bytes(content(number, 6 * BLOCK))
    for round_ in range(5):
        running = [program.start(emulator, path, "--to", f"{URL}/race/{round_}", "--if-exists", "skip", *SMALL_BLOCKS) for path in paths]
        told = [each.communicate(timeout=60) for each in running]
        assert [each.returncode for each in running] == [0, 0], told
        assert READERS["blob"](emulator, f"race/{round_}") in [path.read_bytes() for path in paths]
        statuses = sorted(b'"status":"stored"' in output for output, _ in told)
        assert statuses == [False, True]
    assert not [path for path in tree(emulator) if "sluice-" in path]


def in_flight(emulator, process, operation, number):
    """Waits until the program's n-th request of a kind is open, or the program has ended."""
    while process.poll() is None:
        if emulator.admin("GET", "requests/wait", operation=operation, count=number, seconds=0.2)["enough"]:
            return True
    return False


MOMENTS = {
    "hierarchical": [("path.create", 1), ("path.append", 1), ("path.append", 6), ("path.append", 12), ("path.flush", 1),
                     ("blob.setmetadata", 1), ("blob.lease", 1), ("path.rename", 1)],
    "flat": [("blob.putblock", 1), ("blob.putblock", 4), ("blob.putblock", 8), ("blob.putblock", 12), ("blob.putblocklist", 1)],
}


def test_kills_in_flight_leave_one_copy_each_and_no_temporaries(emulator, tmp_path):
    moments = MOMENTS["flat" if emulator.is_flat else "hierarchical"]
    lot = random.Random(6)
    data = content(7, 12 * BLOCK + 5)
    (tmp_path / "f").write_bytes(data)
    hits = 0
    for attempt in range(KILLS):
        operation, number = moments[attempt % len(moments)]
        path = f"kills/{attempt}"
        emulator.forget_requests()
        # Before the deed or after it, by lot.
        kind = lot.choice([{"kind": "latency", "seconds": 20}, {"kind": "stall", "seconds": 20, "after_bytes": 0}])
        emulator.script({"match": {"operation": operation}, "skip": number - 1, "count": 1, "actions": [kind]})
        process = program.start(emulator, tmp_path / "f", "--to", f"{URL}/{path}", *SMALL_BLOCKS)
        in_flight(emulator, process, operation, number)
        time.sleep(lot.random() / 20)
        hits += process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        emulator.script()
        emulator.admin("POST", "release")
        found = tree(emulator)
        if path in found:
            assert READERS["blob"](emulator, path) == data, (operation, number, kind)
        end_leases(emulator)
        program.put(emulator, tmp_path / "f", f"{URL}/{path}", *SMALL_BLOCKS)
        assert READERS["blob"](emulator, path) == data, (operation, number, kind)
    assert hits >= KILLS * 3 // 4
    program.run(emulator, "--delete-temp", f"{URL}/", "--older-than", "0")
    assert sorted(path for path, entry in tree(emulator).items() if not entry.get("directory")) == sorted(f"kills/{n}" for n in range(KILLS))


@DIGESTS
def test_a_killed_upload_goes_on_where_it_was(lake, tmp_path, digests):
    blocks = 64 + 20
    data = content(8, blocks * BLOCK + 9)
    (tmp_path / "f").write_bytes(data)
    lake.script({"match": {"operation": "path.append"}, "skip": 70, "count": 1, "actions": [{"kind": "latency", "seconds": 20}]})
    process = program.start(lake, tmp_path / "f", "--to", f"{URL}/f", *digests, *SMALL_BLOCKS)
    assert in_flight(lake, process, "path.append", 71)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    lake.script()
    lake.admin("POST", "clock", {"advance_seconds": 40})
    lake.forget_requests()
    done = program.run(lake, tmp_path / "f", "--to", f"{URL}/f", *digests, *SMALL_BLOCKS)
    assert f"goes on after {64 * BLOCK} bytes" in done.stderr.decode()
    positions = {each["position"] for each in lake.requests(operation="path.append") if "position" in each}
    assert positions == {number * BLOCK for number in range(64, blocks + 1)}
    assert program.cat(lake, "f") == data
    assert not [path for path in tree(lake) if "sluice-" in path]


@DIGESTS
def test_an_earlier_upload_of_other_bytes_is_not_gone_on_with(lake, tmp_path, digests):
    path = tmp_path / "f"
    path.write_bytes(content(9, 66 * BLOCK))
    lake.script({"match": {"operation": "path.append"}, "skip": 64, "count": 1, "actions": [{"kind": "latency", "seconds": 20}]})
    process = program.start(lake, path, "--to", f"{URL}/f", *digests, *SMALL_BLOCKS)
    assert in_flight(lake, process, "path.append", 65)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    lake.script()
    lake.admin("POST", "clock", {"advance_seconds": 40})
    # The same place and length, other bytes.
    path.write_bytes(content(10, 66 * BLOCK))
    done = program.run(lake, path, "--to", f"{URL}/f", *digests, *SMALL_BLOCKS)
    assert b"an earlier upload left other bytes" in done.stderr
    assert program.cat(lake, "f") == path.read_bytes()
    assert not [path for path in tree(lake) if "sluice-" in path]


@DIGESTS
def test_blocks_of_a_killed_upload_are_not_sent_again(tmp_path, digests):
    with start(tmp_path, "--flat") as flat:
        data = content(11, 20 * BLOCK)
        (tmp_path / "f").write_bytes(data)
        flat.script({"match": {"operation": "blob.putblocklist"}, "count": 1, "actions": [{"kind": "latency", "seconds": 20}]})
        process = program.start(flat, tmp_path / "f", "--to", f"{URL}/f", *digests, *SMALL_BLOCKS)
        assert in_flight(flat, process, "blob.putblocklist", 1)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        flat.script()
        flat.forget_requests()
        program.put(flat, tmp_path / "f", f"{URL}/f", *digests, *SMALL_BLOCKS)
        assert flat.requests(operation="blob.putblock") == []
        assert program.cat(flat, "f") == data


def test_the_sweep_leaves_what_somebody_writes_and_what_is_young(lake, tmp_path):
    data = content(12, 4 * BLOCK)
    (tmp_path / "f").write_bytes(data)
    lake.script({"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "stall_upload", "after_bytes": 1}]})
    process = program.start(lake, tmp_path / "f", "--to", f"{URL}/raw/f", *SMALL_BLOCKS)
    assert in_flight(lake, process, "path.append", 1)
    assert program.lines(program.run(lake, "--delete-temp", f"{URL}/", "--older-than", "0")) == []
    lake.admin("POST", "release")
    process.communicate(timeout=60)
    assert process.returncode == 0
    lake.forget_requests()
    lake.script({"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "stall_upload", "after_bytes": 1}]})
    process = program.start(lake, tmp_path / "f", "--to", f"{URL}/raw/g", *SMALL_BLOCKS)
    assert in_flight(lake, process, "path.append", 1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    lake.script()
    lake.admin("POST", "release")
    lake.admin("POST", "clock", {"advance_seconds": 40})
    assert program.lines(program.run(lake, "--delete-temp", f"{URL}/")) == []
    assert program.lines(program.run(lake, "--delete-temp", f"{URL}/processed/", "--older-than", "0")) == []
    dry = program.lines(program.run(lake, "--delete-temp", f"{URL}/raw/", "--older-than", "0", "--dry-run"))
    assert [line["deleted"] for line in dry] == [False] and "/_tmp/sluice-" in dry[0]["url"]
    swept = program.lines(program.run(lake, "--delete-temp", f"{URL}/raw/", "--older-than", "0"))
    assert [line["url"] for line in swept] == [dry[0]["url"]] and swept[0]["deleted"]
    assert sorted(path for path, entry in tree(lake).items() if not entry.get("directory")) == ["raw/f"]


# ---- One run at a time


def test_a_lock_is_held_by_one_and_free_afterwards(emulator, tmp_path):
    lock = f"{URL}/_state/run"
    holder = program.start(emulator, "--lease", lock, "--", "sleep", "30")
    assert in_flight(emulator, holder, "blob.put", 2)
    time.sleep(0.2)
    late = program.run(emulator, "--lease", lock, "--", "touch", tmp_path / "ran", expect=75)
    assert b"held by process" in late.stderr and not (tmp_path / "ran").exists()
    holder.send_signal(signal.SIGTERM)
    holder.communicate(timeout=20)
    assert holder.returncode == 128 + signal.SIGTERM
    assert program.run(emulator, "--lease", lock, "--", "sh", "-c", "exit 7", expect=7).stderr == b""
    assert program.run(emulator, "--lease", lock, "--", "touch", tmp_path / "ran").stderr == b""


def test_a_lock_of_a_killed_run_is_free_when_its_lease_ends(lake, tmp_path):
    lock = f"{URL}/_state/run"
    holder = program.start(lake, "--lease", lock, "--", "sleep", "30")
    assert in_flight(lake, holder, "blob.put", 2)
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    program.run(lake, "--lease", lock, "--", "true", expect=75)
    lake.admin("POST", "clock", {"advance_seconds": 31})
    program.run(lake, "--lease", lock, "--", "true")


def test_a_lock_outlasts_its_lease_and_a_lost_one_ends_the_command(lake, tmp_path):
    lock = f"{URL}/_state/run"
    holder = program.start(lake, "--lease", lock, "--", "sleep", "60")
    assert in_flight(lake, holder, "blob.put", 2)
    began = time.monotonic()
    # It renews: seen after one renewal.
    assert lake.admin("GET", "requests/wait", operation="blob.lease", count=3, seconds=20)["enough"]
    assert time.monotonic() - began > 5
    # Somebody breaks it.
    datalake(lake).get_file_client(LAKE, "_state/run")
    lake.admin("POST", "clock", {"advance_seconds": 120})
    program.run(lake, "--lease", lock, "--", "true")
    output, errors = holder.communicate(timeout=40)
    assert holder.returncode == 75 and b"the lock is lost, so the command is ended" in errors
