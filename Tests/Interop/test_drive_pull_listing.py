"""What drive-pull sees in a Drive folder: every trap of listing, and what counts as deleted."""

import json
import unicodedata

import pytest

from drive_clients import ROOT
from drive_pulls import change, credentials, emulator, puller, rule  # noqa: F401 (fixtures)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file(name, text=None, **more):
    return {"op": "file", "name": name, "text": text or name, **more}


def test_the_tree_is_kept_and_lines_are_complete(emulator, puller):
    sales, orders, _ = change(
        emulator, {"op": "folder", "id": "sales", "name": "Sales"},
        file("Orders.xlsx", parent="sales", modified_time="2026-01-02T03:04:05.678Z"), file("readme.txt"))
    pulled = puller.deliver()
    assert pulled.paths() == ["Sales/Orders.xlsx", "readme.txt"]
    line = next(line for line in pulled.lines if line["file"]["name"] == "Orders.xlsx")
    item = {each["id"]: each for each in emulator.admin("GET", "tree")["items"]}[orders]
    assert list(line) == ["delivery", "dataset", "status", "delivered_at", "file", "path"]
    assert line["file"] == {
        "root": f"drive:{emulator.ready['folder']}", "id": orders, "name": "Orders.xlsx", "drive_path": "Sales/Orders.xlsx",
        "version": item["revision"], "modified_time": "2026-01-02T03:04:05.678Z", "mime_type": XLSX, "bytes": item["bytes"],
        "md5": item["md5"], "sha256": item["sha256"]}
    assert line["path"] == str(puller.output / "Sales" / "Orders.xlsx")
    puller.check(pulled)
    # Nothing is new without a change, and the same file is the same delivery for everybody.
    assert puller.deliver().lines == []
    everything = puller.run("--only", "all")
    assert set(everything.statuses().values()) == {"unchanged"}
    assert {each["delivery"] for each in everything.lines} == {each["delivery"] for each in pulled.lines}


def test_the_official_flags_are_sent_and_each_folder_has_a_question_of_its_own(emulator, puller):
    folders = change(emulator, *({"op": "folder", "name": f"f{number}"} for number in range(5)))
    change(emulator, *(file(f"{number}.csv", parent=folder) for number, folder in enumerate(folders)))
    emulator.script(rule({"kind": "omit_children"}, operation="files.list"))
    assert len(puller.run().lines) == 5
    asked = emulator.requests(operation="files.list")
    assert len(asked) == 6
    for entry in asked:
        query = entry["query"]
        assert query["supportsAllDrives"] == query["includeItemsFromAllDrives"] == "true" and query["pageSize"] == "1000"
        assert " or " not in query["q"] and "trashed = false" in query["q"] and "incompleteSearch" in query["fields"]
        assert "ignored_parameters" not in entry
    assert all("ignored_parameters" not in entry for entry in emulator.requests())


def test_names_that_collide_or_are_illegal_get_places_of_their_own(emulator, puller):
    names = ["same.xlsx", "same.xlsx", "SAME.xlsx", "a/b.xlsx", "CON.xlsx", "tab\there.xlsx", "what?.xlsx", "dots...", "x" * 300 + ".xlsx",
             "Caf\u00e9.xlsx", "Cafe\u0301.xlsx", " leading.xlsx", "trailing .xlsx ", "back\\slash.xlsx", "\u62a5\u8868.xlsx"]
    change(emulator, *(file(name, text=f"{number}") for number, name in enumerate(names)))
    change(emulator, {"op": "folder", "id": "dir", "name": "a"}, file("b.xlsx", parent="dir"))
    pulled = puller.deliver()
    puller.check(pulled)
    assert len(pulled.lines) == len(names) + 1
    assert {line["file"]["name"] for line in pulled.lines} == {*names, "b.xlsx"}
    places = [line["path"].removeprefix(f"{puller.output}/") for line in pulled.lines]
    assert len({unicodedata.normalize("NFC", place).casefold() for place in places}) == len(places)
    for place in places:
        assert ".." not in place.split("/") and all(len(part.encode()) <= 255 - len(".partial") for part in place.split("/"))
        assert not any(character in place for character in '\\:*?"<>|\t') and place.count("/") == (place == "a/b.xlsx")
    marked = [place for place in places if place.lower().startswith("same")]
    assert len(marked) == 3 and all("~" in place for place in marked)
    # The places do not depend on the order in which Drive lists, which is by lot.
    assert {line["file"]["id"]: line["path"] for line in puller.run("--only", "all").lines} == {
        line["file"]["id"]: line["path"] for line in pulled.lines}


