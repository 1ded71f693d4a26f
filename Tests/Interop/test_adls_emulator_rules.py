"""What the ADLS emulator insists on, request by request: positions, checksums, conditions, errors, listings, leases, flat accounts."""

import base64
import hashlib
import json
import socket
import threading
import time
import urllib.parse
import xml.etree.ElementTree

import pytest

from adls_clients import LAKE, Raw, start, tree

from emulators.adls.crc64 import crc64_text


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with start(tmp_path_factory.mktemp("adls")) as running:
        yield running


@pytest.fixture(scope="module")
def raw(emulator):
    return Raw(emulator)


def made(raw, path, data=b"", **headers):
    """A file of these bytes by create, append, flush; its ETag."""
    assert raw("PUT", f"/{LAKE}/{path}?resource=file", **headers)[0] == 201
    if data:
        assert raw("PATCH", f"/{LAKE}/{path}?action=append&position=0", data)[0] == 202
    status, told, _ = raw("PATCH", f"/{LAKE}/{path}?action=flush&position={len(data)}&close=true")
    assert status == 200
    return told["etag"]


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


# ---- Append and flush


def test_appends_come_in_any_order_and_twice_and_count_at_the_flush(raw):
    path = f"/{LAKE}/order/x"
    raw("PUT", f"{path}?resource=file")
    for position, data in ((6, b"world"), (0, b"hello "), (6, b"world"), (11, b"!")):
        assert raw("PATCH", f"{path}?action=append&position={position}", data)[0] == 202
    assert raw("GET", path)[2] == b""
    assert raw.code("PATCH", f"{path}?action=flush&position=10") == (400, "InvalidFlushPosition")
    assert raw("PATCH", f"{path}?action=flush&position=11&retainUncommittedData=true")[0] == 200
    assert raw("GET", path)[2] == b"hello world"
    assert raw("PATCH", f"{path}?action=flush&position=12&close=true")[0] == 200
    assert raw("PATCH", f"{path}?action=flush&position=12")[0] == 200
    assert raw("GET", path)[2] == b"hello world!"
    assert raw.code("PATCH", f"{path}?action=append&position=3", b"late")[0] == 400


def test_a_gap_is_no_file(raw):
    path = f"/{LAKE}/gap/x"
    raw("PUT", f"{path}?resource=file")
    raw("PATCH", f"{path}?action=append&position=0", b"abc")
    raw("PATCH", f"{path}?action=append&position=5", b"fgh")
    assert raw.code("PATCH", f"{path}?action=flush&position=8") == (400, "InvalidFlushPosition")
    assert raw.code("PATCH", f"{path}?action=flush&position=6") == (400, "InvalidFlushPosition")
    raw("PATCH", f"{path}?action=append&position=3", b"de")
    assert raw("PATCH", f"{path}?action=flush&position=8")[0] == 200
    assert raw("GET", path)[2] == b"abcdefgh"


def test_append_and_flush_in_one_request(raw):
    path = f"/{LAKE}/one/x"
    raw("PUT", f"{path}?resource=file")
    assert raw("PATCH", f"{path}?action=append&position=0&flush=true&close=true", b"abc")[0] == 202
    assert raw("GET", path)[2] == b"abc"


def test_what_was_written_as_a_blob_cannot_be_appended_to(raw):
    path = f"/{LAKE}/mixed/x"
    raw("PUT", path, b"abc", x_ms_blob_type="BlockBlob")
    raw("PATCH", f"{path}?action=append&position=3", b"d")
    assert raw.code("PATCH", f"{path}?action=flush&position=4") == (409, "InvalidFlushOperation")
    assert raw.code("PATCH", f"{path}?action=flush&position=3", b"x") == (400, "ContentLengthMustBeZero")
    assert raw("PUT", f"{path}?resource=file")[0] == 201
    assert raw("PATCH", f"{path}?action=append&position=0&flush=true", b"d")[0] == 202
    assert raw("GET", path)[2] == b"d"


