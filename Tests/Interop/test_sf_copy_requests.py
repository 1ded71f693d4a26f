"""sf-copy's requests to Snowflake that a crash cuts short: a run after it sees to their end, each executed once."""

import json
import os
import signal
import subprocess
import time
import uuid

import pytest

import snowflake_sessions
from snowflake_lake import SnowflakeLake, statements
from test_sf_copy_snowflake import finish, profile, settled, start

WAIT_SECONDS = 60
# What a load of one delivery submits: it asks for the database, reads the state, lists the files, and changes.
READS_BEFORE_THE_CHANGE = 3


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snowflake")
    with snowflake_sessions.start(folder) as service:
        service.container = folder / "lake"
        yield service


@pytest.fixture
def lake(service, tmp_path):
    service.script()
    lake = SnowflakeLake(service, tmp_path)
    lake.create()
    lake.state = tmp_path / "state"
    lake.line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10, rejects=1)
    service.forget_requests()
    return lake


def stop_at_the_change(service, skip=READS_BEFORE_THE_CHANGE):
    service.script({"match": {"operation": "statement.submit"}, "skip": skip, "count": 1, "actions": [{"kind": "stall", "after_bytes": 0}]})


def stopped(service, process):
    """Waits until a request of the process stands still."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not any(entry.get("stalled") for entry in service.requests(operation="statement.submit", open="true")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)


def killed_before_it_arrived(service, lake):
    """Kills a load whose change does not get through, however often it is sent."""
    service.script({"match": {"operation": "statement.submit"}, "skip": READS_BEFORE_THE_CHANGE, "actions": [{"kind": "reset_upload", "after_bytes": 0}]})
    process = start(lake, [lake.line], "--state", lake.state)
    deadline = time.monotonic() + WAIT_SECONDS
    while not any(entry["faults"] for entry in service.requests(operation="statement.submit")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    # It may have given up by itself.
    assert finish(process)[0] in (-signal.SIGKILL, 69)
    go_on(service)
    return journal(lake)


def go_on(service):
    service.script()
    service.admin("POST", "release")
    settled(service)


def killed(service, lake):
    """Kills a load whose change is executed while its answer stands still, and gives what its journal holds."""
    stop_at_the_change(service)
    process = start(lake, [lake.line], "--state", lake.state)
    stopped(service, process)
    process.kill()
    assert finish(process)[0] == -signal.SIGKILL
    go_on(service)
    return journal(lake)


def journal(lake):
    """The lines of each file: the request, and the answer's handle where it came."""
    files = sorted(lake.state.glob("*.statement"))
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    return [[json.loads(line) for line in file.read_text().splitlines()] for file in files]


def submissions(service, request_id):
    """Whether each time that the request was sent it was said to be sent again."""
    entries = service.requests(operation="statement.submit")
    return [entry["query"].get("retry") == "true" for entry in entries if entry["query"].get("requestId") == request_id]


def executions(service, request_id):
    return service.admin("GET", "statements")["executions"].get(request_id, 0)


def loaded_once(lake):
    assert lake.counts() == {lake.line["delivery"]: 10}
    assert lake.query("select count(*) from ecom.ops.rejects") == [(1,)]
    assert lake.query("select count(*) from ecom.ops.deliveries") == [(1,)]
    assert not journal(lake)


def test_a_change_whose_handle_never_came_is_sent_again_under_its_id_and_runs_once(service, lake):
    [[request]] = killed(service, lake)
    assert "COPY INTO" in request["body"]["statement"] and executions(service, request["request_id"]) == 1
    count = len(statements(service))
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    assert submissions(service, request["request_id"]) == [False, True]
    assert executions(service, request["request_id"]) == 1
    assert not any("COPY INTO" in each["statement"] for each in statements(service)[count:]), "submitted anew"
    loaded_once(lake)


def test_a_change_that_never_arrived_is_sent_again_under_its_id(service, lake):
    [[request]] = killed_before_it_arrived(service, lake)
    assert executions(service, request["request_id"]) == 0 and lake.counts() == {}
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    assert submissions(service, request["request_id"])[-1] is True
    assert executions(service, request["request_id"]) == 1
    loaded_once(lake)


def test_a_change_that_comes_too_late_is_refused_by_the_lock(service, lake):
    [[request]] = killed_before_it_arrived(service, lake)
    # Somebody without this state has loaded in the meantime.
    lake.load(lake.line)
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    late = [each for each in statements(service) if each["request_id"] == request["request_id"]]
    assert [each["error"] for each in late] == ["100038"]
    loaded_once(lake)


def test_a_process_that_lives_keeps_its_request_to_itself(service, lake):
    stop_at_the_change(service)
    process = start(lake, [lake.line], "--state", lake.state)
    stopped(service, process)
    settled(service)
    assert lake.load(lake.line, options=["--state", lake.state])[0]["status"] == "current"
    [[request]] = journal(lake)
    assert submissions(service, request["request_id"]) == [False]
    go_on(service)
    status, _, errors = finish(process)
    assert status == 0, errors
    loaded_once(lake)


def test_what_cannot_be_sent_again_is_let_go(service, lake):
    lake.state.mkdir()
    (lake.state / f"{uuid.uuid4()}.statement").write_text('{"request_id":"cut')
    refused = {"request_id": str(uuid.uuid4()), "body": {"statement": "SELECT * FROM NO.SUCH.T", "parameters": {"MULTI_STATEMENT_COUNT": "1"}}}
    (lake.state / f"{refused['request_id']}.statement").write_text(json.dumps(refused) + "\n")
    old = {"request_id": str(uuid.uuid4()), "body": {"statement": "SELECT 1"}}
    path = lake.state / f"{old['request_id']}.statement"
    path.write_text(json.dumps(old) + "\n")
    os.utime(path, (path.stat().st_mtime - 86_500,) * 2)
    lake.load(lake.line, options=["--state", lake.state])
    assert executions(service, refused["request_id"]) == 1 and executions(service, old["request_id"]) == 0
    loaded_once(lake)


def test_a_service_that_is_away_leaves_the_request_for_the_next_run(service, lake):
    killed(service, lake)
    arguments = ("--contract", lake.contracts / "things.odcs.yaml", "--manifest", "-", "--state", lake.state)
    lake.run(*arguments, lines=[lake.line], environment=profile(lake, port="1"), status=69)
    assert len(journal(lake)) == 1
    lake.load(lake.line, options=["--state", lake.state])
    loaded_once(lake)


def test_no_change_is_sent_without_its_note(service, lake):
    lake.state.write_text("no folder")
    lake.load(lake.line, options=["--state", lake.state], status=74)
    assert lake.counts() == {}


def test_no_secret_is_noted(service, lake):
    def command(stage):
        words = lake.command("--contracts", lake.contracts, "--create", "--stage", stage, "--state", lake.state)
        return [word for word in words if word not in ("--storage-integration", "LAKE_READER")]

    def begun(stage):
        return subprocess.Popen(command(stage), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=os.environ | lake.environment() | {"SNOWFLAKE_STAGE_SAS": "?sv=2024&sig=s3cret"})

    assert finish(begun("@OPS.SECOND"))[0] == 0
    count = len(service.requests(operation="statement.submit"))
    stop_at_the_change(service, skip=count - 1)
    process = begun("@OPS.THIRD")
    stopped(service, process)
    settled(service)
    assert "s3cret" in statements(service)[-1]["statement"] and not journal(lake)
    process.kill()
    finish(process)
    go_on(service)