def test_path_traversal_ends_in_the_output_folder(emulator, puller):
    change(emulator, file("a/../../../escape.xlsx"), file("a\\..\\..\\escape2.xlsx"), {"op": "folder", "id": "up", "name": " .. "},
           file("inside.xlsx", parent="up"), file("/etc/passwd"), file(".."), file("../up.xlsx"))
    pulled = puller.run()
    assert len(pulled.lines) == 4 and pulled.report["warnings"]["skipped.hidden"] == 2
    for line in pulled.lines:
        assert (puller.output / line["path"]).resolve().is_relative_to(puller.output.resolve())


def test_sheets_get_the_extension_of_what_they_are_exported_as(emulator, puller):
    rows = {"Sheet1": [["id"], [1]]}
    change(emulator, {"op": "sheet", "name": "Orders", "rows": rows}, {"op": "sheet", "name": "Items.XLSX", "rows": rows})
    pulled = puller.run()
    assert pulled.paths() == ["Items.XLSX", "Orders.xlsx"]
    assert {line["file"]["name"] for line in pulled.lines} == {"Orders", "Items.XLSX"}
    assert {line["file"]["mime_type"] for line in pulled.lines} == {"application/vnd.google-apps.spreadsheet"}
    puller.check(pulled)


def test_what_nobody_means_to_deliver_is_skipped_and_told(emulator, puller):
    change(emulator, file("~$Orders.xlsx"), file(".hidden.xlsx"), file("Orders.xlsx.part"), file("good.xlsx"),
           {"op": "native", "name": "Minutes", "mime_type": "application/vnd.google-apps.document"},
           file("secret.xlsx", flags=["client_encrypted"]), file("trashed.xlsx", id="bin"), {"op": "trash", "item": "bin"},
           {"op": "folder", "id": "old", "name": "old"}, file("inside.xlsx", parent="old"), {"op": "trash", "item": "old"})
    pulled = puller.run("-v")
    assert pulled.paths() == ["good.xlsx"]
    assert pulled.report["warnings"] == {"skipped.lock": 1, "skipped.hidden": 1, "skipped.unfinished": 1, "skipped.document": 1,
                                         "skipped.encrypted": 1}
    assert "secret.xlsx: skipped: encrypted in the browser" in pulled.errors


def test_a_file_that_is_encrypted_later_is_not_taken_for_deleted(emulator, puller):
    change(emulator, file("a.xlsx", id="a"), file("b.xlsx"))
    puller.deliver()
    change(emulator, {"op": "mark", "item": "a", "flags": ["client_encrypted"]})
    assert puller.deliver().lines == []


def test_every_kind_of_address_names_the_folder(emulator, puller):
    folder = emulator.ready["folder"]
    change(emulator, file("a.csv", id="1aaaaaaaaaaaaaaaaaaa"))
    for root in (folder, f"drive:{folder}", f"https://drive.google.com/drive/u/1/folders/{folder}", f"https://drive.google.com/open?id={folder}"):
        assert puller.run(root=root).lines[0]["file"]["root"] == f"drive:{folder}"
    one = puller.run(root="https://drive.google.com/file/d/1aaaaaaaaaaaaaaaaaaa/view")
    assert one.statuses() == {"a.csv": "new"}
    assert puller.run(root=[folder, "root"], expect=66).lines == []


