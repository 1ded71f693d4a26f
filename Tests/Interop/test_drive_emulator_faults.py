"""Scripted faults of the emulators' kit, as clients meet them: over raw sockets where the bytes matter, else through Google's client."""

import gzip
import hashlib
import http.client
import json
import socket
import threading
import time

import google.auth.transport.requests
import pytest
from googleapiclient.errors import HttpError

from drive_clients import EVERYWHERE, downloaded, drive, every_page, listed, names, reason, service_account, start

from emulators.kit.byte_content import GeneratedContent
from emulators.kit.byte_range import RangeNotSatisfiable, stretch
from emulators.kit.fault_rules import FaultRules
from emulators.kit.http_messages import Request
from emulators.kit.running import AdminError

BYTES = 200_000


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with start("--credentials", tmp_path_factory.mktemp("credentials"), "--seed", 3) as running:
        running.admin("POST", "changes", [
            {"op": "file", "id": "big", "name": "big.bin", "generate": {"bytes": BYTES, "seed": 1}},
            {"op": "folder", "id": "f1", "name": "f1"}, {"op": "folder", "id": "f2", "name": "f2"},
            {"op": "file", "id": "a", "name": "a.csv", "parent": "f1", "text": "x"},
            {"op": "file", "id": "b", "name": "b.csv", "parent": "f2", "text": "x"},
            {"op": "sheet", "id": "sheet", "name": "sheet", "rows": {"S": [[1]]}}])
        credentials = service_account(running)
        credentials.refresh(google.auth.transport.requests.Request())
        running.token = credentials.token
        yield running


@pytest.fixture(autouse=True)
def clean(emulator):
    emulator.script()
    emulator.forget_requests()
    yield
    emulator.admin("POST", "release")
    emulator.script()


@pytest.fixture(scope="module")
def client(emulator):
    return drive(emulator)


@pytest.fixture(scope="module")
def content():
    return b"".join(GeneratedContent(BYTES, 1).blocks(0, BYTES))


def raw(emulator, path="/drive/v3/files/big?alt=media", **headers):
    """(status, headers, body, whole): the body as far as it came, and whether it came whole."""
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=20)
    connection.request("GET", path, headers={"Authorization": f"Bearer {emulator.token}", **headers})
    response = connection.getresponse()
    body = bytearray()
    try:
        while block := response.read1(1 << 16):
            body += block
        whole = response.length in (None, 0)
    except (OSError, http.client.HTTPException) as error:
        whole = type(error)
    connection.close()
    return response.status, response.headers, bytes(body), whole


def rule(*actions, operation="files.media", **more):
    return {"match": {"operation": operation}, "actions": list(actions), **more}


@pytest.mark.parametrize("action, status, why", [
    ({"status": 429, "reason": "rateLimitExceeded"}, 429, "rateLimitExceeded"),
    ({"status": 403, "reason": "userRateLimitExceeded"}, 403, "userRateLimitExceeded"),
    ({"status": 403, "reason": "dailyLimitExceeded"}, 403, "dailyLimitExceeded"),
    ({"status": 503}, 503, "backendError"),
    ({"status": 404}, 404, "notFound"),
    ({"status": 410}, 410, "gone"),
])
def test_a_status_has_googles_body_and_then_it_is_over(emulator, client, action, status, why):
    emulator.script(rule({"kind": "status", **action}, operation="files.list", count=1))
    with pytest.raises(HttpError) as caught:
        client.files().list().execute()
    assert (caught.value.status_code, reason(caught.value)) == (status, why)
    client.files().list().execute()
    assert [(entry["status"], [fault["kind"] for fault in entry["faults"]]) for entry in emulator.requests(operation="files.list")] == [
        (status, ["status"]), (200, [])]


def test_a_status_may_bring_headers_and_any_body(emulator):
    emulator.script(rule({"kind": "status", "status": 502, "body": "<html>Bad gateway</html>", "retry_after": 7, "headers": {"X-A": "b"}}))
    status, headers, body, whole = raw(emulator)
    assert (status, body, whole, headers["retry-after"], headers["x-a"]) == (502, b"<html>Bad gateway</html>", True, "7", "b")
    assert headers["content-type"] == "text/html"


def test_googles_client_retries_what_it_is_told_to(emulator, client):
    emulator.script(rule({"kind": "status", "status": 403, "reason": "userRateLimitExceeded"}, operation="files.list", count=2))
    request = client.files().list()
    request._sleep = lambda seconds: None
    request.execute(num_retries=3)
    assert [entry["status"] for entry in emulator.requests(operation="files.list")] == [403, 403, 200]