def test_bodies_are_held_against_their_checksums(raw):
    path = f"/{LAKE}/sums/x"
    raw("PUT", f"{path}?resource=file")
    append = f"{path}?action=append&position=0"
    assert raw.code("PATCH", append, b"hello", content_md5=md5(b"hullo")) == (400, "Md5Mismatch")
    assert raw.code("PATCH", append, b"hello", x_ms_content_crc64=crc64_text(b"hullo")) == (400, "Crc64Mismatch")
    assert raw.code("PATCH", append, b"hello", content_md5="c2hvcnQ=") == (400, "InvalidHeaderValue")
    assert raw.code("PATCH", append, b"hello", content_md5=md5(b"hello"), x_ms_content_crc64=crc64_text(b"hello"))[0] == 400
    assert raw("PATCH", append, b"hello", x_ms_content_crc64=crc64_text(b"hello"))[1]["x-ms-content-crc64"] == crc64_text(b"hello")
    assert raw.code("PUT", f"/{LAKE}/sums/b", b"hello", x_ms_blob_type="BlockBlob", content_md5=md5(b"x")) == (400, "Md5Mismatch")
    assert raw.code("PUT", f"/{LAKE}/sums/b?comp=block&blockid=MQ%3D%3D", b"hello", x_ms_content_crc64=crc64_text(b"x")) == \
        (400, "Crc64Mismatch")


def test_a_flush_says_all_content_properties_again_or_loses_them(raw):
    path = f"/{LAKE}/content/x"
    raw("PUT", f"{path}?resource=file", x_ms_content_type="text/csv", x_ms_properties="run=ci0x")
    raw("PATCH", f"{path}?action=append&position=0", b"abc")
    raw("PATCH", f"{path}?action=flush&position=3", x_ms_content_md5=md5(b"abc"), x_ms_content_type="text/csv")
    told = raw("HEAD", path)[1]
    assert (told["content-md5"], told["content-type"], told["x-ms-meta-run"], told["content-length"]) == \
        (md5(b"abc"), "text/csv", "r-1", "3")
    raw("PATCH", f"{path}?action=flush&position=3")
    told = raw("HEAD", path)[1]
    assert "content-md5" not in told and told["content-type"] == "application/octet-stream"
    assert raw("HEAD", f"{path}?action=getStatus")[1]["x-ms-properties"] == "run=ci0x"


def test_metadata_has_a_limit(raw):
    fits, more = "v" * (8_192 - len("name")), "v" * (8_193 - len("name"))
    assert raw("PUT", f"/{LAKE}/limits/b", b"x", x_ms_blob_type="BlockBlob", x_ms_meta_name=fits)[0] == 201
    assert raw.code("PUT", f"/{LAKE}/limits/c", b"x", x_ms_blob_type="BlockBlob", x_ms_meta_name=more) == (400, "MetadataTooLarge")
    properties = f"name={base64.b64encode(more.encode()).decode()}"
    assert raw.code("PUT", f"/{LAKE}/limits/d?resource=file", x_ms_properties=properties) == (400, "MetadataTooLarge")


def test_empty_bodies_need_their_length(raw):
    assert raw.code("PUT", f"/{LAKE}/length?resource=file", content_length=None) == (411, "MissingContentLengthHeader")
    assert raw.code("PATCH", f"/{LAKE}/length?action=append&position=0")[0] == 404


@pytest.mark.parametrize("length, first_line", [(0, b"HTTP/1.1 405 Method Not Allowed\r\n"), (3, b"HTTP/1.1 100 Continue\r\n")])
def test_only_requests_with_a_body_are_told_to_go_on(emulator, length, first_line):
    place = urllib.parse.urlsplit(emulator.url)
    with socket.create_connection((place.hostname, place.port)) as connection:
        connection.sendall(f"PUT /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n".encode())
        assert connection.makefile("rb").readline() == first_line


# ---- Conditions, renames


def test_conditional_headers(raw):
    path = f"/{LAKE}/if/x"
    etag = made(raw, "if/x", b"abc")
    modified = raw("HEAD", path)[1]["last-modified"]
    old, new = "Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2099 03:04:05 GMT"
    assert raw("GET", path, if_match=etag)[0] == 200
    assert raw.code("GET", path, if_match='"0x8D0"') == (412, "ConditionNotMet")
    assert raw.code("GET", path, if_none_match=etag) == (304, "ConditionNotMet")
    assert raw.code("GET", path, if_modified_since=modified)[0] == 304
    assert raw("GET", path, if_modified_since=old)[0] == 200
    assert raw.code("GET", path, if_unmodified_since=old)[0] == 412
    assert raw("GET", path, if_unmodified_since=new)[0] == 200
    assert raw.code("PUT", f"{path}?resource=file", if_none_match="*") == (409, "PathAlreadyExists")
    assert raw.code("PUT", path, b"x", x_ms_blob_type="BlockBlob", if_none_match="*") == (409, "BlobAlreadyExists")
    assert raw.code("DELETE", path, if_match='"0x8D0"') == (412, "ConditionNotMet")
    assert raw.code("PUT", f"/{LAKE}/if/none?resource=file", if_match="*") == (412, "ConditionNotMet")


