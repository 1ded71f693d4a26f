"""Replies with a file's bytes, whole or a stretch of them; both endpoints read alike."""

from ..kit.byte_content import ByteContent
from ..kit.byte_range import RangeNotSatisfiable, stretch
from ..kit.http_messages import Reply
from .adls_errors import ADLSError
from .body_checks import md5_text
from .crc64 import crc64_text
from .lake_files import OpenContent, segments_of

# The service takes checksums of stretches up to this size only.
MOST_CHECKED_BYTES = 4 * 1024 * 1024
OVERRIDES = {"rscc": "Cache-Control", "rscd": "Content-Disposition", "rsce": "Content-Encoding", "rscl": "Content-Language",
             "rsct": "Content-Type"}


class ContentReads:
    def __init__(self, store):
        self._store = store

    def head(self, node, headers):
        """The length without the bytes."""
        return Reply(200, headers, ByteContent(node.size))

    def get(self, request, node, headers):
        place = request.address
        for name, header in OVERRIDES.items():
            if "sig" in place.parameters and place.parameter(name):
                headers[header] = place.parameter(name)
        content = OpenContent(self._store.files.place([place.filesystem, *segments_of(place.path)]), node.size)
        asked = request.header("x-ms-range") or request.header("range")
        request.notes.update(etag=node.etag)
        try:
            found = stretch(asked, node.size)
        except RangeNotSatisfiable:
            raise ADLSError("InvalidRange", headers={"Content-Range": f"bytes */{node.size}"}) from None
        if found is None or "ignore_range" in request.tweaks:
            return Reply(200, headers, content)
        start, length = found
        if "Content-MD5" in headers:
            # Content-MD5 would be of this stretch.
            headers["x-ms-blob-content-md5"] = headers.pop("Content-MD5")
        self._checksums(request, content, start, length, headers)
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{node.size}"
        return Reply(206, headers, content, start, length)

    def _checksums(self, request, content, start, length, headers):
        wanted = {name: request.header(f"x-ms-range-get-content-{name}").lower() == "true" for name in ("md5", "crc64")}
        if not any(wanted.values()):
            return
        if length > MOST_CHECKED_BYTES:
            raise ADLSError("InvalidHeaderValue", "Checksums are given of 4 MiB at most.")
        data = b"".join(content.blocks(start, length))
        if wanted["md5"]:
            headers["Content-MD5"] = md5_text(data)
        else:
            headers["x-ms-content-crc64"] = crc64_text(data)
