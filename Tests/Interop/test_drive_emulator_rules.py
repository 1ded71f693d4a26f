"""The Drive emulator's rules, each shown to Google's own client: queries, masks, access, refusals, and what they look like."""

import json
import pathlib

import google.auth.transport.requests
import googleapiclient
import pytest
import requests
from googleapiclient.errors import HttpError

from drive_clients import EVERYWHERE, FOLDER, drive, listed, names, service_account, start, user

from emulators.drive import known_fields, parameters

FILES = [
    {"op": "folder", "id": "sales", "name": "Sales"},
    {"op": "file", "id": "orders", "name": "Orders 2026.xlsx", "parent": "sales", "text": "1", "modified_time": "2026-03-01T00:00:00.250Z"},
    {"op": "file", "id": "quinn", "name": "quinn's paper\\essay", "text": "22", "modified_time": "2026-05-01T12:00:00Z"},
    {"op": "file", "id": "elan", "name": "Élan Vital.csv", "text": "333", "modified_time": "2026-06-01T00:00:00Z",
     "properties": {"k": "v"}},
    {"op": "sheet", "id": "plan", "name": "HelloWorld plan_b", "rows": {"S": [["a"]]}, "modified_time": "2026-07-01T00:00:00Z"},
    {"op": "file", "id": "bin", "name": "old.xlsx", "text": "4"},
    {"op": "trash", "item": "bin"},
    {"op": "folder", "id": "away", "name": "Away"},
    {"op": "file", "id": "inside", "name": "inside.csv", "parent": "away", "text": "5"},
    {"op": "trash", "item": "away"},
    {"op": "star", "item": "quinn"},
    {"op": "shortcut", "id": "link", "name": "to orders", "target": "orders"},
    {"op": "drive", "id": "team", "name": "Team", "members": {"puller@emulated-project.iam.gserviceaccount.com": "reader"}},
    {"op": "file", "id": "shared", "name": "shared.csv", "parent": "team", "text": "6"},
    {"op": "drive", "id": "secret", "name": "Secret", "members": {"owner@example.com": "organizer"}},
    {"op": "file", "id": "hidden", "name": "hidden.csv", "parent": "secret", "text": "7"},
    {"op": "file", "id": "weird", "name": "<b>\u200b\u0085😀", "parent": "sales", "text": "8"},
]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with start("--credentials", tmp_path_factory.mktemp("credentials")) as running:
        running.admin("POST", "changes", FILES)
        yield running


@pytest.fixture(scope="module")
def client(emulator):
    return drive(emulator)


def refused(request):
    with pytest.raises(HttpError) as caught:
        request.execute()
    error = json.loads(caught.value.content)["error"]["errors"][0]
    return caught.value.status_code, error.get("reason"), error.get("location")


@pytest.mark.parametrize("q, ids", [
    ("name = 'ORDERS 2026.XLSX'", "orders"),
    ("name != 'shared.csv' and mimeType = 'text/csv'", "elan inside"),
    ("name = 'élan vital.csv'", ""),
    ("name = 'Élan VITAL.CSV'", "elan"),
    (r"name = 'quinn\'s paper\\essay'", "quinn"),
    (r"name contains 'paper\\ess'", "quinn"),
    ("name contains 'hello'", "plan"),
    ("name contains 'world'", ""),
    ("name contains 'b'", "plan weird"),
    ("fullText contains 'orders'", "orders link"),
    ("mimeType contains 'google-apps'", "plan away sales link main"),
    ("modifiedTime > '2026-03-01T00:00:00' and modifiedTime <= '2026-05-01T12:00:00Z'", "orders quinn"),
    ("modifiedTime < '2026-03-01T02:00:00+02:00'", ""),
    ("modifiedTime <= '2026-03-01T02:00:00.250+02:00'", "orders"),
    ("'sales' in parents", "orders weird"),
    ("'sales' in parents and not name contains 'orders'", "weird"),
    ("'team' in parents", "shared"),
    ("'sales' in parents or 'team' in parents", "orders weird shared"),
    ("trashed = true", "bin away inside"),
    ("trashed != false and not (name = 'old.xlsx')", "away inside"),
    ("starred = true", "quinn"),
    ("sharedWithMe", "main"),
    ("sharedWithMe = false and name = 'sales'", "sales"),
    ("'owner@example.com' in owners and name contains 'old'", "bin"),
    ("'me' in writers", ""),
    ("properties has { key='k' and value='v' }", "elan"),
    ("properties has { key='k' and value='x' }", ""),
    ("shortcutDetails.targetId = 'orders'", "link"),
    ("(name contains 'orders' or name contains 'hello') and mimeType != 'application/vnd.google-apps.shortcut'", "orders plan"),
    ("NOT trashed = true AND name contains 'plan'", "plan"),
])
def test_a_query_finds(emulator, client, q, ids):
    found = {file["id"] for file in listed(client, q)}
    assert found == {emulator.ready["folder"] if each == "main" else each for each in ids.split()}


