"""sf-copy ended at any moment, or run twice at once: the next run leaves every row once.

Between sf-copy and DuckDB stands a program that lets a chosen number of a transaction's statements through and then
ends DuckDB, sf-copy or both, so that every point of a transaction is tried and every kill hits something in flight.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import duckdb
import pytest

from sf_copy_lake import DUCKDB, LIMIT_SECONDS, Lake, finish

RANDOM_KILLS = int(os.environ.get("SLUICE_KILLS", "8"))

BETWEEN = """\
#!{python}
import os, signal, subprocess, sys, time

statements = sys.stdin.buffer.read().splitlines(keepends=True)
count, victims = int(os.environ["LET_THROUGH"]), os.environ["VICTIMS"].split("+")
commit = next((n for n, line in enumerate(statements) if line.startswith(b"COMMIT")), None)
child = subprocess.Popen([{duckdb!r}, *sys.argv[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
if commit is None or os.path.exists({done!r}):
    output = child.communicate(b"".join(statements))[0]
    sys.stdout.buffer.write(output)
    sys.exit(child.returncode)
open({done!r}, "w").close()
with open({size!r}, "w") as file:
    file.write(str(len(statements)))
child.stdin.write(b"".join(statements[:count]) + b"SELECT 'reached' AS kind;\\n")
child.stdin.flush()
while b"reached" not in child.stdout.readline():
    pass
if "duckdb" in victims:
    os.killpg(child.pid, signal.SIGKILL)
if "sf-copy" in victims:
    os.kill(os.getppid(), signal.SIGKILL)
if "duckdb" not in victims:
    child.stdin.write(b"".join(statements[count:]))
    child.stdin.close()
child.wait()
sys.exit(child.returncode if child.returncode >= 0 else 128 - child.returncode)
"""


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path)
    lake.create()
    return lake


def between(lake, let_through, victims):
    """Makes the program that stands between, for one kill, and the environment that puts it there."""
    done, size = lake.folder / "killed", lake.folder / "size"
    done.unlink(missing_ok=True)
    program = lake.folder / "between"
    program.write_text(BETWEEN.format(python=sys.executable, duckdb=DUCKDB, done=str(done), size=str(size)))
    program.chmod(0o755)
    return {"SLUICE_DUCKDB": str(program), "LET_THROUGH": str(let_through), "VICTIMS": victims}, done, size


def deliveries(lake):
    """Three versions of a file, the second reprocessed, and a deletion: every kind of transaction."""
    records = [lake.record("things.xlsx", day, str(day)) for day in (1, 2, 3)]
    lines = [lake.processed(record, rows=50 + number, rejects=2) for number, record in enumerate(records)]
    gone = dict(lake.record("things.xlsx", 4, status="deleted"), dataset="things")
    again = lake.processed(records[1], rows=60, rejects=1, key="f" * 64)
    return lines, gone, again


@pytest.mark.parametrize("victims, step", [("duckdb", 1), ("sf-copy", 2), ("duckdb+sf-copy", 4)])
def test_a_kill_after_any_statement_of_a_transaction(tmp_path, victims, step):
    lake = Lake(tmp_path)
    lake.create()
    lines, gone, again = deliveries(lake)
    lake.load(*lines)
    before = tmp_path / "before"
    shutil.copy(lake.warehouse, before)
    lake.load(again, gone)
    expected = lake.contents()

    statement = 4
    while True:
        for leftover in tmp_path.glob("ware*"):
            leftover.unlink()
        shutil.copy(before, lake.warehouse)
        environment, done, size = between(lake, statement, victims)
        status, _, errors = finish(lake.start([again, gone], environment=environment))
        assert done.exists()
        assert status != 0, f"statement {statement}"
        if "sf-copy" not in victims:
            assert status == 75, errors
        lake.load(again, gone)
        assert lake.contents() == expected, f"statement {statement}"
        last = int(size.read_text())
        if statement == last:
            break
        statement = min(statement + step, last)
    assert last >= 15


def test_kills_at_random_moments(tmp_path):
    lake = Lake(tmp_path)
    lake.create()
    before = tmp_path / "before"
    shutil.copy(lake.warehouse, before)
    lines, gone, again = deliveries(lake)
    everything = [*lines, again, gone]
    started = time.monotonic()
    status, _, errors = finish(lake.start(everything))
    assert status == 0, errors
    seconds = time.monotonic() - started
    expected = lake.contents()

    seed = int(os.environ.get("SLUICE_SEED", time.time_ns()))
    print(f"seed {seed}")
    moments = random.Random(seed)
    hits = 0
    attempts = 0
    while hits < RANDOM_KILLS:
        attempts += 1
        assert attempts < 20 * RANDOM_KILLS, "the kills come too late"
        for leftover in tmp_path.glob("ware*"):
            leftover.unlink()
        shutil.copy(before, lake.warehouse)
        process = lake.start(everything)
        time.sleep(moments.uniform(0, seconds))
        if process.poll() is None:
            hits += 1
        process.send_signal(signal.SIGKILL)
        finish(process)
        status, output, errors = finish(lake.start(everything))
        assert status == 0, errors
        assert lake.contents() == expected
        assert output.count('"load"') == len(everything)


def test_two_processes_at_once_load_everything_once(lake):
    lines, gone, again = deliveries(lake)
    processes = [lake.start([*lines, again, gone]) for _ in range(3)]
    for status, _, errors in map(finish, processes):
        assert status == 0, errors
    assert lake.counts() == {lines[0]["delivery"]: 50, lines[1]["delivery"]: 60, lines[2]["delivery"]: 52}
    assert lake.query("select status, count(*) from ecom.ops.deliveries group by 1 order by 1") == [
        ("deleted", 1), ("superseded", 3),
    ]
    assert lake.query("select count(*) from ecom.ops.rejects") == [(5,)]


def test_two_processes_at_once_create_the_tables_once(tmp_path):
    lake = Lake(tmp_path)
    commands = [lake.command("--contracts", lake.contracts, "--create") for _ in range(3)]
    processes = [
        subprocess.Popen(command, env=dict(os.environ, SLUICE_DUCKDB=DUCKDB), stdout=subprocess.PIPE) for command in commands
    ]
    assert [process.wait(timeout=LIMIT_SECONDS) for process in processes] == [0, 0, 0]
    for process in processes:
        process.stdout.close()
    assert lake.query("select name, count(*) from ecom.ops.locks group by 1") == [("things", 1)]
    assert sorted(path.name for path in lake.folder.iterdir()) == ["contracts", "ware'house.duckdb"]


def test_a_warehouse_in_use_is_waited_for_and_then_given_up(lake):
    line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10)
    with duckdb.connect(str(lake.warehouse)):
        begin = time.monotonic()
        lake.load(line, status=75, options=["--lock-timeout", "0.5"])
        assert time.monotonic() - begin >= 0.5
        assert "the warehouse is in use" in lake.errors
        lake.pending(line, status=75, options=["--lock-timeout", "0"])
        process = lake.start([line])
        time.sleep(0.5)
        assert process.poll() is None
    status, output, errors = finish(process)
    assert status == 0, errors
    assert '"status":"current"' in output


def test_a_signal_ends_duckdb_as_well(lake):
    program = lake.folder / "slow"
    pid_file = lake.folder / "pid"
    program.write_text(f"#!/bin/sh\necho $$ > '{pid_file}.new'\nmv '{pid_file}.new' '{pid_file}'\nexec sleep 300\n")
    program.chmod(0o755)
    process = lake.start([lake.processed(lake.record("things.xlsx", 1, "a"), rows=10)], environment={"SLUICE_DUCKDB": str(program)})
    deadline = time.monotonic() + 30
    while not pid_file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child = int(pid_file.read_text())
    process.send_signal(signal.SIGTERM)
    status, _, _ = finish(process)
    assert status == -signal.SIGTERM
    while True:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        with open(f"/proc/{child}/stat") as file:
            if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                break
        assert time.monotonic() < deadline
        time.sleep(0.05)
