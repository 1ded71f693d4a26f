"""What drive-pull makes of content: downloads in stretches, verified; exports; refusals; what is there is not fetched again."""

import collections
import hashlib
import io
import json
import shutil
import time
import zipfile

import pytest

from drive_pulls import change, credentials, emulator, puller, rule, tree, wait_for_stall  # noqa: F401 (fixtures)

BIG = 300_000


@pytest.fixture
def big(emulator):
    """One file that comes in many blocks."""
    return change(emulator, {"op": "file", "id": "big", "name": "big.bin", "generate": {"bytes": BIG, "seed": 1}})[0]


def media(emulator):
    return emulator.requests(operation="files.media", open="false")


def whole(emulator, puller, item="big"):
    """Whether the output has the content that the service holds."""
    truth = tree(emulator)[item]
    content = puller.files()[truth["name"]]
    return (len(content), hashlib.sha256(content).hexdigest()) == (truth["bytes"], truth["sha256"])


def test_content_is_asked_for_as_it_is(emulator, puller, big):
    emulator.script(rule({"kind": "latency", "seconds": 0}, headers={"accept-encoding": ".*gzip.*"}, name="compressed"))
    puller.run()
    assert whole(emulator, puller) and emulator.admin("GET", "faults")["faults"][0]["hits"] == 0
    assert [(entry["range"], entry["status"]) for entry in media(emulator)] == [("", 200)] or media(emulator)[0]["range"] is None


def test_an_empty_file_is_a_file(emulator, puller):
    change(emulator, {"op": "file", "name": "empty.csv", "text": ""})
    pulled = puller.run()
    assert pulled.lines[0]["file"]["bytes"] == 0 and puller.files() == {"empty.csv": b""}


@pytest.mark.parametrize("action", [{"kind": "reset", "after_fraction": 0.4}, {"kind": "truncate", "after_fraction": 0.4},
                                    {"kind": "truncate", "after_fraction": 0.4, "honest": False}])
def test_a_broken_download_goes_on_where_it_stopped(emulator, puller, big, action):
    emulator.script(rule(action, count=2))
    puller.run()
    assert whole(emulator, puller)
    entries = media(emulator)
    assert [entry["status"] for entry in entries] == [200, 206, 206]
    assert sum(entry["bytes"] for entry in entries) < BIG * 1.3
    # The revision was looked at before each further stretch.
    assert len(emulator.requests(operation="files.get", subject="big")) == 2


def test_a_killed_download_goes_on_where_it_stopped(emulator, puller, big):
    emulator.script(rule({"kind": "stall", "after_fraction": 0.6}, count=1))
    process = puller.start()
    wait_for_stall(emulator, "files.media")
    deadline = time.monotonic() + 20
    part = puller.output / ".partial"
    while time.monotonic() < deadline and not (part.is_dir() and any(each.stat().st_size > BIG / 2 for each in part.iterdir())):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    emulator.admin("POST", "release")
    assert puller.files() == {}
    last = max(entry["number"] for entry in emulator.requests())
    puller.run()
    assert whole(emulator, puller) and not part.exists()
    assert [entry["status"] for entry in media(emulator) if entry["number"] > last] == [206]


def test_a_range_that_is_ignored_or_refused_begins_anew(emulator, puller, big):
    emulator.script(rule({"kind": "reset", "after_fraction": 0.5}, count=1), rule({"kind": "ignore_range"}, count=1))
    puller.run()
    assert whole(emulator, puller)
    shutil.rmtree(puller.output)
    emulator.script(rule({"kind": "reset", "after_fraction": 0.5}, count=1), rule({"kind": "refuse_range"}, count=1))
    puller.run()
    assert whole(emulator, puller)


def test_corrupted_bytes_are_noticed_and_asked_for_again(emulator, puller, big):
    emulator.script(rule({"kind": "corrupt"}, count=2))
    puller.run()
    assert whole(emulator, puller) and len(media(emulator)) == 3
    shutil.rmtree(puller.output)
    emulator.script(rule({"kind": "corrupt"}))
    pulled = puller.run(expect=75)
    assert "not those that Drive describes" in pulled.errors and puller.files() == {} and pulled.lines == []