@pytest.mark.parametrize("q", [
    "name", "name =", "name = 'x", "name = x", "name like 'x'", "id = 'orders'", "name contains 'a' and", "(name = 'a'", "trashed = 'true'",
    "'a' in names", "visibility = 'seen'", "modifiedTime > 'yesterday'", "modifiedTime > '20260301'",
    "modifiedTime > '2026-13-01'", "mimeType > 'a'", "properties has 'k'", "name = 'a' name = 'b'", "not", "()" * 3, "(" * 500,
])
def test_what_is_no_query_is_refused(client, q):
    assert refused(client.files().list(q=q)) == (400, "invalid", "q")


def test_folders_that_are_not_seen_are_not_found(client):
    for q, flags in (("'hidden' in parents", EVERYWHERE), ("'nothing' in parents", EVERYWHERE), ("'team' in parents", {})):
        assert refused(client.files().list(q=q, **flags)) == (404, "notFound", "fileId")
    assert refused(client.files().get(fileId="shared")) == (404, "notFound", "fileId")
    assert client.files().get(fileId="shared", supportsAllDrives=True).execute()["driveId"] == "team"
    assert client.files().list(q="'team' in parents", supportsAllDrives=True).execute()["files"] == []


@pytest.mark.parametrize("arguments, expected", [
    ({"includeItemsFromAllDrives": True}, (403, "supportsTeamDrivesRequired", None)),
    ({"corpora": "drive", **EVERYWHERE}, (400, "teamDriveIdRequiresTeamDriveCorpora", None)),
    ({"driveId": "team", **EVERYWHERE}, (400, "teamDriveIdRequiresTeamDriveCorpora", None)),
    ({"corpora": "allDrives"}, (403, "includeTeamDriveItemsRequired", None)),
    ({"corpora": "drive", "driveId": "secret", **EVERYWHERE}, (404, "notFound", "driveId")),
    ({"orderBy": "size"}, (400, "invalid", "orderBy")),
    ({"orderBy": "name,name_natural"}, (403, "orderByContainsDuplicateSortKeys", "orderBy")),
    ({"orderBy": "name", "q": "fullText contains 'a'"}, (403, "forbidden", "orderBy")),
    ({"pageSize": 0}, (400, "invalidParameter", "page_size")),
    ({"pageToken": "bogus"}, (400, "invalid", "pageToken")),
    ({"fields": "files(id,nam)"}, (400, "invalidParameter", "fields")),
    ({"fields": "items(id)"}, (400, "invalidParameter", "fields")),
    ({"fields": "files(id),"}, (400, "invalidParameter", "fields")),
    ({"fields": "files(id"}, (400, "invalidParameter", "fields")),
    ({"fields": "files/id/x"}, (400, "invalidParameter", "fields")),
])
def test_a_listing_is_refused(client, arguments, expected):
    assert refused(client.files().list(**arguments)) == expected


@pytest.mark.parametrize("order, expected", [
    ("name", ["Orders 2026.xlsx", "quinn's paper\\essay", "Sales", "to orders"]),
    ("name desc", ["to orders", "Sales", "quinn's paper\\essay", "Orders 2026.xlsx"]),
    ("folder,modifiedTime desc", ["Sales", "to orders", "quinn's paper\\essay", "Orders 2026.xlsx"]),
])
def test_listings_are_in_the_asked_order(client, order, expected):
    q = "name contains 'orders' or name contains 'quinn' or name = 'sales'"
    assert [file["name"] for file in client.files().list(q=q, orderBy=order).execute()["files"]] == expected


