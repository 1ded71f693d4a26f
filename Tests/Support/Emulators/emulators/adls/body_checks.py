"""What a client says of its body, held against the body."""

import base64
import hashlib

from .adls_errors import ADLSError
from .crc64 import crc64_text


def md5_text(data):
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def checked_body(request):
    """The body, after its transactional checksums; the headers of the reply that tell them. Raises what `prepare` has found."""
    prepare(request)
    if isinstance(request.checked, ADLSError):
        raise request.checked
    return request.checked


def prepare(request):
    """Takes the checksums, which is slow, while nobody has to wait for it. Whether anyone asks is another matter."""
    if getattr(request, "checked", None) is None:
        try:
            request.checked = checked(request)
        except ADLSError as error:
            request.checked = error


def checked(request):
    """A fault may have spoiled the body on the way."""
    if "content-length" not in request.headers:
        raise ADLSError("MissingContentLengthHeader")
    data = request.body
    if "corrupt_body" in request.tweaks and data:
        place = len(data) // 2
        data = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1:]
    md5, crc = request.header("content-md5").strip(), request.header("x-ms-content-crc64").strip()
    if md5 and crc:
        raise ADLSError("InvalidHeaderValue", "Only one of Content-MD5 and x-ms-content-crc64 may be given.")
    if request.header("x-ms-structured-body"):
        raise ADLSError("UnsupportedHeader")
    told = {}
    if md5:
        check_length(md5, 16)
        told["Content-MD5"] = md5_text(data)
        if told["Content-MD5"] != md5:
            raise ADLSError("Md5Mismatch")
    elif crc:
        check_length(crc, 8)
        told["x-ms-content-crc64"] = crc64_text(data)
        if told["x-ms-content-crc64"] != crc:
            raise ADLSError("Crc64Mismatch")
    return data, told


def check_length(text, byte_count):
    try:
        valid = len(base64.b64decode(text, validate=True)) == byte_count
    except ValueError:
        valid = False
    if not valid:
        raise ADLSError("InvalidHeaderValue", "The checksum is not of the right length.")