def test_without_sha256_the_other_digests_do(emulator, puller):
    change(emulator, {"op": "file", "id": "big", "name": "old.xlsx", "generate": {"bytes": BIG, "seed": 3}, "flags": ["no_sha"]})
    emulator.script(rule({"kind": "corrupt"}, count=1))
    pulled = puller.run()
    assert whole(emulator, puller) and len(media(emulator)) == 2
    puller.check(pulled)


def test_a_file_that_is_replaced_while_it_comes_is_the_old_one_whole_and_then_the_new_one(emulator, puller, big):
    emulator.script(rule({"kind": "stall", "after_fraction": 0.5}, count=1))
    before = tree(emulator)["big"]
    process = puller.start()
    wait_for_stall(emulator, "files.media")
    change(emulator, {"op": "write", "item": "big", "generate": {"bytes": BIG, "seed": 2}})
    emulator.admin("POST", "release")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    line = json.loads(output)
    assert (line["file"]["version"], line["file"]["sha256"]) == (before["revision"], before["sha256"])
    puller.records.append({**line, "delivered_at": "2026-01-01T00:00:00.000Z"})
    after = puller.run()
    assert after.lines[0]["file"]["version"] == tree(emulator)["big"]["revision"] and whole(emulator, puller)
    puller.check(after)


def test_a_file_that_is_replaced_between_listing_and_download_ends_as_the_new_one(emulator, puller, big):
    emulator.script(rule({"kind": "stall", "after_bytes": 0}, operation="files.list", count=1), rule({"kind": "latency", "seconds": 1}))
    process = puller.start()
    wait_for_stall(emulator, "files.list")
    change(emulator, {"op": "write", "item": "big", "generate": {"bytes": BIG + 7, "seed": 2}})
    emulator.admin("POST", "release")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert whole(emulator, puller) and json.loads(output)["file"]["version"] == tree(emulator)["big"]["revision"]


def test_a_broken_download_of_a_replaced_file_does_not_mix_the_two(emulator, puller, big):
    emulator.script(rule({"kind": "stall", "after_fraction": 0.5}, {"kind": "reset", "after_fraction": 0.7}, count=1))
    process = puller.start()
    wait_for_stall(emulator, "files.media")
    change(emulator, {"op": "write", "item": "big", "generate": {"bytes": BIG + 5, "seed": 2}})
    emulator.admin("POST", "release")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert whole(emulator, puller)
    assert media(emulator)[-1]["status"] == 200


def test_a_redirect_of_content_is_followed_without_the_token(emulator, puller, big):
    emulator.script(rule({"kind": "redirect"}), {"match": {"operation": "link.content", "headers": {"authorization": ".+"}}, "name": "token",
                                                  "actions": [{"kind": "latency", "seconds": 0}]})
    puller.run()
    assert whole(emulator, puller)
    assert emulator.requests(operation="link.content") and emulator.admin("GET", "faults")["faults"][1]["hits"] == 0


@pytest.mark.parametrize("action", [
    {"kind": "status", "status": 403, "reason": "userRateLimitExceeded"}, {"kind": "status", "status": 403, "reason": "rateLimitExceeded"},
    {"kind": "status", "status": 429, "reason": "rateLimitExceeded"}, {"kind": "status", "status": 500, "reason": "internalError"},
    {"kind": "status", "status": 503, "body": "<html>busy</html>"}, {"kind": "status", "status": 408, "reason": "timeout"},
    {"kind": "status", "status": 403, "content_type": "application/json", "body": json.dumps({"error": {
        "code": 403, "status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded", "details": [{"reason": "RATE_LIMIT_EXCEEDED"}]}})},
    {"kind": "reset", "when": "request"}, {"kind": "reset", "when": "answer"}])
@pytest.mark.parametrize("operation", ["files.list", "files.media"])
def test_what_may_be_asked_again_is(emulator, puller, big, action, operation):
    emulator.script(rule(action, operation=operation, count=3))
    puller.run()
    assert whole(emulator, puller)
    assert len(emulator.requests(operation=operation)) == 4


def test_the_wait_that_the_server_asks_for_is_kept(emulator, puller, big):
    emulator.script(rule({"kind": "status", "status": 429, "reason": "rateLimitExceeded", "retry_after": 2}, count=1))
    puller.run()
    first, second = media(emulator)
    assert second["at"] - first["at"] >= 2


