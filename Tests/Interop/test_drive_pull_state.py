"""What --state saves, and that nothing depends on it: with it and without it a run sees the same."""

import hashlib
import json
import shutil

import pytest

from drive_pulls import Puller, change, credentials, emulator, killed, puller, rule, started, tree  # noqa: F401 (fixtures)


def file(name, text=None, **more):
    return {"op": "file", "name": name, "text": text or name, **more}


def remembering(puller, *options, **more):
    """A run with the state; how many folders it listed."""
    puller.emulator.forget_requests()
    pulled = puller.deliver("--state", puller.state, *options, **more)
    return pulled, len(puller.emulator.requests(operation="files.list"))


def test_a_second_run_asks_for_changes_only(emulator, puller):
    change(emulator, {"op": "folder", "id": "f", "name": "f"}, file("a.csv", id="a", parent="f"), file("b.csv", id="b"))
    assert remembering(puller)[1] == 2
    pulled, listed = remembering(puller)
    assert (pulled.lines, listed) == ([], 0)
    assert sorted(entry["operation"] for entry in emulator.requests()) == ["about.get", "changes.list", "files.get", "token"]
    change(emulator, {"op": "write", "item": "a", "text": "new"}, file("c.csv", parent="f"), {"op": "delete", "item": "b"})
    pulled, listed = remembering(puller)
    assert pulled.statuses() == {"f/a.csv": "new", "f/c.csv": "new", "b.csv": "deleted"} and listed == 0


def test_the_token_is_taken_before_the_listing(emulator, puller):
    change(emulator, file("a.csv"))
    remembering(puller)
    order = [entry["operation"] for entry in emulator.requests()]
    assert order.index("changes.getStartPageToken") < order.index("files.list")
    query = emulator.requests(operation="changes.getStartPageToken")[0]["query"]
    assert query["supportsAllDrives"] == "true"
    remembering(puller)
    query = emulator.requests(operation="changes.list")[0]["query"]
    assert (query["includeRemoved"], query["supportsAllDrives"], query["includeItemsFromAllDrives"]) == ("true",) * 3


@pytest.mark.parametrize("scripts, expected", [
    ([{"op": "rename", "item": "f", "name": "g"}], {}),
    ([{"op": "move", "item": "f", "parent": "out"}], {"f/a.csv": "deleted", "f/deep/b.csv": "deleted"}),
    ([{"op": "move", "item": "far", "parent": "f"}], {"f/far/x.csv": "new"}),
    ([{"op": "trash", "item": "f"}], {"f/a.csv": "deleted", "f/deep/b.csv": "deleted"}),
    ([{"op": "trash", "item": "deep"}, {"op": "untrash", "item": "deep"}], {}),
    ([{"op": "delete", "item": "deep"}], {"f/deep/b.csv": "deleted"}),
    ([{"op": "move", "item": "a", "parent": "out"}], {"f/a.csv": "deleted"}),
    ([{"op": "move", "item": "a", "parent": "deep"}, {"op": "write", "item": "a", "text": "2"}], {"f/deep/a.csv": "new"}),
    ([{"op": "folder", "id": "n", "name": "n", "parent": "deep"}, file("y.csv", parent="n")], {"f/deep/n/y.csv": "new"}),
    ([{"op": "write", "item": "a", "text": "1"}, {"op": "write", "item": "a", "text": "2"}, {"op": "delete", "item": "a"}], {"f/a.csv": "deleted"}),
    ([{"op": "star", "item": "a"}, {"op": "touch", "item": "deep"}], {}),
    ([file("z.csv", parent="out")], {}),
])
def test_every_change_is_seen_as_by_a_full_listing(emulator, puller, scripts, expected):
    drive = change(emulator, {"op": "drive", "id": "0AD", "name": "D", "members": {emulator.ready["service_account"]: "reader"}})[0]
    change(emulator, {"op": "folder", "id": "watched", "name": "watched", "parent": drive}, {"op": "folder", "id": "out", "name": "out", "parent": drive},
           {"op": "folder", "id": "far", "name": "far", "parent": "out"}, file("x.csv", parent="far"), file("keep.csv", parent="watched"),
           {"op": "folder", "id": "f", "name": "f", "parent": "watched"}, file("a.csv", id="a", parent="f"),
           {"op": "folder", "id": "deep", "name": "deep", "parent": "f"}, file("b.csv", parent="deep"))
    remembering(puller, root="drive:watched")
    change(emulator, *scripts)
    # One without the state, which remembers nothing of it.
    fresh = puller.run(root="drive:watched")
    pulled, _ = remembering(puller, root="drive:watched")
    assert pulled.lines == fresh.lines and pulled.statuses() == expected
    assert emulator.requests(operation="changes.list")[0]["query"]["driveId"] == "0AD"
    assert remembering(puller, root="drive:watched")[0].lines == []


