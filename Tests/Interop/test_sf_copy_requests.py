"""sf-copy's requests to Snowflake that a crash cuts short: a run after it sees to their end, each executed once."""

import json
import os
import signal
import subprocess
import time
import uuid

import pytest

from sf_copy_lake import finish
from snowflake_lake import SnowflakeLake, statements
from test_sf_copy_snowflake import profile, settled

WAIT_SECONDS = 60
# What a load of one delivery submits: it asks for the database, reads the state, lists the files, and changes.
READS_BEFORE_THE_CHANGE = 3


@pytest.fixture
def lake(snowflake, tmp_path):
    snowflake.script()
    lake = SnowflakeLake(snowflake, tmp_path)
    lake.create()
    lake.state = tmp_path / "state"
    lake.line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10, rejects=1)
    snowflake.forget_requests()
    return lake


def stop_at_the_change(snowflake, skip=READS_BEFORE_THE_CHANGE):
    snowflake.script({"match": {"operation": "statement.submit"}, "skip": skip, "count": 1, "actions": [{"kind": "stall", "after_bytes": 0}]})


def stopped(snowflake, process):
    """Waits until a request of the process stands still."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not any(entry.get("stalled") for entry in snowflake.requests(operation="statement.submit", open="true")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)


def killed_before_it_arrived(snowflake, lake):
    """Kills a load whose change does not get through, however often it is sent."""
    snowflake.script({"match": {"operation": "statement.submit"}, "skip": READS_BEFORE_THE_CHANGE, "actions": [{"kind": "reset_upload", "after_bytes": 0}]})
    process = lake.start([lake.line], "--state", lake.state)
    deadline = time.monotonic() + WAIT_SECONDS
    while not any(entry["faults"] for entry in snowflake.requests(operation="statement.submit")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    # It may have given up by itself.
    assert finish(process)[0] in (-signal.SIGKILL, 69)
    go_on(snowflake)
    return journal(lake)


def go_on(snowflake):
    snowflake.script()
    snowflake.admin("POST", "release")
    settled(snowflake)


def killed(snowflake, lake):
    """Kills a load whose change is executed while its answer stands still, and gives what its journal holds."""
    stop_at_the_change(snowflake)
    process = lake.start([lake.line], "--state", lake.state)
    stopped(snowflake, process)
    process.kill()
    assert finish(process)[0] == -signal.SIGKILL
    go_on(snowflake)
    return journal(lake)


def journal(lake):
    """The lines of each file: the request, and the answer's handle where it came."""
    files = sorted(lake.state.glob("*.statement"))
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    return [[json.loads(line) for line in file.read_text().splitlines()] for file in files]


def submissions(snowflake, request_id):
    """Whether each time that the request was sent it was said to be sent again."""
    entries = snowflake.requests(operation="statement.submit")
    return [entry["query"].get("retry") == "true" for entry in entries if entry["query"].get("requestId") == request_id]


def executions(snowflake, request_id):
    return snowflake.admin("GET", "statements")["executions"].get(request_id, 0)


def loaded_once(lake):
    assert lake.counts() == {lake.line["delivery"]: 10}
    assert lake.query("select count(*) from ecom.ops.rejects") == [(1,)]
    assert lake.query("select count(*) from ecom.ops.deliveries") == [(1,)]
    assert not journal(lake)


def test_a_change_whose_handle_never_came_is_sent_again_under_its_id_and_runs_once(snowflake, lake):
    [[request]] = killed(snowflake, lake)
    assert "COPY INTO" in request["body"]["statement"] and executions(snowflake, request["request_id"]) == 1
    count = len(statements(snowflake))
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    assert submissions(snowflake, request["request_id"]) == [False, True]
    assert executions(snowflake, request["request_id"]) == 1
    assert not any("COPY INTO" in each["statement"] for each in statements(snowflake)[count:]), "submitted anew"
    loaded_once(lake)