def test_resets_before_the_answer_after_it_and_in_the_body(emulator):
    emulator.script(rule({"kind": "reset", "when": "request"}, count=1), rule({"kind": "reset", "when": "answer"}, count=1),
                    rule({"kind": "reset", "after_bytes": 70_000}, count=1))
    for _ in range(2):
        with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
            raw(emulator)
    status, headers, body, whole = raw(emulator)
    assert (status, headers["content-length"], len(body), whole) == (200, str(BYTES), 70_000, ConnectionResetError)
    entries = emulator.requests(open="false")
    assert [(entry["status"], entry["bytes"], entry["complete"]) for entry in entries] == [(None, 0, False)] * 2 + [(200, 70_000, False)]


def test_truncated_bodies_tell_the_whole_length_or_lie(emulator, content):
    emulator.script(rule({"kind": "truncate", "after_bytes": 1_000}, count=1),
                    rule({"kind": "truncate", "after_fraction": 0.25, "honest": False}, count=1))
    status, headers, body, whole = raw(emulator)
    assert (status, headers["content-length"], body) == (200, str(BYTES), content[:1_000]) and whole is not True
    status, headers, body, whole = raw(emulator)
    assert (status, headers["content-length"], body, whole) == (200, str(BYTES // 4), content[:BYTES // 4], True)


def test_a_cut_export_ends_without_its_last_chunk(emulator):
    emulator.script(rule({"kind": "truncate", "after_bytes": 100}, operation="files.export", count=1))
    _, headers, body, whole = raw(emulator, "/drive/v3/files/sheet/export?mimeType=application/vnd.openxmlformats-officedocument."
                                            "spreadsheetml.sheet")
    assert headers["transfer-encoding"] == "chunked" and whole is http.client.IncompleteRead


def test_corrupted_bytes_are_few_and_elsewhere_all_is_right(emulator, content):
    emulator.script(rule({"kind": "corrupt", "bytes": 3}))
    _, _, body, whole = raw(emulator)
    assert whole is True and len(body) == BYTES
    assert 1 <= sum(one != other for one, other in zip(body, content)) <= 3


def test_slow_and_late_answers_take_their_time(emulator, content):
    emulator.script({**rule({"kind": "latency", "seconds": 0.2}, operation="*"), "continue": True},
                    rule({"kind": "slow", "bytes_per_second": 50_000}))
    begin = time.monotonic()
    _, _, body, _ = raw(emulator, Range="bytes=0-19999")
    assert body == content[:20_000] and 0.55 < time.monotonic() - begin < 10


def test_a_stalled_request_can_be_waited_for_and_released(emulator, content):
    emulator.script(rule({"kind": "stall", "after_bytes": 5_000}, count=1))
    got = []
    thread = threading.Thread(target=lambda: got.append(raw(emulator)))
    thread.start()
    waited = emulator.admin("GET", "requests/wait", operation="files.media", open="true", seconds=20)
    assert waited["enough"]
    while not emulator.requests(open="true")[0].get("stalled"):
        time.sleep(0.05)
    assert emulator.requests(open="true")[0]["bytes"] == 5_000
    assert emulator.admin("POST", "release")["released"] == 1
    thread.join(20)
    assert got[0][2:] == (content, True)


@pytest.mark.parametrize("after", [0, 1, 65_536, BYTES - 1, BYTES])
@pytest.mark.parametrize("path", ["big", "empty", "export"])
def test_a_stall_anywhere_spoils_nothing(emulator, content, after, path):
    if path == "empty":
        emulator.admin("POST", "changes", {"op": "file", "id": f"empty{after}", "name": "empty", "text": ""})
    target = {"big": "/drive/v3/files/big?alt=media", "empty": f"/drive/v3/files/empty{after}?alt=media",
              "export": "/drive/v3/files/sheet/export?mimeType=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[path]
    emulator.script(rule({"kind": "stall", "after_bytes": after, "seconds": 0.01}, operation="*"))
    status, _, body, whole = raw(emulator, target)
    assert (status, whole) == (200, True)
    assert body == content if path == "big" else body == b"" if path == "empty" else body.startswith(b"PK")
    [entry] = emulator.requests()
    assert (entry["complete"], entry["open"], entry["bytes"]) == (True, False, len(body))


def test_ranges_are_served_ignored_or_refused(emulator, content):
    for header, expected in (("bytes=5-9", content[5:10]), ("bytes=199990-", content[-10:]), ("bytes=-3", content[-3:]),
                             ("bytes=0-999999999", content), ("bytes=9-5", content), ("lines=1-2", content)):
        status, headers, body, _ = raw(emulator, Range=header)
        assert body == expected and status == (206 if "content-range" in headers else 200)
    status, headers, _, _ = raw(emulator, Range=f"bytes={BYTES}-")
    assert (status, headers["content-range"]) == (416, f"bytes */{BYTES}")
    emulator.script(rule({"kind": "ignore_range"}, count=1), rule({"kind": "refuse_range"}, count=1))
    assert raw(emulator, Range="bytes=5-9")[::2] == (200, content)
    assert raw(emulator, Range="bytes=5-9")[0] == 416
    with pytest.raises(RangeNotSatisfiable):
        stretch("bytes=-5", 0)


def test_listings_can_be_incomplete_short_empty_repeated_and_lack_children(emulator, client):
    def pages(q="'f1' in parents or 'f2' in parents", **more):
        return every_page(client.files(), q=q, fields="nextPageToken,incompleteSearch,files(name)", **more)
    assert [names(page["files"]) for page in pages()] == [["a.csv", "b.csv"]]
    emulator.script(rule({"kind": "incomplete_search"}, operation="files.list"))
    assert pages()[0]["incompleteSearch"] is True
    emulator.script(rule({"kind": "empty_page"}, operation="files.list", count=2))
    assert [len(page["files"]) for page in pages()] == [0, 0, 2]
    emulator.script(rule({"kind": "short_page", "files": 1}, operation="files.list"))
    assert [len(page["files"]) for page in pages()] == [1, 1]
    emulator.script(rule({"kind": "repeat_item"}, operation="files.list", count=1))
    assert [len(page["files"]) for page in pages()] == [2, 1]
    emulator.script(rule({"kind": "omit_children"}, operation="files.list"))
    found = pages()
    assert [names(page["files"]) for page in found] == [["a.csv"]] and found[0]["incompleteSearch"] is False
    assert names(pages("'f2' in parents")[0]["files"]) == ["b.csv"]


def test_page_tokens_go_stale(emulator, client):
    first = client.files().list(pageSize=1).execute()
    emulator.script(rule({"kind": "stale_page_token"}, operation="files.list", count=1),
                    rule({"kind": "stale_page_token", "status": 410, "reason": "gone"}, operation="changes.list"))
    for request, expected in ((client.files().list(pageSize=1, pageToken=first["nextPageToken"]), (403, "pageTokenExpired")),
                              (client.changes().list(pageToken="user:1"), (410, "gone"))):
        with pytest.raises(HttpError) as caught:
            request.execute()
        assert (caught.value.status_code, reason(caught.value)) == expected


def test_a_token_that_expires_is_renewed_and_a_redirect_leads_to_another_host(emulator, client, content):
    emulator.script(rule({"kind": "expire_token"}, operation="files.list", count=1))
    client.files().list().execute()
    assert [(entry["operation"], entry["status"]) for entry in emulator.requests()] == [
        ("files.list", 401), ("token", 200), ("files.list", 200)]
    emulator.script(rule({"kind": "redirect"}))
    emulator.forget_requests()
    assert downloaded(client.files().get_media(fileId="big"), chunk=BYTES) == content
    assert [(entry["operation"], entry["status"]) for entry in emulator.requests()][-2:] == [("files.media", 302), ("link.content", 206)]
    status, headers, _, _ = raw(emulator)
    assert status in (302, 401) and (status == 401 or headers["location"].startswith(emulator.ready["other_url"] + "/content/"))


def test_token_endpoints_fail_in_their_own_shape(emulator):
    emulator.script(rule({"kind": "status", "status": 503, "reason": "temporarily_unavailable"}, operation="token", count=1))
    credentials = service_account(emulator)
    credentials.refresh(google.auth.transport.requests.Request())
    assert [entry["status"] for entry in emulator.requests()] == [503, 200]


def luck(seed, order):
    """What each attempt of some requests meets, when they come in an order."""
    rules = FaultRules(seed, {})
    kinds = [{"kind": kind} for kind in ("reset", "truncate", "corrupt")]
    rules.add([{"name": "weather", "probability": 0.3, "one_of": True, "actions": kinds}])
    found = {number: [] for number in order}
    for number in order * 3:
        actions = rules.actions_for(Request("GET", f"/file/{number}", {}))
        found[number].append([action["kind"] for _, action in actions])
    return found


def test_the_same_seed_has_the_same_luck_in_whatever_order_requests_come():
    numbers = list(range(200))
    first = luck("s", numbers)
    assert luck("s", numbers[::-1]) == first != luck("t", numbers)
    hits = [kind for attempts in first.values() for attempt in attempts for kind in attempt]
    assert 120 < len(hits) < 240 and set(hits) == {"reset", "truncate", "corrupt"}


def test_each_request_is_spared_in_the_end_where_a_rule_says_so(emulator):
    emulator.script({"per_request": 2, "skip": 1, "match": {"path": "big"}, "actions": [{"kind": "status", "status": 503}]})
    assert [raw(emulator, "/drive/v3/files/big")[0] for _ in range(5)] == [200, 503, 503, 200, 200]
    assert [raw(emulator, "/drive/v3/files/big?fields=id")[0] for _ in range(3)] == [503, 503, 200]
    [told] = emulator.admin("GET", "faults")["faults"]
    assert (told["met"], told["hits"]) == (8, 4)


def test_a_quota_refuses_what_is_too_much_at_a_time(emulator):
    emulator.script({"above": {"requests": 3, "seconds": 1.5}, "match": {"operation": "files.get"},
                     "actions": [{"kind": "status", "status": 403, "reason": "userRateLimitExceeded"}]})
    assert [raw(emulator, "/drive/v3/files/big")[0] for _ in range(5)] == [200, 200, 200, 403, 403]
    time.sleep(1.6)
    assert raw(emulator, "/drive/v3/files/big")[0] == 200


@pytest.mark.parametrize("script, said", [
    ({"actions": [{"kind": "explode"}]}, "no such kind"), ({"actions": []}, "needs actions"),
    ({"when": 1, "actions": [{"kind": "latency"}]}, "when"),
    ({"match": {"verb": "GET"}, "actions": [{"kind": "latency"}]}, "verb"), ({"actions": [{"kind": "slow"}]}, "bytes_per_second"),
    ({"actions": [{"kind": "status", "code": 5}]}, "code"), ({"probability": 3, "actions": [{"kind": "latency"}]}, "probability"),
])
def test_a_rule_that_cannot_be_is_refused(emulator, script, said):
    with pytest.raises(AdminError, match=said):
        emulator.script(script)


def test_parallel_requests_keep_their_connections_and_the_log_keeps_no_secret(emulator):
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=20)
    for _ in range(3):
        connection.request("GET", "/drive/v3/files", headers={"Authorization": f"Bearer {emulator.token}"})
        connection.getresponse().read()
    connection.request("HEAD", "/drive/v3/files/big", headers={"Authorization": f"Bearer {emulator.token}"})
    response = connection.getresponse()
    assert response.status == 200 and int(response.headers["content-length"]) > 0 and response.read() == b""
    entries = emulator.requests()
    assert len({entry["connection"] for entry in entries}) == 1 and len(entries) == 4
    assert emulator.token not in json.dumps(entries) and entries[0]["authorization"] is True
    threads = [threading.Thread(target=raw, args=(emulator,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(entry["bytes"] == BYTES and entry["complete"] for entry in emulator.requests(operation="files.media")) == 16


def test_chunked_requests_are_read_and_nonsense_is_answered(emulator):
    form = b"grant_type=refresh_token&refresh_token=x"
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        head = b"POST /token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"5;ext=1\r\n" + form[:5] + b"\r\n" + f"{len(form) - 5:x}".encode() + b"\r\n" + form[5:] + b"\r\n0\r\n\r\n"
        connection.sendall(head + chunks)
        assert b"invalid_grant" in connection.recv(1 << 16)
        connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 404 ")
        connection.sendall(b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413 ")


def test_large_content_is_made_while_it_is_read(emulator):
    size = 3 * 1024 * 1024 + 17
    content = GeneratedContent(size, 5)
    whole = b"".join(content.blocks(0, size))
    assert len(whole) == size and content.digest("md5") == hashlib.md5(whole).hexdigest()
    assert content.read(1 << 20, 10) == whole[1 << 20:(1 << 20) + 10]
    emulator.admin("POST", "changes", {"op": "file", "id": "text", "name": "long.txt", "text": "line\n" * 1000})
    _, headers, body, _ = raw(emulator, "/drive/v3/files/text?alt=media", **{"Accept-Encoding": "gzip", "User-Agent": "x gzip"})
    assert headers["content-encoding"] == "gzip" and gzip.decompress(body) == b"line\n" * 1000
    headers = raw(emulator, "/drive/v3/files/text?alt=media", **{"Accept-Encoding": "identity", "User-Agent": "gzip"})[1]
    assert "content-encoding" not in headers
    assert len(listed(drive(emulator), "name contains 'long'", **EVERYWHERE)) == 1