def test_a_rename_is_one_step_and_refuses_what_it_cannot(raw, emulator):
    etag = made(raw, "rename/a", b"abc")
    source = f"/{LAKE}/rename/a"
    assert raw.code("PUT", f"/{LAKE}/nowhere/b", x_ms_rename_source=source) == (404, "RenameDestinationParentPathNotFound")
    assert raw.code("PUT", f"/{LAKE}/rename/b", x_ms_rename_source=f"/{LAKE}/rename/none") == (404, "SourcePathNotFound")
    assert raw.code("PUT", f"/{LAKE}/rename/b", x_ms_rename_source=source, x_ms_source_if_match='"0x8D0"') == \
        (412, "SourceConditionNotMet")
    made(raw, "rename/b", b"other")
    assert raw.code("PUT", f"/{LAKE}/rename/b", x_ms_rename_source=source, if_none_match="*") == (409, "PathAlreadyExists")
    assert raw.code("PUT", f"/{LAKE}/rename/b", x_ms_rename_source=source, if_match='"0x8D0"') == (412, "ConditionNotMet")
    status, told, _ = raw("PUT", f"/{LAKE}/rename/b", x_ms_rename_source=source, x_ms_source_if_match=etag)
    assert (status, told["etag"]) == (201, etag)
    assert raw("HEAD", f"/{LAKE}/rename/b")[1]["etag"] == etag
    assert raw.code("PUT", f"/{LAKE}/rename/b/c", x_ms_rename_source=f"/{LAKE}/rename")[0] == 409
    raw("PUT", f"/{LAKE}/rename/d?resource=directory")
    assert raw.code("PUT", f"/{LAKE}/rename/d/e", x_ms_rename_source=f"/{LAKE}/rename") == (409, "InvalidRenameSourcePath")
    assert raw.code("PUT", f"/{LAKE}/rename/d", x_ms_rename_source=f"/{LAKE}/rename/b") == \
        (409, "InvalidSourceOrDestinationResourceType")
    raw("PUT", f"/{LAKE}/rename/d?mode=posix", x_ms_rename_source=f"/{LAKE}/rename/b")
    assert "rename/d/b" in tree(emulator)


def test_a_reader_keeps_the_file_that_it_began(raw, emulator):
    data = bytes(range(256)) * 4096
    made(raw, "reader/x", data)
    emulator.script({"match": {"operation": "blob.get"}, "count": 1, "actions": [{"kind": "slow", "bytes_per_second": 4_000_000}]})
    found = []
    reader = threading.Thread(target=lambda: found.append(raw("GET", f"/{LAKE}/reader/x")[2]))
    reader.start()
    assert emulator.admin("GET", "requests/wait", operation="blob.get", subject=f"{LAKE}/reader/x", open="true")["enough"]
    made(raw, "reader/y", b"new")
    assert raw("PUT", f"/{LAKE}/reader/x", x_ms_rename_source=f"/{LAKE}/reader/y")[0] == 201
    reader.join()
    emulator.script()
    assert found == [data]
    assert raw("GET", f"/{LAKE}/reader/x")[2] == b"new"


# ---- Reading, errors


def test_ranges(raw):
    made(raw, "range/x", bytes(range(100)))
    for header, expected, where in (("bytes=10-19", bytes(range(10, 20)), "bytes 10-19/100"), ("bytes=95-", bytes(range(95, 100)),
                                    "bytes 95-99/100"), ("bytes=-3", b"abc", "bytes 97-99/100")):
        status, told, body = raw("GET", f"/{LAKE}/range/x", range=header)
        assert (status, body, told["content-range"]) == (206, expected, where)
    status, told, body = raw("GET", f"/{LAKE}/range/x", x_ms_range="bytes=0-9", x_ms_range_get_content_md5="true")
    assert (status, told["content-md5"]) == (206, md5(bytes(range(10))))
    assert raw.code("GET", f"/{LAKE}/range/x", range="bytes=100-") == (416, "InvalidRange")


