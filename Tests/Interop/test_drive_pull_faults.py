"""A service that fails at every third request, and runs that are killed anywhere: each ends complete and correct."""

import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time

import pytest

from drive_pulls import SHEET, Puller, change, killed, started, tree

FILES = 200
PROBABILITY = 0.3
KILLS = int(os.environ.get("SLUICE_KILLS", "8"))
SEED = 7
# Where everything that a request can meet is met; damage to answers without a digest would be damage to the truth.
WEATHER = [
    {"kind": "status", "status": 403, "reason": "userRateLimitExceeded"}, {"kind": "status", "status": 429, "reason": "rateLimitExceeded"},
    {"kind": "status", "status": 500, "reason": "internalError"}, {"kind": "status", "status": 503, "body": "<html>busy</html>"},
    {"kind": "reset", "when": "request"}, {"kind": "reset", "when": "answer"}, {"kind": "reset", "after_fraction": 0.5},
    {"kind": "latency", "seconds": 0.02}]
CONTENT = [*WEATHER, {"kind": "truncate", "after_fraction": 0.6}, {"kind": "truncate", "after_fraction": 0.6, "honest": False}, {"kind": "corrupt"}]

TOKENS = [{"kind": "status", "status": 503}, {"kind": "status", "status": 500, "reason": "server_error"}, {"kind": "reset", "when": "request"},
          {"kind": "reset", "when": "answer"}, {"kind": "latency", "seconds": 0.02}]


def weather(probability=PROBABILITY):
    return [
        # Once a request: Google's clients, too, take a second refusal of a new token for the last word.
        {"name": "ended tokens", "match": {"operation": "files.[me]*"}, "probability": probability / 10, "per_request": 1,
         "actions": [{"kind": "expire_token"}]},
        {"name": "content", "match": {"operation": "files.media"}, "probability": probability, "one_of": True, "actions": CONTENT + [{"kind": "ignore_range"}]},
        {"name": "exports", "match": {"operation": "files.export"}, "probability": probability, "one_of": True, "actions": CONTENT},
        {"name": "lists", "match": {"operation": "files.list"}, "probability": probability, "one_of": True,
         "actions": [*WEATHER, {"kind": "short_page", "files": 3}, {"kind": "empty_page"}]},
        {"name": "tokens", "match": {"operation": "token"}, "probability": probability, "one_of": True, "actions": TOKENS},
        {"name": "questions", "match": {"operation": "*.get*"}, "probability": probability, "one_of": True, "actions": WEATHER},
        {"name": "changes", "match": {"operation": "changes.list"}, "probability": probability, "one_of": True, "actions": WEATHER}]


def grown(emulator, files=FILES):
    """Files of all sizes in some folders, and some Sheets."""
    lot = random.Random(SEED)
    folders = change(emulator, *({"op": "folder", "name": f"folder {number}"} for number in range(8)))
    scripts = []
    for number in range(files):
        place = {"parent": lot.choice(folders), "name": f"file {number}"}
        if number % 20 == 0:
            scripts.append({"op": "sheet", **place, "rows": {"S": [["id"], *([row] for row in range(lot.randrange(400)))]}})
        else:
            scripts.append({"op": "file", **place, "generate": {"bytes": int(lot.expovariate(1 / 40_000)), "seed": number}})
    change(emulator, *scripts)


def complete(emulator, puller, files=FILES):
    """Whether every file lies there whole."""
    truth = {item["name"]: item for item in tree(emulator).values()}
    content = {pathlib.PurePath(path).name.removesuffix(".xlsx"): content for path, content in puller.files().items()}
    assert len(content) == files
    for name, data in content.items():
        if truth[name].get("sha256"):
            assert hashlib.sha256(data).hexdigest() == truth[name]["sha256"], name


@pytest.mark.parametrize("seed", [1, 2])
def test_a_pull_of_200_files_ends_right_though_every_third_request_fails(tmp_path, seed):
    with started(tmp_path / "credentials", "--seed", seed) as emulator:
        grown(emulator)
        emulator.script(*weather())
        puller = Puller(emulator, tmp_path)
        begin = time.monotonic()
        pulled = puller.deliver("--state", puller.state)
        print(f"{len(emulator.requests())} requests in {time.monotonic() - begin:.1f} s")
        hit = sum(rule["hits"] for rule in emulator.admin("GET", "faults")["faults"])
        assert hit > FILES * PROBABILITY and len(pulled.lines) == FILES
        puller.check(pulled)
        complete(emulator, puller)
        assert puller.deliver("--state", puller.state).lines == []


