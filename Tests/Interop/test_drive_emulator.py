"""Google's own client sees in the Drive emulator what is there: listings, bytes, exports, changes."""

import hashlib
import io
import json
import zipfile

import openpyxl
import pytest
from googleapiclient.errors import HttpError

from drive_clients import EVERYWHERE, FILES, FOLDER, SHEET, XLSX, downloaded, drive, every_page, listed, names, reason, start


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with start("--random-tree", FILES, "--seed", 7, "--credentials", tmp_path_factory.mktemp("credentials")) as running:
        yield running


@pytest.fixture(scope="module")
def client(emulator):
    return drive(emulator)


@pytest.fixture
def empty(tmp_path):
    with start("--credentials", tmp_path) as running:
        yield running


def truth(emulator):
    return {item["id"]: item for item in emulator.admin("GET", "tree")["items"]}


def below(items, root):
    """Ids of what lies below a folder and is not in the trash."""
    found, waiting = set(), [root]
    while waiting:
        folder = waiting.pop()
        for item in items.values():
            if item["parent"] == folder and not item["trashed"]:
                found.add(item["id"])
                waiting.append(item["id"])
    return found


def walked(client, root, page_size=1000):
    """All files below a folder, one folder a query."""
    found, waiting = {}, [root]
    while waiting:
        for file in listed(client, f"'{waiting.pop()}' in parents and trashed = false", pageSize=page_size):
            assert file["id"] not in found
            found[file["id"]] = file
            if file["mimeType"] == FOLDER:
                waiting.append(file["id"])
    return found


def changes_since(client, token, **arguments):
    """(changes, new token), all pages."""
    fields = "nextPageToken,newStartPageToken,changes(changeType,removed,fileId,driveId,file(id,name,md5Checksum,trashed,version,parents))"
    found = []
    while True:
        page = client.changes().list(pageToken=token, pageSize=7, fields=fields, **EVERYWHERE, **arguments).execute()
        found += page["changes"]
        if "nextPageToken" not in page:
            return found, page["newStartPageToken"]
        token = page["nextPageToken"]


def test_a_walk_sees_the_whole_tree_and_a_flat_listing_the_whole_drive(emulator, client):
    items = truth(emulator)
    folder = emulator.ready["folder"]
    found = walked(client, folder)
    assert set(found) == below(items, folder)
    assert {file["name"] for file in found.values()} == {items[each]["name"] for each in found}
    assert all(file["parents"] == [items[file["id"]]["parent"]] for file in found.values())
    [team] = client.drives().list().execute()["drives"]
    flat = listed(client, "trashed = false", corpora="drive", driveId=team["id"], pageSize=13)
    assert {file["id"] for file in flat} == below(items, team["id"]) == set(walked(client, team["id"]))
    assert all(file["driveId"] == team["id"] for file in flat)