def test_access_that_is_lost_and_given_back_is_seen(emulator, puller):
    account = emulator.ready["service_account"]
    change(emulator, {"op": "folder", "id": "f", "name": "f"}, file("a.csv", parent="f"), file("b.csv"))
    remembering(puller)
    change(emulator, {"op": "unshare", "item": emulator.ready["folder"], "address": account})
    pulled, _ = remembering(puller, expect=66)
    assert pulled.lines == []
    change(emulator, {"op": "share", "item": emulator.ready["folder"], "address": account, "role": "reader"})
    assert remembering(puller)[0].lines == []


@pytest.mark.parametrize("status, reason", [(400, "invalid"), (403, "pageTokenExpired"), (404, "notFound"), (410, "gone")])
def test_a_token_that_went_stale_leads_to_a_full_listing(emulator, puller, status, reason):
    change(emulator, file("a.csv", id="a"), file("b.csv"))
    remembering(puller)
    change(emulator, {"op": "delete", "item": "a"}, file("c.csv"))
    emulator.script(rule({"kind": "stale_page_token", "status": status, "reason": reason}, operation="changes.list"))
    pulled, listed = remembering(puller)
    assert pulled.statuses() == {"a.csv": "deleted", "c.csv": "new"} and listed == 1 and "listed anew" in pulled.errors
    emulator.script()
    assert remembering(puller)[1] == 0