def test_errors_have_the_shape_of_their_endpoint(raw):
    status, told, body = raw("GET", f"/{LAKE}?resource=filesystem&recursive=true&directory=none")
    error = json.loads(body)["error"]
    assert (status, error["code"], told["x-ms-error-code"]) == (404, "PathNotFound", "PathNotFound")
    assert f"RequestId:{told['x-ms-request-id']}\n" in error["message"]
    status, told, body = raw("GET", f"/{LAKE}/none")
    root = xml.etree.ElementTree.fromstring(body.decode("utf-8-sig"))
    assert (status, root.find("Code").text, told["x-ms-error-code"]) == (404, "BlobNotFound", "BlobNotFound")
    status, told, body = raw("HEAD", f"/{LAKE}/none", x_ms_client_request_id="mine")
    assert (status, body, told["x-ms-client-request-id"]) == (404, b"", "mine") and "content-type" not in told
    assert raw.code("GET", "/nolake?resource=filesystem&recursive=true") == (404, "FilesystemNotFound")
    assert raw.code("GET", "/nolake/x") == (404, "ContainerNotFound")
    assert raw.code("PUT", f"/{LAKE}?resource=filesystem") == (409, "FilesystemAlreadyExists")
    assert raw.code("PUT", "/No--Lake?resource=filesystem") == (400, "InvalidResourceName")
    assert raw.code("PUT", f"/{LAKE}/a/../b?resource=file") == (400, "InvalidUri")
    assert raw.code("PUT", f"/{LAKE}/{'x' * 300}?resource=file") == (400, "InvalidResourceName")
    assert raw.code("PUT", f"/{LAKE}/a./b?resource=file") == (400, "InvalidUri")
    made(raw, "errors/f", b"x")
    assert raw.code("PUT", f"/{LAKE}/errors/f/g?resource=file") == (409, "PathConflict")
    assert raw.code("PUT", f"/{LAKE}/errors?resource=file") == (409, "ResourceTypeMismatch")
    assert raw.code("DELETE", f"/{LAKE}/?recursive=true") == (400, "InvalidInput")
    assert raw.code("PUT", f"/{LAKE}/", x_ms_rename_source=f"/{LAKE}/errors/f") == (400, "InvalidInput")
    assert raw.code("DELETE", f"/{LAKE}/errors?recursive=false") == (409, "DirectoryNotEmpty")
    assert raw.code("DELETE", f"/{LAKE}/errors") == (409, "DirectoryIsNotEmpty")


def test_every_answer_has_the_headers_that_strict_clients_need(raw):
    for method, target, body, headers, status in (
            ("PUT", "strict/a?resource=file", b"", {}, 201), ("PUT", "strict/b", b"x", {"x_ms_blob_type": "BlockBlob"}, 201),
            ("PUT", "strict/c?comp=block&blockid=MQ%3D%3D", b"x", {}, 201), ("GET", "strict/b", b"", {}, 200)):
        told_status, told, _ = raw(method, f"/{LAKE}/{target}", body, **headers)
        assert told_status == status
        assert {"x-ms-request-id", "x-ms-version", "date", "server"} <= set(told)
        assert method == "GET" or told["x-ms-request-server-encrypted"] == "true"
        assert "comp=block" in target or {"etag", "last-modified"} <= set(told)


# ---- Listings