def test_every_file_downloads_whole_and_its_digests_agree(emulator, client):
    items = truth(emulator)
    blobs = [item for item in items.values() if item["bytes"] is not None and not item["trashed"]]
    assert len(blobs) > FILES / 2 and any(item["bytes"] == 0 for item in blobs) and any(item["bytes"] > 50_000 for item in blobs)
    blobs.sort(key=lambda item: item["bytes"])
    emulator.forget_requests()
    # An even sample, the empty and the largest ones among it.
    for item in blobs[::max(1, len(blobs) // 60)] + blobs[-3:]:
        data = downloaded(client.files().get_media(fileId=item["id"], supportsAllDrives=True), chunk=40_000)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (item["bytes"], item["sha256"])
        fields = "size,md5Checksum,sha256Checksum,headRevisionId"
        told = client.files().get(fileId=item["id"], fields=fields, supportsAllDrives=True).execute()
        assert told == {"size": str(item["bytes"]), "md5Checksum": item["md5"], "sha256Checksum": item["sha256"],
                        "headRevisionId": item["revision"]}
    [refused] = emulator.requests(operation="files.media", subject=blobs[0]["id"])
    assert refused["status"] == 416
    media = [entry for entry in emulator.requests(operation="files.media") if entry["status"] == 206]
    assert all(entry["complete"] and entry["bytes"] == entry["asked_bytes"] for entry in media)


def test_pages_are_of_the_asked_size_and_hold_nothing_twice(client, emulator):
    pages = every_page(client.files(), q="trashed = false", pageSize=17, fields="nextPageToken,files(id)", **EVERYWHERE)
    ids = [file["id"] for page in pages for file in page["files"]]
    assert len(ids) == len(set(ids)) and {len(page["files"]) for page in pages[:-1]} == {17}
    with pytest.raises(HttpError) as caught:
        client.files().list(pageToken=pages[0]["nextPageToken"], q="trashed = true", **EVERYWHERE).execute()
    assert (caught.value.status_code, caught.value.error_details[0]["location"]) == (400, "pageToken")


def test_changes_lead_from_the_old_tree_to_the_new_one(emulator, client):
    start_token = client.changes().getStartPageToken(supportsAllDrives=True).execute()["startPageToken"]
    before = truth(emulator)
    for seed in ("a", "b"):
        emulator.admin("POST", "churn", {"steps": 60, "seed": seed})
    after = truth(emulator)
    found, new_token = changes_since(client, start_token)
    last = {change["fileId"]: change for change in found if change["changeType"] == "file"}
    gone = set(before) - set(after)
    for item_id in gone & set(last):
        assert last[item_id]["removed"] and "file" not in last[item_id]
    # Of a folder that is deleted, only the folder itself is told.
    assert all(item_id in last or before[item_id]["parent"] in gone for item_id in gone)
    for item_id, change in last.items():
        if not change["removed"]:
            assert (change["file"]["name"], change["file"]["version"]) == (after[item_id]["name"], after[item_id]["version"])
    told = {item_id for item_id, item in after.items() if item_id not in before or item["version"] != before[item_id]["version"]}
    assert told <= set(last)
    assert changes_since(client, new_token) == ([], new_token)


def test_a_shared_drive_has_a_stream_of_its_own(emulator, client):
    [team] = client.drives().list().execute()["drives"]
    token = client.changes().getStartPageToken(supportsAllDrives=True, driveId=team["id"]).execute()["startPageToken"]
    [made] = emulator.admin("POST", "changes", {"op": "file", "name": "new.csv", "parent": team["id"], "text": "a"})["changes"]
    emulator.admin("POST", "changes", {"op": "file", "name": "elsewhere.csv", "text": "b"})
    found, _ = changes_since(client, token, driveId=team["id"])
    assert [change["fileId"] for change in found] == [made["id"]]
    with pytest.raises(HttpError) as caught:
        changes_since(client, token)
    assert caught.value.status_code == 400


def test_sheets_export_as_workbooks_that_are_never_the_same_bytes(empty):
    client = drive(empty)
    rows = {"Orders": [["id", "price"], ["a1", 2.5], ["b2", None]], "Notes": [["x"]]}
    [sheet] = empty.admin("POST", "changes", {"op": "sheet", "name": "Orders 2026", "rows": rows})["changes"]
    told = client.files().get(fileId=sheet["id"], fields="size,md5Checksum,exportLinks,mimeType,version").execute()
    assert told["mimeType"] == SHEET and "md5Checksum" not in told
    exports = [downloaded(client.files().export_media(fileId=sheet["id"], mimeType=XLSX)) for _ in range(2)]
    assert exports[0] != exports[1] and int(told["size"]) != len(exports[0])
    books = [openpyxl.load_workbook(io.BytesIO(data)) for data in exports]
    assert [[cell for cell in row] for row in books[1]["Orders"].values] == [["id", "price"], ["a1", 2.5], ["b2", None]]
    assert books[0].sheetnames == ["Orders", "Notes"]
    assert downloaded(client.files().export_media(fileId=sheet["id"], mimeType="text/csv")) == b"id,price\r\na1,2.5\r\nb2,\r\n"
    [entry, *_] = empty.requests(operation="files.export")
    assert entry["range_ignored"] and entry["bytes"] == len(exports[0])


def test_a_large_sheet_has_two_other_ways_out(empty):
    client = drive(empty)
    empty.admin("POST", "settings", {"export_limit_bytes": 900})
    rows = {"S": [[number, f"row {number * 7919}"] for number in range(300)]}
    [sheet] = empty.admin("POST", "changes", {"op": "sheet", "name": "Large", "rows": rows})["changes"]
    with pytest.raises(HttpError) as caught:
        client.files().export_media(fileId=sheet["id"], mimeType=XLSX).execute()
    assert reason(caught.value) == "exportSizeLimitExceeded"
    link = client.files().get(fileId=sheet["id"], fields="exportLinks").execute()["exportLinks"][XLSX]
    response, data = client._http.request(link)
    assert response.status == 200 and response["content-type"] == XLSX and zipfile.is_zipfile(io.BytesIO(data))
    by_link = empty.requests(operation="link.*")
    assert [(entry["operation"], entry["status"]) for entry in by_link] == [("link.export", 307), ("link.content", 200)]
    operation = client.files().download(fileId=sheet["id"], mimeType=XLSX).execute()
    polls = 0
    while not operation["done"]:
        operation, polls = client.operations().get(name=operation["name"]).execute(), polls + 1
    assert polls == 2
    response, data = client._http.request(operation["response"]["downloadUri"])
    assert response.status == 200 and zipfile.is_zipfile(io.BytesIO(data))


def test_revisions_keep_what_was_there_before(empty):
    client = drive(empty)
    [file] = empty.admin("POST", "changes", {"op": "file", "name": "a.csv", "text": "one"})["changes"]
    first = client.files().get(fileId=file["id"], fields="headRevisionId").execute()["headRevisionId"]
    empty.admin("POST", "changes", {"op": "write", "item": "/a.csv", "text": "two"})
    revisions = client.revisions().list(fileId=file["id"]).execute()["revisions"]
    assert [each["id"] for each in revisions][0] == first and len(revisions) == 2
    assert downloaded(client.revisions().get_media(fileId=file["id"], revisionId=first)) == b"one"
    assert downloaded(client.files().get_media(fileId=file["id"])) == b"two"
    assert client.files().get(fileId=file["id"], fields="headRevisionId").execute()["headRevisionId"] == revisions[1]["id"]


def test_a_folder_on_disk_becomes_the_main_folder(tmp_path):
    (tmp_path / "Sales").mkdir()
    (tmp_path / "Sales" / "orders.csv").write_text("id\n1\n")
    openpyxl.Workbook().save(tmp_path / "Plan.gsheet.xlsx")
    with start("--folder", tmp_path, "--credentials", tmp_path.parent / "credentials") as emulator:
        client = drive(emulator)
        found = walked(client, emulator.ready["folder"])
        assert names(found.values()) == ["Plan", "Sales", "orders.csv"]
        [orders] = [file for file in found.values() if file["name"] == "orders.csv"]
        assert downloaded(client.files().get_media(fileId=orders["id"])) == b"id\n1\n"


def test_the_same_seed_makes_the_same_tree(tmp_path):
    trees = []
    for _ in range(2):
        with start("--random-tree", 40, "--seed", "same") as emulator:
            trees.append([(item["id"], item["path"], item["sha256"]) if item["bytes"] else item["path"]
                          for item in emulator.admin("GET", "tree")["items"]])
    assert trees[0] == trees[1] and len(trees[0]) > 40
    assert json.dumps(trees[0]).count("xlsx") > 5
