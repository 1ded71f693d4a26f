"""A hundred million keys are deduplicated within --memory 512M; what does not fit there goes to a temporary file."""

import hashlib
import json
import os
import pathlib
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "clean"
MEMORY = 512 << 20
BLOCK = 100_000
# Every so many of the keys comes a second time, far from the first.
STEP = 97
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: keys
version: 1.0.0
status: active
schema:
  - name: keys
    customProperties:
      - {property: cleaning, value: {rulesVersion: 1, unknownColumns: discard, dedupe: {keys: [id], %s}}}
    properties:
      - {name: id, logicalType: integer, physicalType: BIGINT, required: true}
      - {name: n, logicalType: integer, physicalType: INTEGER, required: true}
"""


def lines(count, number):
    for start in range(0, count, BLOCK):
        yield "".join([f'{{"id":{key},"n":{number}}}\n' for key in range(start, min(count, start + BLOCK))]).encode()


def repeats(count, number):
    for start in range(0, count, BLOCK * STEP):
        yield "".join([f'{{"id":{key},"n":{number}}}\n' for key in range(start, min(count, start + BLOCK * STEP), STEP)]).encode()


def clean(folder, keep, parts):
    """Runs clean over the parts; gives its counts, the digest of its output, its seconds and its peak memory in bytes."""
    (folder / "keys.odcs.yaml").write_text(CONTRACT % keep)
    begin = time.monotonic()
    process = subprocess.Popen(
        [CLEAN, "--quiet", "--contract", folder / "keys.odcs.yaml", "--memory", "512M", "-o", folder / "out.ndjson",
         "--rejects", folder / "rejects.ndjson", "--report", folder / "report.json"],
        stdin=subprocess.PIPE, env={**os.environ, "TMPDIR": str(folder)})
    for part in parts:
        process.stdin.write(part)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    report = json.loads((folder / "report.json").read_text())
    [output] = [output for output in report["outputs"] if output["path"].endswith("out.ndjson")]
    (folder / "out.ndjson").unlink()
    print(f"{keep}: {report['counts']} in {time.monotonic() - begin:.0f} s, peak {usage.ru_maxrss / 1024:.0f} MiB")
    return report["counts"], output["sha256"], usage.ru_maxrss * 1024


def digested(parts, digest):
    for part in parts:
        digest.update(part)
        yield part


@pytest.mark.long
@pytest.mark.parametrize("count", [int(os.environ.get("SLUICE_MANY_KEYS", "100000000"))])
def test_the_first_rows_of_many_keys_stay(tmp_path, count):
    def parts():
        # The output is the input up to the first repeated key, byte for byte.
        yield from digested(lines(count, 1), expected)
        yield from repeats(count, 2)

    expected = hashlib.sha256()
    counts, digest, peak = clean(tmp_path, "keep: first", parts())
    repeated = -(-count // STEP)
    assert counts == {"read": count + repeated, "emitted": count, "rejected": 0, "duplicates": repeated, "blank": 0}
    assert digest == expected.hexdigest()
    assert peak <= MEMORY, f"{peak / 2**20:.0f} MiB"


@pytest.mark.long
@pytest.mark.parametrize("count", [int(os.environ.get("SLUICE_MANY_KEYS", "100000000")) // 5])
def test_the_latest_rows_of_many_keys_stay(tmp_path, count):
    def parts():
        yield from lines(count, 1)
        yield from digested(lines(count, 2), expected)
        yield from repeats(count, 0)

    expected = hashlib.sha256()
    counts, digest, peak = clean(tmp_path, "keep: latest, orderBy: [n]", parts())
    lost = count + -(-count // STEP)
    assert counts == {"read": count + lost, "emitted": count, "rejected": 0, "duplicates": lost, "blank": 0}
    assert digest == expected.hexdigest()
    assert peak <= MEMORY, f"{peak / 2**20:.0f} MiB"