@pytest.mark.parametrize("reason, status, said", [
    ("cannotDownloadFile", 77, "does not allow downloads"), ("insufficientFilePermissions", 77, "does not have sufficient permissions"),
    ("downloadQuotaExceeded", 75, "comes back by tomorrow"), ("appNotAuthorizedToFile", 77, "not granted"), ("sharingRateLimitExceeded", 77, "")])
def test_a_refusal_of_one_file_is_told_once_and_the_others_come(emulator, puller, big, reason, status, said):
    change(emulator, {"op": "file", "name": "good.csv", "text": "x"})
    emulator.script(rule({"kind": "status", "status": 403, "reason": reason}, subject="big"))
    pulled = puller.run(expect=status)
    assert pulled.statuses() == {"good.csv": "new"} and said in pulled.errors and pulled.report["counts"]["failed"] == 1
    assert len(emulator.requests(operation="files.media", subject="big")) == 1


@pytest.mark.parametrize("reason, status", [("dailyLimitExceeded", 75), ("quotaExceeded", 75), ("accessNotConfigured", 77),
                                            ("insufficientPermissions", 77)])
def test_a_refusal_of_the_whole_run_ends_it_at_once(emulator, puller, reason, status):
    change(emulator, *({"op": "file", "name": f"{number}.csv", "text": "x"} for number in range(40)))
    emulator.script(rule({"kind": "status", "status": 403, "reason": reason}))
    pulled = puller.run("--jobs", "4", expect=status)
    assert len(emulator.requests(operation="files.media")) <= 8 and pulled.lines == []
    emulator.script(rule({"kind": "status", "status": 403, "reason": reason}, operation="files.list"))
    assert puller.run(expect=status).lines == []


def test_a_file_that_went_away_since_it_was_listed_is_no_failure(emulator, puller, big):
    emulator.script(rule({"kind": "status", "status": 404, "reason": "notFound"}))
    pulled = puller.run()
    assert pulled.lines == [] and "went away before it was read" in pulled.errors


def test_files_that_google_takes_for_malware_come_only_when_that_is_wanted_and_allowed(emulator, puller):
    change(emulator, {"op": "file", "name": "virus.xlsx", "text": "x", "flags": ["abusive"]})
    assert "--acknowledge-abuse" in puller.run(expect=77).errors
    puller.run("--acknowledge-abuse", expect=77)
    assert puller.run("--acknowledge-abuse", "--impersonate", "owner@example.com").statuses() == {"virus.xlsx": "new"}


def test_what_readers_may_not_download_is_told(emulator, puller):
    change(emulator, {"op": "file", "name": "a.xlsx", "text": "x", "flags": ["readers_cannot_download"]},
           {"op": "sheet", "name": "S", "rows": {"a": [[1]]}, "flags": ["no_download"]}, {"op": "file", "name": "b.xlsx", "text": "x"})
    pulled = puller.run(expect=77)
    assert pulled.statuses() == {"b.xlsx": "new"} and pulled.errors.count("does not allow downloads") == 2


# ---- Google Sheets

def sheet(emulator, rows=3, **more):
    change(emulator, {"op": "sheet", "id": "sheet", "name": "Plan", "rows": {"S": [["id", "name"], *([n, f"row {n}"] for n in range(rows))]}, **more})


def workbook(puller):
    package = zipfile.ZipFile(io.BytesIO(puller.files()["Plan.xlsx"]))
    assert package.testzip() is None
    return package.read("xl/worksheets/sheet1.xml").decode()


def exports(emulator):
    return [entry["operation"] for entry in emulator.requests() if entry["operation"] in ("files.export", "link.export", "files.download")]


def test_an_export_is_never_taken_for_a_change(emulator, puller):
    sheet(emulator)
    first = puller.deliver()
    assert "row 2" in workbook(puller) and first.lines[0]["file"]["version"] == tree(emulator)["sheet"]["version"]
    puller.check(first)
    assert puller.deliver().lines == [] and exports(emulator) == ["files.export"]
    change(emulator, {"op": "write", "item": "sheet", "rows": {"S": [["changed"]]}})
    assert puller.deliver().statuses() == {"Plan.xlsx": "new"} and "changed" in workbook(puller)
    # The size that Drive tells of a Sheet is not that of the export.
    assert "size" not in first.errors