def test_whenever_it_is_killed_the_next_run_ends_right_and_fetches_nothing_twice(tmp_path):
    """Each round: a kill at a random moment of a download in flight, then a look at the disk, then a run to the end."""
    lot = random.Random(SEED)
    files = 40
    hits = 0
    with started(tmp_path / "credentials", "--seed", SEED) as emulator:
        grown(emulator, files)
        # Only kills that hit a run in flight count.
        for round_ in range(4 * KILLS + 8):
            if hits == KILLS:
                break
            folder = tmp_path / f"round {round_}"
            folder.mkdir()
            puller = Puller(emulator, folder)
            emulator.forget_requests()
            # Slow enough for a kill to hit the middle of a body, and the moments between body, rename and state.
            emulator.script({"match": {"operation": "files.media"}, "actions": [{"kind": "slow", "bytes_per_second": lot.choice([150_000, 2_000_000])}]},
                            {"match": {"operation": "files.export"}, "actions": [{"kind": "latency", "seconds": 0.02}]})
            process = puller.start("--state", puller.state, "--jobs", "4")
            wanted = lot.randrange(1, files - 4)
            # A run that has ended sends no more requests: nothing to wait for.
            while process.poll() is None and not emulator.admin(
                    "GET", "requests/wait", operation="files.[me]*", count=wanted + 9, seconds=1)["enough"]:
                pass
            time.sleep(lot.random() * 0.1)
            hits += killed(process)
            emulator.script()
            time.sleep(0.05)
            standing(emulator, puller, files)
            lying = set(puller.files())
            known = remembered(puller)
            # What the killed run asked for may still be on its way.
            last = max(entry["number"] for entry in emulator.requests())
            pulled = puller.run("--state", puller.state)
            complete(emulator, puller, files)
            puller.check(pulled)
            assert not (puller.output / ".partial").exists()
            # What was whole is not fetched again, but for a Sheet that was killed between its place and the state's line.
            entries = [entry for entry in emulator.requests() if entry["number"] > last]
            again = {entry["subject"] for entry in entries if entry["operation"] in ("files.media", "files.export")}
            for line in pulled.lines:
                was_whole = line["path"].removeprefix(f"{puller.output}/") in lying
                is_sheet = line["file"]["mime_type"] == SHEET
                if was_whole and (not is_sheet or line["file"]["id"] in known):
                    assert line["file"]["id"] not in again, f"seed {SEED}, round {round_}: {line['path']} was fetched again"
            asked = [entry["subject"] for entry in entries if entry["operation"] == "files.media"]
            assert len(asked) == len(set(asked))
            last = max(entry["number"] for entry in emulator.requests())
            assert puller.run("--state", puller.state).lines == pulled.lines
            operations = {entry["operation"] for entry in emulator.requests() if entry["number"] > last}
            assert operations == {"token", "about.get", "files.get", "changes.list"}
    print(f"{hits} kills hit a run in flight, of {round_ + 1}")
    assert hits == KILLS, "the kills come too late"


def remembered(puller):
    """The ids that the state calls pulled."""
    lines = puller.state.read_text().splitlines(keepends=True) if puller.state.exists() else []
    documents = [json.loads(line) for line in lines if line.endswith("\n")]
    return {document["pulled"] for document in documents if "pulled" in document}


def standing(emulator, puller, files):
    """After a kill: what has its name is whole, and the state says nothing that is not so."""
    truth = {item["name"]: item for item in tree(emulator).values()}
    for path, content in puller.files().items():
        name = pathlib.PurePath(path).name
        if name in truth:
            assert hashlib.sha256(content).hexdigest() == truth[name]["sha256"], path
        else:
            assert content.startswith(b"PK"), path
    if not puller.state.exists():
        return
    for line in puller.state.read_text().splitlines(keepends=True):
        if not line.endswith("\n"):
            continue
        document = json.loads(line)
        if "pulled" in document:
            assert hashlib.sha256(pathlib.Path(document["path"]).read_bytes()).hexdigest() == document["sha256"]
        # Where changes are to be asked from is kept only when all that came before lies there.
        if "source" in document:
            complete(emulator, puller, files)


@pytest.mark.long
def test_memory_does_not_grow_with_a_file_of_two_gigabytes(tmp_path):
    with started(tmp_path / "credentials") as emulator:
        puller = Puller(emulator, tmp_path)
        peaks = []
        for name, size in (("small", 2 << 20), ("large", 2 << 30)):
            folder, _ = change(emulator, {"op": "folder", "id": name, "name": name}, {"op": "file", "name": f"{name}.bin", "parent": name,
                                                                                    "generate": {"bytes": size, "seed": 1}})
            command = [sys.executable, str(pathlib.Path(__file__).with_name("peak_memory.py")), json.dumps([puller.command(root=f"drive:{folder}")])]
            done = subprocess.run(command, env=puller.environment, capture_output=True, text=True, check=True)
            measured = json.loads(done.stdout)
            assert measured["statuses"] == [0], done.stderr
            peaks += measured["peaks"]
            assert (puller.output / f"{name}.bin").stat().st_size == size
        print(f"peak memory: {peaks[0]:.1f} MB with 2 MB, {peaks[1]:.1f} MB with 2 GB")
        assert peaks[1] < peaks[0] + 8