def test_shared_drives_are_listed_in_their_own_corpus(emulator, puller):
    drive, folder = change(
        emulator, {"op": "drive", "id": "0ATeam", "name": "Team", "members": {emulator.ready["service_account"]: "reader"}},
        {"op": "folder", "id": "within", "name": "within", "parent": "0ATeam"})
    change(emulator, file("a.csv", parent=folder), file("b.csv", parent=drive))
    assert puller.run(root="drive:0ATeam").paths() == ["b.csv", "within/a.csv"]
    assert all((entry["query"]["corpora"], entry["query"]["driveId"]) == ("drive", "0ATeam")
               for entry in emulator.requests(operation="files.list"))
    assert puller.run("--drive", "0ATeam", root="drive:within").paths() == ["a.csv"]
    pulled = puller.run("--drive", "0ATeam", expect=78)
    assert "does not lie in the shared drive" in pulled.errors


def test_a_folder_of_a_drive_that_we_are_no_member_of_is_listed(emulator, puller):
    change(emulator, {"op": "drive", "id": "0AOther", "name": "Other", "members": {"owner@example.com": "organizer"}},
           {"op": "folder", "id": "lent", "name": "lent", "parent": "0AOther"}, file("a.csv", parent="lent"),
           {"op": "share", "item": "lent", "address": emulator.ready["service_account"], "role": "reader"})
    assert puller.run("--state", puller.state, root="drive:lent").paths() == ["a.csv"]
    # Its log of changes is closed to us: it is listed each time.
    emulator.forget_requests()
    change(emulator, file("b.csv", parent="lent"))
    assert puller.run("--state", puller.state, root="drive:lent").paths() == ["a.csv", "b.csv"]
    assert emulator.requests(operation="files.list")


def test_shortcuts_are_followed_once_and_rings_end(emulator, puller):
    change(emulator, {"op": "folder", "id": "f", "name": "f"}, file("Orders 2018.xlsx", id="orders", parent="f"),
           {"op": "folder", "id": "outside", "name": "outside"},
           file("far.csv", id="far", parent="outside"),
           {"op": "shortcut", "name": "again", "target": "orders"}, {"op": "shortcut", "name": "up", "target": emulator.ready["folder"], "parent": "f"},
           {"op": "shortcut", "name": "gone", "target": "1gone"}, {"op": "shortcut", "name": "in", "target": "outside", "parent": "f"})
    pulled = puller.run("-v")
    assert pulled.paths() == ["f/Orders 2018.xlsx", "outside/far.csv"]
    assert pulled.report["warnings"] == {"skipped.duplicate": 3, "skipped.dangling": 1}


def test_shortcuts_lead_to_what_lies_elsewhere(emulator, puller):
    change(emulator, {"op": "drive", "id": "0ATeam", "name": "Team", "members": {emulator.ready["service_account"]: "reader"}},
           {"op": "folder", "id": "far", "name": "far", "parent": "0ATeam"}, file("a.csv", parent="far"),
           file("Orders.xlsx", id="orders", parent="0ATeam"), {"op": "sheet", "id": "sheet", "name": "S", "rows": {"a": [[1]]}, "parent": "0ATeam"},
           {"op": "shortcut", "name": "there", "target": "far"}, {"op": "shortcut", "name": "Orders today", "target": "orders"},
           {"op": "shortcut", "name": "Plan", "target": "sheet"}, {"op": "shortcut", "name": "chain", "target": "far"})
    pulled = puller.deliver("--state", puller.state)
    assert pulled.paths() == ["Orders today.xlsx", "Plan.xlsx", "chain/a.csv"]
    puller.check(pulled)
    # What lies behind a shortcut is looked at each time, for the log of changes may not tell of it.
    change(emulator, {"op": "write", "item": "orders", "text": "new"}, file("b.csv", parent="far"))
    assert puller.deliver("--state", puller.state).statuses() == {"Orders today.xlsx": "new", "chain/b.csv": "new"}
    change(emulator, {"op": "trash", "item": "orders"})
    assert puller.deliver("--state", puller.state).statuses() == {"Orders today.xlsx": "deleted"}


@pytest.mark.parametrize("actions, count", [
    ([{"kind": "short_page", "files": 3}], None), ([{"kind": "repeat_item"}, {"kind": "short_page", "files": 2}], 8)])