def test_a_large_sheet_leaves_by_its_link(emulator, puller):
    sheet(emulator, 500)
    emulator.admin("POST", "settings", {"export_limit_bytes": 100})
    puller.run()
    assert "row 499" in workbook(puller) and exports(emulator) == ["files.export", "link.export"]


def test_a_sign_in_page_is_no_workbook_and_the_operation_is_the_last_way(emulator, puller):
    sheet(emulator, 500)
    emulator.admin("POST", "settings", {"export_limit_bytes": 100})
    emulator.script(rule({"kind": "html_page"}, operation="link.export"))
    puller.run()
    assert "row 499" in workbook(puller) and exports(emulator) == ["files.export", "link.export", "files.download"]
    assert emulator.requests(operation="operations.get")


def test_an_export_that_ends_as_server_errors_takes_another_way(emulator, puller):
    sheet(emulator)
    emulator.script(rule({"kind": "status", "status": 500, "reason": "internalError"}, operation="files.export"))
    puller.run()
    assert "row 2" in workbook(puller) and "link.export" in exports(emulator)


@pytest.mark.parametrize("action", [{"kind": "truncate", "after_fraction": 0.5}, {"kind": "truncate", "after_fraction": 0.5, "honest": False},
                                    {"kind": "corrupt"}, {"kind": "reset", "after_fraction": 0.5}])
def test_a_damaged_export_is_noticed_without_length_and_digest(emulator, puller, action):
    sheet(emulator, 2000)
    emulator.script(rule(action, operation="files.export", count=2))
    puller.check(puller.run())
    assert "row 1999" in workbook(puller)


def test_an_export_that_stays_damaged_is_not_delivered(emulator, puller):
    sheet(emulator)
    emulator.script(rule({"kind": "status", "status": 200, "body": "PK\x03\x04 and so on"}, operation="files.export"),
                    rule({"kind": "html_page"}, operation="link.export"),
                    rule({"kind": "status", "status": 403, "reason": "forbidden"}, operation="files.download"))
    pulled = puller.run(expect=77)
    assert pulled.lines == [] and puller.files() == {}


def test_a_sheet_that_changes_while_it_is_exported_is_exported_again_or_left_for_later(emulator, puller):
    sheet(emulator, 2000)
    emulator.script(rule({"kind": "stall", "after_fraction": 0.5}, operation="files.export", count=1))

    def run(*options):
        process = puller.start(*options)
        wait_for_stall(emulator, "files.export")
        change(emulator, {"op": "write", "item": "sheet", "rows": {"S": [["later"]]}})
        emulator.admin("POST", "release")
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return output
    line = json.loads(run())
    assert "later" in workbook(puller) and line["file"]["version"] == tree(emulator)["sheet"]["version"]
    shutil.rmtree(puller.output)
    emulator.admin("POST", "changes", [{"op": "write", "item": "sheet", "rows": {"S": [["a"]] * 900}, "modified_time": "2026-01-02T03:04:05Z"}])
    emulator.script(rule({"kind": "stall", "after_fraction": 0.5}, operation="files.export", count=1))
    assert run("--quiet-period", "10m") == ""


def test_a_version_that_changes_no_content_while_it_is_exported_asks_for_no_other_export(emulator, puller):
    sheet(emulator, 2000)
    emulator.script(rule({"kind": "stall", "after_fraction": 0.5}, operation="files.export", count=1))
    process = puller.start()
    wait_for_stall(emulator, "files.export")
    change(emulator, {"op": "touch", "item": "sheet"})
    emulator.admin("POST", "release")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert json.loads(output)["file"]["version"] == tree(emulator)["sheet"]["version"] and exports(emulator) == ["files.export"]


def test_an_autosaving_sheet_is_delivered_when_it_has_been_left_alone(emulator, puller):
    sheet(emulator)
    change(emulator, {"op": "file", "name": "blob.xlsx", "text": "x"})
    pulled = puller.deliver("--quiet-period", "10m", "--state", puller.state)
    assert pulled.statuses() == {"blob.xlsx": "new"} and pulled.report["counts"]["postponed"] == 1
    assert "it is brought when it has been left alone for 600 s" in pulled.errors
    assert puller.deliver("--quiet-period", "10m", "--state", puller.state).lines == []
    change(emulator, {"op": "write", "item": "sheet", "rows": {"S": [["then"]]}, "modified_time": "2026-01-02T03:04:05Z"})
    assert puller.deliver("--quiet-period", "10m", "--state", puller.state).statuses() == {"Plan.xlsx": "new"}
    # It is neither new nor gone while somebody types.
    change(emulator, {"op": "write", "item": "sheet", "rows": {"S": [["typing"]]}})
    assert puller.deliver("--quiet-period", "600", "--state", puller.state).lines == []
    # No change reaches the log any more; the version that waits is brought all the same.
    assert puller.deliver("--quiet-period", "0", "--state", puller.state).statuses() == {"Plan.xlsx": "new"}


