"""A random tree, seen by Google's own client and by drive-pull: the same files, the same bytes, the same changes."""

import concurrent.futures
import hashlib
import io
import os
import zipfile

import pytest

from drive_clients import FOLDER, downloaded, drive, listed, service_account
from drive_pulls import SHEET, Puller, started

FILES = int(os.environ.get("SLUICE_DRIVE_FILES", "2000"))
SEED = 20_261_126
SHORTCUT = "application/vnd.google-apps.shortcut"
NATIVE = "application/vnd.google-apps."
SKIPPED = (".partial", ".part", ".crdownload")


def is_skipped(name):
    return name.startswith(("~$", ".")) or name.endswith(SKIPPED)


def walked(client, root):
    """What Google's client sees below a folder: id -> (path, file), shortcuts followed after everything else, as drive-pull does."""
    found, seen, links = {}, set(), []

    def walk(folder, path):
        if folder in seen:
            return
        seen.add(folder)
        for item in listed(client, f"'{folder}' in parents and trashed = false"):
            if is_skipped(item["name"]):
                continue
            where = [*path, item["name"]]
            if item["mimeType"] == FOLDER:
                walk(item["id"], where)
            elif item["mimeType"] == SHORTCUT:
                links.append((where, item["shortcutDetails"]["targetId"]))
            elif item["mimeType"] == SHEET or not item["mimeType"].startswith(NATIVE):
                found.setdefault(item["id"], (where, item))

    walk(root, [])
    while links:
        round_, links[:] = list(links), []
        for where, target in sorted(round_, key=lambda each: "/".join(name.replace("/", "_") for name in each[0]).encode()):
            try:
                item = client.files().get(fileId=target, supportsAllDrives=True, fields="id,name,mimeType,trashed,md5Checksum,size").execute()
            except Exception as error:
                assert "404" in str(error)
                continue
            if item["trashed"]:
                continue
            if item["mimeType"] == FOLDER:
                walk(target, where)
            elif target not in found and (item["mimeType"] == SHEET or not item["mimeType"].startswith(NATIVE)):
                found[target] = (where, item)
    return found


def parts_of(content):
    """A workbook without what differs between two exports."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("credentials"), "--random-tree", FILES, "--seed", SEED) as running:
        yield running


def test_googles_client_and_drive_pull_see_the_same_tree_bytes_and_changes(emulator, tmp_path):
    puller = Puller(emulator, tmp_path)
    client = drive(emulator)
    known = walked(client, emulator.ready["folder"])
    assert len(known) > FILES / 3, "seed {SEED}"
    pulled = puller.deliver("--state", puller.state)
    compare(emulator, puller, pulled, known, set(known))
    for step in range(3):
        before = {file_id: item for file_id, (_, item) in known.items()}
        emulator.admin("POST", "churn", {"steps": 60, "seed": SEED})
        known = walked(client, emulator.ready["folder"])
        pulled = puller.deliver("--state", puller.state)
        told = {status: {line["file"]["id"] for line in pulled.lines if line["status"] == status} for status in ("new", "deleted")}
        assert told["deleted"] == set(before) - set(known), f"step {step}"
        written = {file_id for file_id, (_, item) in known.items()
                   if file_id not in before or item["mimeType"] != SHEET and item["md5Checksum"] != before[file_id]["md5Checksum"]}
        # Of Sheets every change counts, and two contents may have the same digest.
        others = told["new"] - written
        assert written <= told["new"] and all(known[file_id][1]["mimeType"] == SHEET or file_id in before for file_id in others)
        compare(emulator, puller, pulled, known, told["new"])


def compare(emulator, puller, pulled, known, expected):
    lines = {line["file"]["id"]: line for line in pulled.lines if line["status"] == "new"}
    assert set(lines) == expected, f"seed {SEED}"
    puller.check(pulled)
    for file_id, line in lines.items():
        where, item = known[file_id]
        name = where[-1]
        if item["mimeType"] == SHEET and not name.lower().endswith(".xlsx"):
            name += ".xlsx"
        path = "/".join(part.replace("/", "_") or "_" for part in [*where[:-1], name])
        assert line["file"]["drive_path"] == path or line["file"]["drive_path"].startswith(path + "."), f"seed {SEED}"
        if item["mimeType"] != SHEET:
            assert line["file"]["md5"] == item["md5Checksum"] and line["file"]["bytes"] == int(item["size"])
    assert len({line["path"].lower() for line in lines.values()}) == len(lines)
    sample = sorted(lines)[:: max(1, len(lines) // 150)]
    # Google's transport is not for several threads: each has a client of its own.
    with concurrent.futures.ThreadPoolExecutor(4, initializer=lambda: None) as pool:
        for file_id, content in zip(sample, pool.map(lambda file_id: fetched(emulator, known[file_id][1]), sample)):
            ours = open(lines[file_id]["path"], "rb").read()
            if known[file_id][1]["mimeType"] == SHEET:
                assert parts_of(ours) == parts_of(content)
            else:
                assert hashlib.sha256(ours).digest() == hashlib.sha256(content).digest()


def fetched(emulator, item):
    files = drive(emulator, service_account(emulator)).files()
    if item["mimeType"] == SHEET:
        return files.export(fileId=item["id"], mimeType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").execute()
    return downloaded(files.get_media(fileId=item["id"], supportsAllDrives=True))