def test_pages_of_any_kind_make_the_whole(emulator, puller, actions, count):
    change(emulator, *(file(f"{number}.csv") for number in range(20)))
    emulator.script(rule(*actions, operation="files.list", count=count))
    assert len(puller.run().lines) == 20
    assert len(emulator.requests(operation="files.list")) > 6


def test_an_empty_page_with_a_token_is_not_the_end(emulator, puller):
    change(emulator, *(file(f"{number}.csv") for number in range(5)))
    emulator.script(rule({"kind": "empty_page"}, operation="files.list", count=3))
    assert len(puller.run().lines) == 5


def test_a_page_token_that_went_stale_begins_the_folder_again(emulator, puller):
    change(emulator, *(file(f"{number}.csv") for number in range(6)))
    emulator.script(rule({"kind": "stale_page_token", "status": 400, "reason": "invalid"}, operation="files.list", skip=1, count=1),
                    rule({"kind": "short_page", "files": 4}, operation="files.list"))
    assert len(puller.run().lines) == 6


def test_an_incomplete_search_is_never_taken_for_complete(emulator, puller):
    change(emulator, file("a.csv", id="a"), file("b.csv"))
    puller.deliver()
    change(emulator, {"op": "delete", "item": "a"}, file("c.csv"))
    emulator.script(rule({"kind": "incomplete_search"}, operation="files.list"))
    pulled = puller.deliver(expect=75)
    assert "did not list it completely" in pulled.errors and "deleted" not in pulled.statuses().values()
    emulator.script(rule({"kind": "incomplete_search"}, operation="files.list", count=2))
    assert puller.deliver().statuses() == {"a.csv": "deleted", "c.csv": "new"}


def test_a_folder_that_may_not_be_listed_hides_no_deletion_and_stops_no_file(emulator, puller):
    change(emulator, {"op": "folder", "id": "closed", "name": "closed"}, file("in.csv", parent="closed"), file("a.csv", id="a"), file("b.csv"))
    puller.deliver()
    change(emulator, {"op": "delete", "item": "a"}, {"op": "write", "item": "/b.csv", "text": "new"})
    emulator.script({"match": {"operation": "files.list", "path": "closed"}, "actions": [{"kind": "status", "status": 403, "reason": "forbidden"}]})
    pulled = puller.deliver(expect=77)
    assert pulled.statuses() == {"b.csv": "new"} and "closed: Forbidden" in pulled.errors
    emulator.script({"match": {"operation": "files.list", "path": "closed"}, "actions": [{"kind": "status", "status": 404, "reason": "notFound"}]})
    assert puller.deliver().lines == []
    emulator.script()
    assert puller.deliver().statuses() == {"a.csv": "deleted"}


def test_a_missing_or_empty_folder_deletes_nothing_unless_that_is_meant(emulator, puller):
    first, second = change(emulator, file("a.csv", id="a"), {"op": "folder", "id": "f", "name": "f"})
    change(emulator, file("b.csv", parent="f"))
    puller.deliver(root="drive:f")
    change(emulator, {"op": "delete", "item": "/f/b.csv"})
    assert "the folder is empty" in puller.deliver(root="drive:f", expect=66).errors
    change(emulator, {"op": "trash", "item": "f"})
    assert "in the trash" in puller.deliver(root="drive:f", expect=66).errors
    change(emulator, {"op": "delete", "item": "f"})
    pulled = puller.deliver(root="drive:f", expect=66)
    assert emulator.ready["service_account"] in pulled.errors and "share it with that address" in pulled.errors
    assert puller.deliver("--allow-empty", root="drive:f").statuses() == {"b.csv": "deleted"}


def test_link_shared_items_open_with_their_resource_key(emulator, puller):
    change(emulator, {"op": "folder", "id": "linked", "name": "linked"},
           {"op": "unshare", "item": emulator.ready["folder"], "address": emulator.ready["service_account"]},
           file("a.csv", id="a", parent="linked"), file("b.csv", id="b", parent="linked"),
           {"op": "link", "item": "linked", "role": "reader", "resource_key": "0-folder"},
           {"op": "link", "item": "a", "role": "reader", "resource_key": "0-file"})
    puller.run(root="https://drive.google.com/drive/folders/linked", expect=66)
    pulled = puller.run("--state", puller.state, root="https://drive.google.com/drive/folders/linked?resourcekey=0-folder", expect=None)
    assert "b.csv" in pulled.statuses()
    # The log of changes does not tell of it: nothing is remembered of what it holds.
    assert '"source"' not in puller.state.read_text() if puller.state.exists() else True


