"""pipes-run under Dagster's own PipesSubprocessClient, which ends its reading silently at the first message it does not like.

Runs in Dagster's environment (.venv-dagster).
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time

import dagster as dg
import pytest

from pipeline import ROOT

PIPES_RUN = os.environ.get("SLUICE_BIN", str(ROOT / ".build" / "release")) + "/pipes-run"
# Everything that is known to end the reading when it is passed on as it is, and what else may stand in a log.
NASTY = b"""
xlsx2ndjson: warning: caf\xe9
\x00\x01\x1b[31m "quoted" \\ back
{"level":"NOTICE","message":"no such level"}
{"level":"error","program":"clean","message":"line\\nbreak \\u2028 \\ud83d\\ude00"}
{"__dagster_pipes_version": "0.1", "method": "progress", "params": {}}
{"__dagster_pipes_version": "0.1", "method": "closed", "params": {}}
{"half": "a line
"""


def step(command: list[str], extras: dict | None = None, checks: tuple = (), key: str = "lnd/things", **options) -> dg.AssetsDefinition:
    """An asset whose work a command does, as compose/dagster has it: what is not reported does not count."""
    parts = key.split("/")

    @dg.multi_asset(
        specs=[dg.AssetSpec(parts)], can_subset=True, name="step",
        check_specs=[dg.AssetCheckSpec(name, asset=dg.AssetKey(parts)) for name in checks], **options)
    def work(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient):
        more = dict(extras or {})
        if context.has_partition_key_range:
            span = context.partition_key_range
            more["range"] = [span.start, span.end]
        yield from pipes.run(context=context, command=command, extras=more).get_results(implicit_materializations=False)

    return work


def run(asset: dg.AssetsDefinition, **options) -> tuple[dg.ExecuteInProcessResult, list[str]]:
    """The result, and what the event log says."""
    with dg.instance_for_test() as instance:
        result = dg.materialize(
            [asset], instance=instance, raise_on_error=False, resources={"pipes": dg.PipesSubprocessClient()}, **options)
        records = instance.all_logs(result.run_id)
    # What went wrong stands in the events' data, not in their messages.
    errors = [str(record.dagster_event.event_specific_data) for record in records if record.dagster_event]
    return result, [record.user_message for record in records] + errors


def described(key: str, step_name: str, dataset: str, checks: tuple, **more) -> dict:
    return {"assets": {key: {"step": step_name, "dataset": dataset, "checks": list(checks), **more}}}


def test_nothing_that_a_command_says_ends_the_reading(tmp_path):
    loaded = {
        "delivery": "d", "dataset": "things", "file": {"drive_path": "nai\u0308f \"x\"\n.xlsx"}, "process": {"rows": {"emitted": 3}},
        "load": {"status": "current", "rows": 3, "reason": None}}
    (tmp_path / "loaded.ndjson").write_text(json.dumps(loaded) + "\n")
    checks = ("deliveries_good", "landed_rows_agree")
    (tmp_path / "said").write_bytes(NASTY)
    script = f"cat {tmp_path}/said >&2; head -c 300000 /dev/zero | tr '\\0' x >&2; printf '\\nno end' >&2"
    asset = step(
        [PIPES_RUN, "--reports", str(tmp_path), "--", "bash", "-c", script],
        described("lnd/things", "load", "things", checks), checks)
    result, log = run(asset)
    assert result.success
    assert "no end" in log, "the reading ended before the last line"
    assert not any("framework" in line.lower() or "did not receive closed" in line for line in log)
    [event] = result.asset_materializations_for_node("step")
    assert event.metadata["dagster/row_count"].value == 3
    assert {(check.check_name, check.passed) for check in result.get_asset_check_evaluations()} == {(name, True) for name in checks}


@pytest.mark.parametrize("line", ["", "{", json.dumps({"__dagster_pipes_version": "0.1", "method": "progress", "params": {}})])
def test_the_reader_does_die_of_such_lines(line, tmp_path):
    """So the test above can fail: the same lines, written to the messages as they are, lose all that follows."""
    script = tmp_path / "naive.py"
    script.write_text(textwrap.dedent(f"""
        from dagster_pipes import open_dagster_pipes
        import base64, json, os, zlib
        path = json.loads(zlib.decompress(base64.b64decode(os.environ["DAGSTER_PIPES_MESSAGES"])))["path"]
        with open_dagster_pipes() as pipes:
            open(path, "a").write({line!r} + "\\n")
            pipes.report_asset_materialization(asset_key="lnd/things")
        """))
    result, log = run(step([sys.executable, str(script)]))
    assert not result.asset_materializations_for_node("step")
    assert any("did not yield or return expected outputs" in line for line in log)


def test_a_check_turns_red_with_its_reasons(tmp_path):
    line = {
        "delivery": "d", "dataset": "things", "delivered_at": "2026", "file": {"id": "a", "drive_path": "a.xlsx"},
        "process": {
            "rows": {"read": 10, "emitted": 8, "rejected": 2, "duplicates": 0, "blank": 0}, "parts": [{"rows": 8, "bytes": 5}],
            "rejects": {"url": "file:rejects", "reasons": {"enum": 2}},
            "quality": [{"rule": "things_rows", "verdict": "failed", "severity": "error", "value": 0.0}]}}
    (tmp_path / "processed.ndjson").write_text(json.dumps(line) + "\n")
    checks = ("workbooks_readable", "rows_add_up", "rejected_rows", "things_rows")
    asset = step(
        [PIPES_RUN, "--reports", str(tmp_path), "--", "true"],
        described("processed/things", "process", "things", checks, max_rejects="5%"), checks, key="processed/things")
    result, _ = run(asset)
    assert result.success
    found = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert {name: check.passed for name, check in found.items()} == {
        "workbooks_readable": True, "rows_add_up": True, "rejected_rows": False, "things_rows": False}
    assert found["rejected_rows"].severity == dg.AssetCheckSeverity.ERROR
    assert found["rejected_rows"].metadata["reasons"].value == {"enum": 2}
    assert found["rejected_rows"].metadata["files"].records[0].data["rejects"] == "file:rejects"


def test_a_failure_names_the_program_of_the_pipe_and_its_reason(tmp_path):
    (tmp_path / "d").mkdir()
    for name, status, error in (
            ("xlsx2ndjson", 141, None), ("clean", 78, "orders.odcs.yaml:3: no such type"), ("ndjson2parquet", 0, None)):
        report = {"program": name, "exit_status": status, "error": error, "counts": {}}
        (tmp_path / "d" / f"{name}.json").write_text(json.dumps(report))
    result, log = run(step([PIPES_RUN, "--reports", str(tmp_path), "--", "bash", "-c", "exit 78"]))
    assert not result.success
    told = "\n".join(log)
    assert "clean: orders.odcs.yaml:3: no such type" in told and "failed with code 78" in told
    assert "xlsx2ndjson:" not in told


def test_a_command_that_fails_is_a_failed_step():
    result, log = run(step([PIPES_RUN, "--", "bash", "-c", "echo what happened >&2; exit 3"]))
    assert not result.success
    assert any("what happened" in line for line in log) and any("code 3" in line for line in log)


def test_a_command_that_kills_pipes_run_is_a_failed_step():
    result, _ = run(step([PIPES_RUN, "--", "bash", "-c", "kill -KILL $PPID"]))
    assert not result.success


def test_a_step_over_a_range_of_partitions_hands_it_to_the_command(tmp_path):
    script = f"echo $PIPES_PARTITION_FIRST..$PIPES_PARTITION_LAST >{tmp_path}/range"
    days = dg.DailyPartitionsDefinition("2026-11-01")

    @dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
    def ranged(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient):
        span = context.partition_key_range
        return pipes.run(
            context=context, command=[PIPES_RUN, "--", "bash", "-c", script], extras={"range": [span.start, span.end]}
        ).get_results(implicit_materializations=False)

    result, _ = run(ranged, tags={
        "dagster/asset_partition_range_start": "2026-11-03", "dagster/asset_partition_range_end": "2026-11-05"})
    assert result.success
    assert (tmp_path / "range").read_text() == "2026-11-03..2026-11-05\n"


def test_cancelling_a_run_ends_the_whole_process_group(tmp_path):
    """A shell that ends at SIGINT leaves its children running; nothing of the step may be left."""
    script = tmp_path / "run.py"
    script.write_text(textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(ROOT / "Tests" / "Interop")!r})
        from test_dagster_pipes import PIPES_RUN, run, step
        command = "sleep 300 & echo $! >{tmp_path}/sleeper.new; mv {tmp_path}/sleeper.new {tmp_path}/sleeper; trap 'exit 130' INT; wait"
        result, log = run(step([PIPES_RUN, "--", "bash", "-c", command]))
        print("success" if result.success else "stopped")
        """))
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    sleeper = tmp_path / "sleeper"
    wait_until(lambda: sleeper.exists() or process.poll() is not None, seconds=120)
    assert process.poll() is None, process.stderr.read()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert wait_until(lambda: not pathlib.Path(f"/proc/{sleeper.read_text().strip()}").exists(), seconds=20)


def wait_until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
