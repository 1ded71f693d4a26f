"""The pipe needs constant memory: a million rows go through all three programs within the promise."""
import os
import subprocess

from pipeline import ROOT

ROWS = 1_000_000
LIMIT_MEGABYTES = 400


def test_a_million_rows_pass_within_the_memory_promise(tmp_path):
    subprocess.run(
        [os.fspath(ROOT / ".venv/bin/python"), os.fspath(ROOT / "scripts/sample-workbooks"), os.fspath(tmp_path / "big"),
         "--big-order-items", str(ROWS)], check=True)
    workbook = next((tmp_path / "big").rglob("*.xlsx"))
    contract = os.fspath(ROOT / "compose/contracts/order_items.odcs.yaml")
    binaries = ROOT / ".build/release"
    commands = [
        [binaries / "xlsx2ndjson", workbook, "--contract", contract, "--provenance"],
        [binaries / "clean", "--contract", contract, "--rejects", tmp_path / "rejects.ndjson"],
        [binaries / "ndjson2parquet", "--contract", contract, "-o", tmp_path / "out.parquet"],
    ]
    processes, previous = [], subprocess.DEVNULL
    for command in commands:
        process = subprocess.Popen([os.fspath(part) for part in command], stdin=previous, stdout=subprocess.PIPE)
        if previous is not subprocess.DEVNULL:
            previous.close()
        previous = process.stdout
        processes.append(process)
    parts = previous.read()
    peaks, statuses = [], []
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        peaks.append(usage.ru_maxrss / 1024)
        statuses.append(os.waitstatus_to_exitcode(status))
    print(f"peak memory: {[round(peak) for peak in peaks]} MB")
    assert statuses == [0, 0, 0]
    assert f'"rows":{ROWS}' in parts.decode()
    assert sum(peaks) < LIMIT_MEGABYTES, peaks