def test_a_change_that_never_arrived_is_sent_again_under_its_id(snowflake, lake):
    [[request]] = killed_before_it_arrived(snowflake, lake)
    assert executions(snowflake, request["request_id"]) == 0 and lake.counts() == {}
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    assert submissions(snowflake, request["request_id"])[-1] is True
    assert executions(snowflake, request["request_id"]) == 1
    loaded_once(lake)


def test_a_change_that_comes_too_late_is_refused_by_the_lock(snowflake, lake):
    [[request]] = killed_before_it_arrived(snowflake, lake)
    # Somebody without this state has loaded in the meantime.
    lake.load(lake.line)
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    late = [each for each in statements(snowflake) if each["request_id"] == request["request_id"]]
    assert [each["error"] for each in late] == ["100038"]
    loaded_once(lake)


def test_a_process_that_lives_keeps_its_request_to_itself(snowflake, lake):
    stop_at_the_change(snowflake)
    process = lake.start([lake.line], "--state", lake.state)
    stopped(snowflake, process)
    settled(snowflake)
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    [[request]] = journal(lake)
    assert submissions(snowflake, request["request_id"]) == [False]
    go_on(snowflake)
    status, _, errors = finish(process)
    assert status == 0, errors
    loaded_once(lake)


def test_what_cannot_be_sent_again_is_let_go(snowflake, lake):
    lake.state.mkdir()
    (lake.state / f"{uuid.uuid4()}.statement").write_text('{"request_id":"cut')
    refused = {"request_id": str(uuid.uuid4()), "body": {"statement": "SELECT * FROM NO.SUCH.T", "parameters": {"MULTI_STATEMENT_COUNT": "1"}}}
    (lake.state / f"{refused['request_id']}.statement").write_text(json.dumps(refused) + "\n")
    old = {"request_id": str(uuid.uuid4()), "body": {"statement": "SELECT 1"}}
    path = lake.state / f"{old['request_id']}.statement"
    path.write_text(json.dumps(old) + "\n")
    os.utime(path, (path.stat().st_mtime - 86_500,) * 2)
    lake.load(lake.line, options=["--state", lake.state])
    assert executions(snowflake, refused["request_id"]) == 1 and executions(snowflake, old["request_id"]) == 0
    loaded_once(lake)


def test_a_service_that_is_away_leaves_the_request_for_the_next_run(snowflake, lake):
    killed(snowflake, lake)
    arguments = ("--contract", lake.contracts / "things.odcs.yaml", "--manifest", "-", "--state", lake.state)
    lake.run(*arguments, lines=[lake.line], environment=profile(lake, port="1"), status=69)
    assert len(journal(lake)) == 1
    lake.load(lake.line, options=["--state", lake.state])
    loaded_once(lake)


def test_no_change_is_sent_without_its_note(snowflake, lake):
    lake.state.write_text("no folder")
    lake.load(lake.line, options=["--state", lake.state], status=74)
    assert lake.counts() == {}


def test_no_secret_is_noted(snowflake, lake):
    def command(stage):
        words = lake.command("--contracts", lake.contracts, "--create", "--stage", stage, "--state", lake.state)
        return [word for word in words if word not in ("--storage-integration", "LAKE_READER")]

    def begun(stage):
        return subprocess.Popen(command(stage), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=os.environ | lake.environment() | {"SNOWFLAKE_STAGE_SAS": "?sv=2024&sig=s3cret"})

    assert finish(begun("@OPS.SECOND"))[0] == 0
    count = len(snowflake.requests(operation="statement.submit"))
    stop_at_the_change(snowflake, skip=count - 1)
    process = begun("@OPS.THIRD")
    stopped(snowflake, process)
    settled(snowflake)
    assert "s3cret" in statements(snowflake)[-1]["statement"] and not journal(lake)
    process.kill()
    finish(process)
    go_on(snowflake)
