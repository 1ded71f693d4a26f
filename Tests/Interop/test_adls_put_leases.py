"""adls-put and leases: locks that end when they must, uploads that outlast a lease or lose it, files that others hold, leftovers."""

import os
import signal
import time

import pytest
from azure.storage.blob import BlobLeaseClient
from azure.storage.filedatalake import generate_directory_sas

import adls_put_program as program
from adls_clients import ACCOUNT, KEY, LAKE, blobs, start, tree
from adls_put_program import URL

BLOCK = 65_536
SMALL_BLOCKS = ("--block-bytes", "64K")
LOCK = f"{URL}/_state/run"
STALLED_APPEND = {"match": {"operation": "path.append"}, "skip": 1, "count": 1, "actions": [{"kind": "stall_upload", "after_bytes": 1}]}


@pytest.fixture
def lake(tmp_path):
    with start(tmp_path) as running:
        yield running


def temporaries(emulator):
    return [path for path in tree(emulator) if "/sluice-" in path]


def blob(emulator, path):
    return blobs(emulator).get_blob_client(LAKE, path)


def end_lease(emulator, path):
    BlobLeaseClient(blob(emulator, path)).break_lease(0)


def stalled_upload(emulator, local, to, *options, **more):
    """An upload that goes no further until POST release; what it has sent is one block at least."""
    emulator.forget_requests()
    emulator.script(STALLED_APPEND)
    process = program.start(emulator, local, "--to", to, *options, *SMALL_BLOCKS, **more)
    while process.poll() is None and not any(each.get("stalled") for each in emulator.requests(operation="path.append", open="true")):
        time.sleep(0.02)
    assert process.poll() is None
    return process


def released(emulator, process):
    """(exit status, standard error) of an upload that was stalled."""
    emulator.admin("POST", "release")
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors.decode()


# ---- One run at a time


def test_a_lock_is_free_at_once_when_its_command_does_not_start(lake):
    assert b"no-such-command" in program.run(lake, "--lease", LOCK, "--", "no-such-command", expect=127).stderr
    program.run(lake, "--lease", LOCK, "--", "true")


def test_a_lock_is_free_at_once_when_its_holder_cannot_be_noted(lake):
    program.run(lake, "--lease", LOCK, "--", "true")
    lake.script({"match": {"operation": "blob.put"}, "count": 1, "actions": [{"kind": "status", "status": 403}]})
    program.run(lake, "--lease", LOCK, "--", "true", expect=77)
    program.run(lake, "--lease", LOCK, "--", "true")


def test_a_command_that_does_not_heed_the_loss_of_its_lock_is_killed(lake, tmp_path):
    script = f"trap '' TERM; touch {tmp_path}/started; for i in $(seq 600); do sleep 0.1; done"
    holder = program.start(lake, "--lease", LOCK, "--", "bash", "-c", script)
    while holder.poll() is None and not (tmp_path / "started").exists():
        time.sleep(0.02)
    end_lease(lake, "_state/run")
    blob(lake, "_state/run").acquire_lease(60)
    _, errors = holder.communicate(timeout=50)
    assert holder.returncode == 75 and b"the lock is lost, so the command is ended" in errors


def test_a_dry_run_goes_with_what_changes_the_lake_only(lake, tmp_path):
    for arguments in (["--lease", LOCK, "--", "touch", tmp_path / "ran"], ["--get", LOCK, "-o", tmp_path / "got"]):
        refused = program.run(lake, "--dry-run", *arguments, expect=64)
        assert b"--dry-run belongs to --to, --delete and --delete-temp" in refused.stderr
    assert not (tmp_path / "ran").exists() and not (tmp_path / "got").exists() and tree(lake) == {}


def test_an_upload_whose_way_is_taken_away_is_worth_another_try(lake, tmp_path):
    (tmp_path / "f").write_bytes(os.urandom(20 * BLOCK))
    process = stalled_upload(lake, tmp_path / "f", f"{URL}/taken", "--jobs", "1")
    (path,) = temporaries(lake)
    end_lease(lake, path)
    blob(lake, path).delete_blob()
    status, errors = released(lake, process)
    assert status == 75 and f"somebody removed the file on its way, {path}" in errors, errors
    program.run(lake, tmp_path / "f", "--to", f"{URL}/taken", *SMALL_BLOCKS)