@pytest.mark.parametrize("damage", [
    lambda text: None, lambda text: "", lambda text: "{}\n", lambda text: text[: len(text) // 2], lambda text: "x" + text,
    lambda text: text.replace('"format":1', '"format":999'), lambda text: text.replace('"folder"', '"other"'),
    lambda text: text.replace('"token":"', '"token":"nonsense'), lambda text: text.replace("puller@", "somebody@")])
def test_a_lost_or_damaged_state_loses_nothing(emulator, puller, damage):
    change(emulator, file("a.csv", id="a"), file("b.csv"), {"op": "sheet", "name": "S", "rows": {"S": [[1]]}})
    remembering(puller)
    change(emulator, {"op": "delete", "item": "a"}, {"op": "write", "item": "/b.csv", "text": "new"})
    text = damage(puller.state.read_text())
    puller.state.unlink() if text is None else puller.state.write_text(text)
    assert remembering(puller)[0].statuses() == {"a.csv": "deleted", "b.csv": "new"}
    assert remembering(puller) [1] == 0


def test_full_lists_everything_and_keeps_the_state_in_use(emulator, puller):
    change(emulator, file("a.csv"), {"op": "folder", "name": "f"})
    remembering(puller)
    assert remembering(puller, "--full")[1] == 2
    assert remembering(puller)[1] == 0


def test_changes_come_in_pages(emulator, puller):
    change(emulator, *(file(f"{number}.csv", id=f"n{number}") for number in range(3)))
    remembering(puller)
    for _ in range(400):
        change(emulator, *({"op": "touch", "item": f"n{number}"} for number in range(3)))
    change(emulator, {"op": "write", "item": "n1", "text": "new"})
    assert remembering(puller)[0].statuses() == {"1.csv": "new"}
    assert len(emulator.requests(operation="changes.list")) == 2


def test_two_sources_have_a_state_each(emulator, puller):
    change(emulator, {"op": "folder", "id": "f", "name": "f"}, {"op": "folder", "id": "g", "name": "g"}, file("a.csv", parent="f"), file("b.csv", parent="g"))
    for root in ("drive:f", "drive:g"):
        assert remembering(puller, root=root)[1] == 1
    for root in ("drive:f", "drive:g"):
        assert remembering(puller, root=root)[1] == 0
    assert remembering(puller, root=["drive:f"])[0].lines == []


def test_what_the_lake_forgot_is_delivered_although_nothing_changed(emulator, puller):
    change(emulator, file("a.csv"), file("b.csv"))
    remembering(puller)
    puller.records = puller.records[:1]
    pulled, listed = remembering(puller)
    assert len(pulled.lines) == 1 and listed == 0


def test_a_file_that_the_index_does_not_know_yet_comes_with_its_change(emulator, puller):
    change(emulator, file("a.csv"))
    change(emulator, file("late.csv", id="late", flags=["hidden_from_search"]))
    assert remembering(puller)[0].statuses() == {"a.csv": "new"}
    change(emulator, {"op": "mark", "item": "late", "flags": []})
    assert remembering(puller)[0].statuses() == {"late.csv": "new"}


def test_a_run_that_brought_not_everything_moves_nothing_forward(emulator, puller):
    change(emulator, file("a.csv"), file("b.csv", id="b"))
    remembering(puller)
    before = [line for line in puller.state.read_text().splitlines() if '"pulled"' not in line]
    change(emulator, {"op": "write", "item": "b", "text": "new"}, file("c.csv"))
    emulator.script(rule({"kind": "status", "status": 403, "reason": "cannotDownloadFile"}, subject="b"))
    assert remembering(puller, expect=77)[0].statuses() == {"c.csv": "new"}
    assert [line for line in puller.state.read_text().splitlines() if '"pulled"' not in line] == before
    emulator.script()
    assert remembering(puller)[0].statuses() == {"b.csv": "new"}


def test_the_state_never_says_more_than_the_disk_holds(emulator, puller):
    change(emulator, *(file(f"{number}.csv", text=f"{number}" * 50) for number in range(30)),
           *({"op": "sheet", "name": f"s{number}", "rows": {"S": [[number]]}} for number in range(6)))
    emulator.script({"match": {"operation": "files.media"}, "actions": [{"kind": "latency", "seconds": 0.03, "jitter_seconds": 0.05}]})
    hits = 0
    for attempt in range(4):
        shutil.rmtree(puller.output, ignore_errors=True)
        puller.state.unlink(missing_ok=True)
        emulator.forget_requests()
        process = puller.start("--state", puller.state, "--jobs", "3")
        emulator.admin("GET", "requests/wait", operation="files.media", count=4 + attempt * 6, seconds=20)
        hits += killed(process)
        check(emulator, puller)
        puller.run("--state", puller.state)
        entries = [entry for entry in emulator.requests() if entry["operation"] in ("files.media", "files.export") and entry.get("complete")]
        assert len(puller.files()) == 36
    assert hits >= 3


def check(emulator, puller):
    """Everything that the state calls pulled lies there whole; the rest of it stands for a run that ended."""
    if not puller.state.exists():
        return
    for line in puller.state.read_text().splitlines(keepends=True):
        if not line.endswith("\n"):
            continue
        document = json.loads(line)
        assert "source" not in document and "token" not in document
        if "pulled" in document:
            content = open(document["path"], "rb").read()
            assert hashlib.sha256(content).hexdigest() == document["sha256"]


@pytest.mark.parametrize("seed", [1, 2])
def test_random_changes_are_seen_alike_with_and_without_the_state(credentials, tmp_path, seed):
    with started(credentials, "--random-tree", "120", "--seed", seed) as emulator:
        with_state, without = Puller(emulator, tmp_path / "a"), Puller(emulator, tmp_path / "b")
        with_state.folder.mkdir(), without.folder.mkdir()
        with_state.deliver("--state", with_state.state)
        without.deliver()
        listed = 0
        for step in range(6):
            emulator.admin("POST", "churn", {"steps": 12, "seed": seed})
            emulator.forget_requests()
            mine = with_state.deliver("--state", with_state.state)
            listed += len(emulator.requests(operation="files.list"))
            theirs = without.deliver()
            def comparable(pulled):
                return [{**line, "path": None, "file": {**line["file"], **({name: None for name in ("bytes", "md5", "sha256")}
                                                        if "spreadsheet" in (line["file"]["mime_type"] or "") else {})}}
                        for line in pulled.lines]
            assert comparable(mine) == comparable(theirs), (seed, step)
            with_state.check(mine)
        truth = tree(emulator)
        assert truth and listed < len([item for item in truth.values() if "folder" in item["mime_type"]]) * 6


def test_a_folder_that_was_replaced_by_another_is_told_until_its_former_id_is_given(emulator, puller):
    change(
        emulator, {"op": "folder", "id": "former", "name": "former"}, {"op": "folder", "id": "newer", "name": "newer"},
        file("a.csv", id="a", parent="former"), file("b.csv", id="b", parent="former"))
    puller.deliver(root="drive:former")
    change(emulator, {"op": "move", "item": "a", "parent": "newer"}, {"op": "delete", "item": "b"}, file("c.csv", id="c", parent="newer"))
    pulled, _ = remembering(puller, root="drive:newer")
    assert pulled.statuses() == {"c.csv": "new"}
    assert "drive:former: 2 known files came from there (1 of them are here too" in pulled.errors
    assert pulled.report["counts"]["elsewhere"] == 2
    # By the changes alone, and by a listing.
    for more in ([], ["--full"]):
        pulled = puller.run("--state", puller.state, "--moved-from", "drive:former", *more, root="drive:newer")
        assert pulled.statuses() == {"b.csv": "deleted"} and "came from there" not in pulled.errors