def test_a_file_behind_a_shortcut_opens_with_the_key_of_the_shortcut(emulator, puller):
    change(emulator, {"op": "drive", "id": "0AOther", "name": "Other", "members": {"owner@example.com": "organizer"}},
           file("far.csv", id="far", parent="0AOther"), {"op": "link", "item": "far", "role": "reader", "resource_key": "0-key"},
           {"op": "shortcut", "name": "near.csv", "target": "far", "target_resource_key": "0-key"},
           {"op": "shortcut", "name": "closed.csv", "target": "far2", "target_resource_key": "0-key"})
    pulled = puller.run()
    assert pulled.paths() == ["near.csv"]
    puller.check(pulled)


def test_filters_and_contracts_are_those_of_local_folders(emulator, puller, tmp_path):
    change(emulator, {"op": "folder", "id": "s", "name": "Sales"}, {"op": "sheet", "name": "orders 2018", "parent": "s", "rows": {"a": [[1]]}},
           file("orders.xlsx", id="o", parent="s"), file("notes.txt", id="n"))
    contracts = ROOT / "compose" / "contracts"
    pulled = puller.deliver("--contracts", contracts)
    assert {line["file"]["drive_path"]: line["dataset"] for line in pulled.lines} == {
        "Sales/orders 2018.xlsx": "orders", "Sales/orders.xlsx": "orders", "notes.txt": None}
    assert "notes.txt: no contract names this file" in pulled.errors
    change(emulator, {"op": "delete", "item": "o"}, {"op": "delete", "item": "n"})
    assert puller.run("--include", "*.txt", "--allow-empty").statuses() == {"notes.txt": "deleted"}
    assert puller.run("--exclude", "**/*.txt").statuses() == {"Sales/orders.xlsx": "deleted"}
    two = tmp_path / "two"
    two.mkdir()
    for name in ("one", "two"):
        (two / f"{name}.odcs.yaml").write_text(json.dumps({
            "apiVersion": "v3.1.0", "kind": "DataContract", "id": name, "version": "1.0.0", "status": "active", "schema": [{
                "name": name, "properties": [{"name": "a", "logicalType": "string", "physicalType": "VARCHAR"}],
                "customProperties": [{"property": "source", "value": {"files": ["**/orders*"]}}]}]}))
    assert "belongs to more than one contract" in puller.run("--contracts", two, expect=78).errors


def test_a_renamed_or_moved_file_is_the_same_delivery(emulator, puller):
    change(emulator, {"op": "folder", "id": "f", "name": "f"}, file("a.csv", id="a"), file("keep.csv"))
    puller.deliver()
    change(emulator, {"op": "rename", "item": "a", "name": "renamed.csv"}, {"op": "move", "item": "a", "parent": "f"}, {"op": "star", "item": "a"})
    assert puller.deliver().lines == []
    change(emulator, {"op": "write", "item": "a", "text": "new"})
    assert puller.deliver().statuses() == {"f/renamed.csv": "new"}


def test_a_then_b_then_a_are_three_deliveries_and_a_restored_file_is_a_new_one(emulator, puller):
    change(emulator, file("a.csv", text="A", id="a"), file("keep.csv"))
    puller.deliver()
    for text in "BA":
        change(emulator, {"op": "write", "item": "a", "text": text})
        assert puller.deliver().statuses() == {"a.csv": "new"}
    change(emulator, {"op": "trash", "item": "a"})
    assert puller.deliver().statuses() == {"a.csv": "deleted"}
    assert not (puller.output / "a.csv").exists()
    change(emulator, {"op": "untrash", "item": "a"})
    assert puller.deliver().statuses() == {"a.csv": "new"}
    deliveries = [record["delivery"] for record in puller.records if record["file"]["id"] == "a"]
    assert len(set(deliveries)) == len(deliveries) == 5