def test_masks_leave_what_they_name(client):
    get = client.files().get
    assert get(fileId="orders").execute() == {"kind": "drive#file", "id": "orders", "name": "Orders 2026.xlsx", "mimeType":
                                              "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    assert get(fileId="orders", fields="size,capabilities(canDownload,canEdit),owners/emailAddress").execute() == {
        "size": "1", "capabilities": {"canDownload": True, "canEdit": False}, "owners": [{"emailAddress": "owner@example.com"}]}
    assert get(fileId="link", fields="shortcutDetails,size").execute() == {
        "shortcutDetails": {"targetId": "orders", "targetMimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}}
    whole = get(fileId="orders", fields="*").execute()
    assert whole["md5Checksum"] == "c4ca4238a0b923820dcc509a6f75849b" and whole["modifiedTime"] == "2026-03-01T00:00:00.250Z"
    assert isinstance(whole["version"], str) and "exportLinks" not in whole
    assert get(fileId="inside", fields="trashed,explicitlyTrashed").execute() == {"trashed": True, "explicitlyTrashed": False}
    files = client.files().list(q="'sales' in parents", fields="files/id,kind").execute()
    assert files["kind"] == "drive#fileList" and all(list(file) == ["id"] for file in files["files"])
    assert refused(client.about().get()) == (400, "required", "fields")


def test_parents_stay_away_where_the_caller_has_none(emulator, client):
    assert "parents" not in client.files().get(fileId=emulator.ready["folder"], fields="id,parents").execute()
    owner = drive(emulator, user(emulator))
    assert owner.files().get(fileId="root", fields="name").execute() == {"name": "My Drive"}
    [root] = owner.files().get(fileId=emulator.ready["folder"], fields="parents").execute()["parents"]
    assert [file["id"] for file in owner.files().list(q="'root' in parents").execute()["files"]] == [emulator.ready["folder"]]
    assert owner.files().get(fileId="root").execute()["id"] == root


@pytest.mark.parametrize("file, arguments, expected", [
    ("sales", {}, (403, "fileNotDownloadable", "alt")),
    ("link", {}, (403, "fileNotDownloadable", "alt")),
    ("plan", {}, (403, "fileNotDownloadable", "alt")),
    ("flagged", {}, (403, "cannotDownloadAbusiveFile", None)),
    ("flagged", {"acknowledgeAbuse": True}, (403, "cannotDownloadAbusiveFile", "acknowledgeAbuse")),
    ("closed", {}, (403, "cannotDownloadFile", None)),
    ("readonly", {}, (403, "cannotDownloadFile", None)),
])
def test_a_download_is_refused(emulator, client, file, arguments, expected):
    if file not in {item["id"] for item in emulator.admin("GET", "tree")["items"]}:
        flag = {"flagged": "abusive", "closed": "no_download", "readonly": "readers_cannot_download"}[file]
        emulator.admin("POST", "changes", {"op": "file", "id": file, "name": file, "text": "x", "flags": [flag]})
    assert refused(client.files().get_media(fileId=file, **arguments)) == expected
    if file in ("flagged", "readonly"):
        acknowledged = {"acknowledgeAbuse": True} if file == "flagged" else {}
        assert drive(emulator, user(emulator)).files().get_media(fileId=file, **acknowledged).execute() == b"x"


def test_other_refusals(client):
    assert refused(client.files().get(fileId="orders", acknowledgeAbuse=True)) == (403, "invalidAbuseAcknowledgment", "acknowledgeAbuse")
    assert refused(client.files().export_media(fileId="orders", mimeType="text/csv")) == (403, "fileNotExportable", None)
    assert refused(client.files().export_media(fileId="plan", mimeType="text/plain")) == (400, "badRequest", "convertTo")
    assert refused(client.revisions().get(fileId="orders", revisionId="none")) == (404, "notFound", "revisionId")
    assert refused(client.files().create(body={"name": "x"}))[0] == 501


def test_link_shared_files_want_their_resource_key(emulator, client):
    emulator.admin("POST", "changes", [
        {"op": "folder", "id": "outside", "name": "outside", "parent": "secret"},
        {"op": "file", "id": "old-file", "name": "old.csv", "parent": "outside", "text": "o"},
        {"op": "link", "item": "outside", "role": "reader", "resource_key": "k-1"}])
    q = "'outside' in parents"
    request = client.files().list(q=q, **EVERYWHERE)
    assert refused(request) == (404, "notFound", "fileId")
    request.headers["X-Goog-Drive-Resource-Keys"] = "other/x,outside/k-1"
    assert names(request.execute()["files"]) == ["old.csv"]
    got = client.files().get(fileId="outside", supportsAllDrives=True, fields="resourceKey")
    got.headers["X-Goog-Drive-Resource-Keys"] = "outside/k-1"
    assert got.execute() == {"resourceKey": "k-1"}
    assert "old.csv" not in names(listed(client, "trashed = false"))


def test_a_file_may_lack_digests_be_encrypted_or_not_yet_be_found(emulator, client):
    emulator.admin("POST", "changes", [
        {"op": "file", "id": "ancient", "name": "ancient.csv", "text": "x", "flags": ["no_sha"]},
        {"op": "file", "id": "cipher", "name": "cipher.csv", "text": "x", "flags": ["client_encrypted"]},
        {"op": "file", "id": "fresh", "name": "fresh.csv", "text": "x", "flags": ["hidden_from_search"]}])
    told = client.files().get(fileId="ancient", fields="md5Checksum,sha1Checksum,sha256Checksum").execute()
    assert list(told) == ["md5Checksum"]
    assert client.files().get(fileId="cipher", fields="clientEncryptionDetails").execute()["clientEncryptionDetails"]
    assert "fresh.csv" not in names(listed(client, "name contains 'fresh'"))
    assert client.files().get(fileId="fresh").execute()["name"] == "fresh.csv"


def test_json_is_escaped_and_compressed_as_google_does_it(emulator, client):
    credentials = service_account(emulator)
    credentials.refresh(google.auth.transport.requests.Request())
    headers = {"Authorization": f"Bearer {credentials.token}", "Accept-Encoding": "gzip"}
    plain = requests.get(f"{emulator.url}/drive/v3/files/weird?prettyPrint=false", headers=headers, timeout=30)
    assert "content-encoding" not in plain.headers
    assert plain.text == ('{"kind":"drive#file","id":"weird","name":"\\u003cb\\u003e\\u200b\\u0085😀",'
                          '"mimeType":"application/octet-stream"}')
    zipped = requests.get(f"{emulator.url}/drive/v3/files/weird", headers={**headers, "User-Agent": "x (gzip)"}, timeout=30)
    assert zipped.headers["content-encoding"] == "gzip" and zipped.json() == plain.json() and zipped.text.startswith("{\n  ")


def test_a_long_question_may_come_as_post(emulator, client):
    q = " or ".join(f"name = 'no such file {number}'" for number in range(100)) + " or name = 'Sales'"
    emulator.forget_requests()
    assert names(listed(client, q)) == ["Sales"]
    [entry] = emulator.requests()
    assert entry["overridden"] and entry["operation"] == "files.list" and entry["query"]["q"] == q


def test_unknown_parameters_are_ignored_and_noted(emulator, client):
    request = client.files().list(q=f"mimeType = '{FOLDER}'")
    request.uri += "&suportsAllDrives=true"
    emulator.forget_requests()
    request.execute()
    assert emulator.requests()[0]["ignored_parameters"] == ["suportsAllDrives"]


def test_fields_and_parameters_are_those_of_the_discovery_document():
    path = pathlib.Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "drive.v3.json"
    document = json.loads(path.read_text())
    schemas = document["schemas"]
    for name, known in (("File", known_fields.FILE), ("FileList", known_fields.FILE_LIST), ("Drive", known_fields.DRIVE),
                        ("DriveList", known_fields.DRIVE_LIST), ("Change", known_fields.CHANGE), ("ChangeList", known_fields.CHANGE_LIST),
                        ("Revision", known_fields.REVISION), ("RevisionList", known_fields.REVISION_LIST), ("User", known_fields.USER),
                        ("About", known_fields.ABOUT), ("Permission", known_fields.PERMISSION), ("Operation", known_fields.OPERATION),
                        ("StartPageToken", known_fields.START_PAGE_TOKEN)):
        assert set(known) == set(schemas[name]["properties"]), name
    assert set(known_fields.CAPABILITIES) == set(schemas["File"]["properties"]["capabilities"]["properties"])
    assert set(document["parameters"]) == parameters.COMMON
    resources = document["resources"]
    for operation, known in parameters.BY_OPERATION.items():
        resource, method = operation.replace("media", "get").split(".")
        told = resources[resource]["methods"][method].get("parameters", {})
        assert known == {name for name, each in told.items() if each["location"] == "query"}, operation