# ---- Uploads


def test_an_upload_that_takes_longer_than_its_lease_keeps_it(lake, tmp_path):
    (tmp_path / "f").write_bytes(os.urandom(6 * BLOCK))
    process = stalled_upload(lake, tmp_path / "f", f"{URL}/f")
    # Each step alone is shorter than the lease, both together are longer: what came in between has renewed it.
    lake.admin("POST", "clock", {"advance_seconds": 20})
    assert lake.admin("GET", "requests/wait", operation="blob.lease", count=1, seconds=20)["enough"]
    lake.admin("POST", "clock", {"advance_seconds": 20})
    assert released(lake, process) == (0, "")
    assert program.cat(lake, "f") == (tmp_path / "f").read_bytes()


def test_an_upload_whose_lease_was_taken_publishes_nothing_and_is_worth_another_try(lake, tmp_path):
    (tmp_path / "f").write_bytes(os.urandom(6 * BLOCK))
    process = stalled_upload(lake, tmp_path / "f", f"{URL}/f")
    [temporary] = temporaries(lake)
    end_lease(lake, temporary)
    blob(lake, temporary).acquire_lease(60)
    status, errors = released(lake, process)
    assert status == 75 and "LeaseIdMismatch" in errors and errors.count("\n") == 1
    assert "f" not in tree(lake)
    end_lease(lake, temporary)
    assert program.put(lake, tmp_path / "f", f"{URL}/f", *SMALL_BLOCKS)["status"] == "stored"


def test_what_somebody_else_holds_is_worth_another_try(lake, tmp_path):
    (tmp_path / "f").write_bytes(b"1")
    program.put(lake, tmp_path / "f", f"{URL}/held")
    blob(lake, "held").acquire_lease(60)
    (tmp_path / "f").write_bytes(b"2")
    refused = program.run(lake, tmp_path / "f", "--to", f"{URL}/held", "--if-exists", "replace", expect=75)
    assert b"LeaseIdMissing" in refused.stderr and b"somebody holds a lease on the file" in refused.stderr
    assert b"LeaseIdMissing" in program.run(lake, "--delete", f"{URL}/held", expect=75).stderr
    assert program.cat(lake, "held") == b"1"


@pytest.mark.parametrize("code", ["ContainerBeingDeleted", "InternalOperationAbortError"])
def test_a_conflict_that_outlasts_the_attempts_is_worth_another_try(lake, tmp_path, code):
    (tmp_path / "f").write_bytes(b"1")
    lake.script({"match": {"operation": "blob.put"}, "actions": [{"kind": "status", "status": 409, "reason": code, "retry_after": 0}]})
    assert code.encode() in program.run(lake, tmp_path / "f", "--to", f"{URL}/f", expect=75).stderr
    assert len(lake.requests(operation="blob.put")) > 1


# ---- Leftovers


def test_what_an_upload_with_a_folders_signature_left_is_swept_by_whoever_may(lake, tmp_path):
    (tmp_path / "f").write_bytes(os.urandom(6 * BLOCK))
    signature = generate_directory_sas(ACCOUNT, LAKE, "s/folder", KEY, permission="racwdl", expiry="2099-01-01T00:00:00Z")
    process = stalled_upload(lake, tmp_path / "f", f"{URL}/s/folder/f", AZURE_STORAGE_KEY=None, AZURE_STORAGE_SAS_TOKEN=signature)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    lake.script()
    lake.admin("POST", "release")
    lake.admin("POST", "clock", {"advance_seconds": 40})
    [left] = temporaries(lake)
    assert left.startswith("s/folder/_tmp/")
    # Beside what is not ours.
    blob(lake, "s/folder/_tmp/sluice-of-somebody").upload_blob(b"x")
    blob(lake, "s/folder/kept.tmp").upload_blob(b"x")
    assert program.lines(program.run(lake, "--delete-temp", f"{URL}/s/other/", "--older-than", "0")) == []
    swept = program.lines(program.run(lake, "--delete-temp", f"{URL}/s/folder/", "--older-than", "0"))
    assert [line["url"] for line in swept] == [f"{URL}/{left}"]
    assert {"s/folder/_tmp/sluice-of-somebody", "s/folder/kept.tmp"} <= set(tree(lake))