def test_listings_go_page_by_page_through_tokens_that_must_be_escaped(raw):
    for name in ("a", "b", "dir/c", "dir/d/e", "z"):
        made(raw, f"pages/{name}", name.encode())
    found, token, pages = [], "", 0
    while True:
        target = f"/{LAKE}?resource=filesystem&recursive=true&directory=pages&maxResults=2"
        status, told, body = raw("GET", target + (f"&continuation={urllib.parse.quote(token, safe='')}" if token else ""))
        assert status == 200
        found += json.loads(body)["paths"]
        pages += 1
        token = told.get("x-ms-continuation")
        if not token:
            break
        assert urllib.parse.quote(token, safe="") != token
    assert [each["name"] for each in found] == [f"pages/{name}" for name in ("a", "b", "dir", "dir/c", "dir/d", "dir/d/e", "z")]
    assert pages == 4
    assert {each["name"]: each.get("isDirectory") for each in found}["pages/dir"] == "true"
    assert all(isinstance(value, str) for each in found for value in each.values())
    flat = json.loads(raw("GET", f"/{LAKE}?resource=filesystem&recursive=false&directory=pages")[2])["paths"]
    assert [each["name"] for each in flat] == [f"pages/{name}" for name in ("a", "b", "dir", "z")]
    assert raw.code("GET", f"/{LAKE}?resource=filesystem&recursive=true&continuation=junk") == (400, "InvalidQueryParameterValue")
    body = raw("GET", f"/{LAKE}?restype=container&comp=list&prefix=pages%2F&delimiter=%2F")[2].decode()
    assert "<BlobPrefix><Name>pages/dir/</Name>" in body and "<Name>pages/dir/c</Name>" not in body


# ---- Leases


def test_leases_by_the_dfs_endpoint(raw, emulator):
    path = f"/{LAKE}/lease/x"
    made(raw, "lease/x", b"abc")
    status, told, _ = raw("POST", path, x_ms_lease_action="acquire", x_ms_lease_duration="15")
    lease = told["x-ms-lease-id"]
    assert status == 201
    assert raw.code("POST", path, x_ms_lease_action="acquire", x_ms_lease_duration="15") == (409, "LeaseAlreadyPresent")
    assert raw.code("PATCH", f"{path}?action=append&position=3", b"d") == (412, "LeaseIdMissing")
    assert raw("PATCH", f"{path}?action=append&position=3", b"d", x_ms_lease_id=lease)[0] == 202
    assert raw.code("DELETE", path, x_ms_lease_id="11111111-2222-3333-4444-555555555555") == (412, "LeaseIdMismatchWithBlobOperation")
    assert raw.code("DELETE", f"{path}?recursive=false", x_ms_lease_id="11111111-2222-3333-4444-555555555555") == (412, "LeaseIdMismatch")
    emulator.admin("POST", "clock", {"advance_seconds": 16})
    assert raw("HEAD", path)[1]["x-ms-lease-state"] == "expired"
    assert raw("POST", path, x_ms_lease_action="renew", x_ms_lease_id=lease)[0] == 200
    assert raw("POST", path, x_ms_lease_action="break", x_ms_lease_break_period="0")[1]["x-ms-lease-time"] == "0"
    assert raw.code("POST", path, x_ms_lease_action="renew", x_ms_lease_id=lease) == (409, "LeaseIsBrokenAndCannotBeRenewed")
    assert raw("POST", path, x_ms_lease_action="release", x_ms_lease_id=lease)[0] == 200
    assert raw("DELETE", f"{path}?recursive=false")[0] == 200


def test_a_lease_says_how_long_it_is_wanted(raw):
    made(raw, "lease/y", b"abc")
    for method, target in (("POST", f"/{LAKE}/lease/y"), ("PUT", f"/{LAKE}/lease/y?comp=lease")):
        assert raw.code(method, target, x_ms_lease_action="acquire") == (400, "MissingRequiredHeader")
        assert raw.code(method, target, x_ms_lease_action="acquire", x_ms_lease_duration="61") == (400, "InvalidHeaderValue")


# ---- Faults


