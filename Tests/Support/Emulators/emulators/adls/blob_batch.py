"""Blob batches: several deletions in one multipart body, each with a signature of its own (RFC 2046)."""

import secrets
from http.client import responses

from ..kit.byte_content import MemoryContent
from ..kit.http_messages import Reply, Request
from .adls_errors import ADLSError

MOST_PARTS = 256


def requests_of(request):
    """[(Content-ID, Request)] of the body's parts."""
    boundary = request.header("content-type").partition("boundary=")[2].strip('"')
    if not request.header("content-type").startswith("multipart/mixed") or not boundary:
        raise ADLSError("InvalidHeaderValue")
    parts = request.body.replace(b"\r\n", b"\n").split(b"--" + boundary.encode())[1:-1]
    if not 0 < len(parts) <= MOST_PARTS:
        raise ADLSError("InvalidInput")
    return [one(part.decode("utf-8"), request) for part in parts]


def one(text, outer):
    head, _, inner = text.lstrip("\n").partition("\n\n")
    content_id = next((line.partition(":")[2].strip() for line in head.split("\n") if line.lower().startswith("content-id:")), "0")
    lines = inner.strip("\n").split("\n")
    words = lines[0].split(" ")
    if len(words) < 2:
        raise ADLSError("InvalidInput")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            break
        headers[name.strip().lower()] = value.strip()
    # A part may leave the version to the batch.
    headers.setdefault("host", outer.header("host"))
    made = Request(words[0], words[1], headers, connection=outer.connection)
    made.in_batch = True
    return content_id, made


def answer(replies):
    """One multipart reply of [(Content-ID, Reply)]."""
    boundary = f"batchresponse_{secrets.token_hex(16)}"
    data = b""
    for content_id, reply in replies:
        lines = [f"--{boundary}", "Content-Type: application/http", f"Content-ID: {content_id}", "",
                 f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Status')}"]
        body = reply.content.read(reply.start, reply.length) if reply.length else b""
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body else []
        data += "\r\n".join([*lines, "", ""]).encode("utf-8") + body + b"\r\n"
    data += f"--{boundary}--\r\n".encode()
    return Reply(202, {"Content-Type": f"multipart/mixed; boundary={boundary}"}, MemoryContent(data))