# ---- What is there is not fetched again

def test_what_lies_there_whole_is_not_fetched_again(emulator, puller, big):
    puller.run()
    emulator.forget_requests()
    assert puller.run().statuses() == {"big.bin": "new"} and media(emulator) == []
    (puller.output / "big.bin").write_bytes(b"?" * BIG)
    puller.run()
    assert whole(emulator, puller) and len(media(emulator)) == 1


def test_a_sheet_that_lies_there_is_known_by_the_state(emulator, puller):
    sheet(emulator)
    first = puller.run("--state", puller.state)
    again = puller.run("--state", puller.state)
    assert again.lines == first.lines and exports(emulator) == ["files.export"]
    puller.run()
    assert exports(emulator) == ["files.export"] * 2


def test_a_dry_run_brings_nothing(emulator, puller, big):
    sheet(emulator)
    pulled = puller.run("--dry-run", "--state", puller.state)
    assert pulled.statuses() == {"big.bin": "new", "Plan.xlsx": "new"}
    files = {line["file"]["name"]: line["file"] for line in pulled.lines}
    assert files["big.bin"]["bytes"] == BIG and files["Plan"]["sha256"] is None
    assert not puller.output.exists() and not puller.state.exists() and media(emulator) == [] and exports(emulator) == []


def test_all_brings_what_is_known_too(emulator, puller, big):
    puller.deliver()
    shutil.rmtree(puller.output)
    assert puller.run().lines == [] and not puller.output.exists()
    assert puller.run("--only", "all").statuses() == {"big.bin": "unchanged"} and whole(emulator, puller)


def test_several_files_come_at_a_time(emulator, puller):
    change(emulator, *({"op": "file", "name": f"{number}.csv", "text": "x"} for number in range(24)))
    emulator.script(rule({"kind": "latency", "seconds": 0.25}))
    begin = time.monotonic()
    puller.run("--jobs", "12", "--progress", "always")
    assert time.monotonic() - begin < 24 * 0.25 / 2
    moments = collections.Counter()
    for entry in media(emulator):
        moments[entry["at"] + 1e-6] += 1
        moments[entry["at"] + entry["seconds"]] -= 1
    at_once = highest = 0
    for moment in sorted(moments):
        at_once += moments[moment]
        highest = max(highest, at_once)
    assert 4 <= highest <= 12


def test_the_progress_line_tells_bytes_and_leaves_no_trace(emulator, puller, big):
    emulator.script(rule({"kind": "slow", "bytes_per_second": 200_000}))
    pulled = puller.run("--progress", "always")
    assert "\r\x1b[Kdrive-pull: 0 MB of 0 MB" in pulled.errors
    assert pulled.errors.rstrip("\n").rpartition("\x1b[K")[2].startswith("drive-pull: 1 new")
    assert "\r" not in puller.run("--progress", "never").errors


def test_beginnings_of_replaced_content_do_not_pile_up(emulator, puller, big):
    emulator.script(rule({"kind": "reset", "after_fraction": 0.5}))
    assert puller.run(expect=69, SLUICE_RETRY_SECONDS="0").lines == []
    assert len(list((puller.output / ".partial").iterdir())) == 1
    emulator.script()
    change(emulator, {"op": "write", "item": "big", "generate": {"bytes": BIG, "seed": 2}})
    puller.run()
    assert whole(emulator, puller) and not (puller.output / ".partial").exists()


def test_two_runs_into_one_folder_end_whole_or_turned_away(emulator, puller, big):
    emulator.script(rule({"kind": "slow", "bytes_per_second": 600_000}))
    running = [puller.start() for _ in range(3)]
    for process in running:
        process.communicate(timeout=60)
    assert all(process.returncode in (0, 75) for process in running) and any(process.returncode == 0 for process in running)
    assert whole(emulator, puller)