def test_scripted_faults_speak_the_services_language(raw, emulator):
    path = f"/{LAKE}/faults/x"
    made(raw, "faults/x", b"abc")
    emulator.script({"match": {"operation": "path.append"}, "count": 1, "actions": [
        {"kind": "status", "status": 503, "reason": "ServerBusy", "retry_after": 1}]},
        {"match": {"operation": "path.flush"}, "count": 1, "actions": [{"kind": "reset", "when": "answer"}]},
        {"match": {"operation": "path.rename"}, "count": 1, "actions": [{"kind": "reset", "when": "answer"}]},
        {"match": {"operation": "path.list"}, "count": 1, "actions": [{"kind": "empty_page"}]})
    status, told, body = raw("PATCH", f"{path}?action=append&position=3", b"d")
    assert (status, told["retry-after"], json.loads(body)["error"]["code"]) == (503, "1", "ServerBusy")
    assert raw("PATCH", f"{path}?action=append&position=3", b"d")[0] == 202
    with pytest.raises(ConnectionError):
        raw("PATCH", f"{path}?action=flush&position=4")
    assert raw("GET", path)[2] == b"abcd"
    with pytest.raises(ConnectionError):
        raw("PUT", f"/{LAKE}/faults/y", x_ms_rename_source=path)
    assert raw.code("PUT", f"/{LAKE}/faults/y", x_ms_rename_source=path) == (404, "SourcePathNotFound")
    status, told, body = raw("GET", f"/{LAKE}?resource=filesystem&recursive=true&directory=faults")
    assert json.loads(body)["paths"] == [] and told["x-ms-continuation"]
    emulator.script({"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "corrupt_body"}]},
                    {"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "drop_append"}]})
    append = f"/{LAKE}/faults/y?action=append&position=4"
    assert raw.code("PATCH", append, b"ef", x_ms_content_crc64=crc64_text(b"ef")) == (400, "Crc64Mismatch")
    assert raw("PATCH", append, b"ef", x_ms_content_crc64=crc64_text(b"ef"))[0] == 202
    assert raw.code("PATCH", f"/{LAKE}/faults/y?action=flush&position=6") == (400, "InvalidFlushPosition")
    emulator.script()


def test_a_client_is_caught_in_the_middle_of_its_upload(raw, emulator):
    path = f"/{LAKE}/upload/x"
    made(raw, "upload/x")
    append, data = f"{path}?action=append&position=0", bytes(300_000)
    emulator.script({"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "reset_upload", "after_fraction": 0.5}]},
                    {"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "stall_upload", "after_bytes": 1000}]},
                    {"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "slow_upload", "bytes_per_second": 2e6}]})
    emulator.forget_requests()
    with pytest.raises(OSError):
        raw("PATCH", append, data)
    [entry] = emulator.requests(operation="path.append")
    assert (entry["received"], entry["status"], entry["complete"]) == (150_000, None, False)
    client = threading.Thread(target=lambda: raw("PATCH", append, data))
    client.start()
    deadline = time.monotonic() + 20
    while not any(each.get("stalled") for each in emulator.requests(operation="path.append", open="true")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert emulator.requests(operation="path.append", open="true")[0]["received"] == 1000
    assert tree(emulator)["upload/x"]["appended"] == {}
    emulator.admin("POST", "release")
    client.join()
    assert tree(emulator)["upload/x"]["appended"] == {"0": 300_000}
    assert raw("PATCH", append, data)[0] == 202
    assert [each["faults"][0]["kind"] for each in emulator.requests(operation="path.append")] == \
        ["reset_upload", "stall_upload", "slow_upload"]
    assert emulator.requests(operation="path.append")[-1]["seconds"] >= 0.1
    emulator.script()


# ---- Flat accounts


def test_a_flat_account_is_detected_and_copies_to_rename(tmp_path):
    with start(tmp_path, "--flat") as running:
        flat = Raw(running)
        assert flat.code("HEAD", f"/{LAKE}/?action=getAccessControl")[0] == 400
        assert flat("GET", "/?restype=account&comp=properties")[1]["x-ms-is-hns-enabled"] == "false"
        assert flat("PUT", f"/{LAKE}/a/b/c", b"abc", x_ms_blob_type="BlockBlob")[0] == 201
        body = flat("GET", f"/{LAKE}?restype=container&comp=list")[2].decode()
        assert "<Name>a/b/c</Name>" in body and "<Name>a/b</Name>" not in body and "ResourceType" not in body
        etag = flat("HEAD", f"/{LAKE}/a/b/c")[1]["etag"]
        assert flat("PUT", f"/{LAKE}/d/e", x_ms_rename_source=f"/{LAKE}/a/b/c")[1]["etag"] != etag
        assert flat("DELETE", f"/{LAKE}/d/e")[0] == 202
        assert tree(running) == {}


def test_hierarchical_accounts_are_detected(raw):
    status, told, _ = raw("HEAD", f"/{LAKE}/?action=getAccessControl")
    assert (status, told["x-ms-owner"]) == (200, "$superuser")
    assert raw("GET", "/?restype=account&comp=properties")[1]["x-ms-is-hns-enabled"] == "true"
