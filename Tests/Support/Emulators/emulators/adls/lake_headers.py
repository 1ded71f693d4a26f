"""Headers of requests and replies that tell properties: content headers, metadata, and what each resource shows of itself."""

import base64
import binascii
import re
from email.utils import formatdate

from .adls_errors import ADLSError
from .etags import file_time
from .lake_node import CONTENT_PROPERTIES

METADATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FOLDER_MARK = "hdi_isfolder"
MOST_METADATA_BYTES = 8_192
# Put Blob and the other blob operations call the content headers so; the dfs ones leave out `blob-`.
BLOB_PREFIX, PATH_PREFIX = "x-ms-blob-", "x-ms-"
MADE = {"x-ms-request-server-encrypted": "true"}


def content_properties(request, prefix):
    """{content-type: ...} of what the request names."""
    return {name: request.header(prefix + name).strip() for name in CONTENT_PROPERTIES if request.header(prefix + name).strip()}


def checked_size(found):
    """Names and values together."""
    if sum(len(name) + len(value) for name, value in found.items()) > MOST_METADATA_BYTES:
        raise ADLSError("MetadataTooLarge")
    return found


def metadata(request):
    """x-ms-meta-NAME headers of the blob endpoint."""
    found = {}
    for name, value in request.headers.items():
        if name.startswith("x-ms-meta-"):
            name = name[len("x-ms-meta-"):]
            if not METADATA_NAME.fullmatch(name):
                raise ADLSError("InvalidHeaderValue", f"The metadata name {name} is invalid.")
            if name != FOLDER_MARK:
                found[name] = value.strip()
    return checked_size(found)


def marks_folder(request):
    return request.header(f"x-ms-meta-{FOLDER_MARK}").lower() == "true"


def path_properties(request):
    """x-ms-properties of the dfs endpoint, `name=base64(value)` with commas between; None when there is no such header."""
    text = request.headers.get("x-ms-properties")
    if text is None:
        return None
    found = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        name, sign, value = pair.partition("=")
        if not sign or not METADATA_NAME.fullmatch(name):
            raise ADLSError("InvalidHeaderValue", "x-ms-properties is invalid.")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("iso-8859-1")
        except binascii.Error:
            raise ADLSError("InvalidHeaderValue", "x-ms-properties is not base64.") from None
    return checked_size(found)


def http_date(seconds):
    return formatdate(int(seconds), usegmt=True)


def tag(node):
    """What every write and read tells."""
    return {"ETag": node.quoted_etag, "Last-Modified": http_date(node.modified)}


def path_headers(node, now):
    """Of a path at the dfs endpoint."""
    found = {**tag(node), **content_headers(node), "Accept-Ranges": "bytes",
             "x-ms-resource-type": "directory" if node.is_directory else "file", **access_headers(node), **node.lease.headers(now),
             "x-ms-creation-time": http_date(node.created), "x-ms-server-encrypted": "true", "x-ms-access-tier": "Hot",
             "x-ms-access-tier-inferred": "true"}
    if node.expires is not None:
        found["x-ms-expiry-time"] = http_date(node.expires)
    marks = {**node.metadata, FOLDER_MARK: "true"} if node.is_directory else node.metadata
    if marks:
        found["x-ms-properties"] = ",".join(f"{name}={base64.b64encode(value.encode('iso-8859-1')).decode()}"
                                            for name, value in marks.items())
    return found


def blob_headers(node, now, hierarchical):
    """Of a path at the blob endpoint."""
    found = {**tag(node), **content_headers(node), "Accept-Ranges": "bytes", "x-ms-blob-type": "BlockBlob", **node.lease.headers(now),
             "x-ms-creation-time": http_date(node.created), "x-ms-server-encrypted": "true", "x-ms-access-tier": "Hot",
             "x-ms-access-tier-inferred": "true"}
    if hierarchical:
        found.update(access_headers(node))
        found["x-ms-resource-type"] = "directory" if node.is_directory else "file"
    if node.expires is not None:
        found["x-ms-expiry-time"] = http_date(node.expires)
    found.update((f"x-ms-meta-{name}", value) for name, value in node.metadata.items())
    if node.is_directory:
        found[f"x-ms-meta-{FOLDER_MARK}"] = "true"
    return found


def content_headers(node):
    found = {"Content-Type": node.content_type}
    for name in CONTENT_PROPERTIES[1:]:
        if node.content.get(name):
            found[{"content-md5": "Content-MD5"}.get(name, name.title())] = node.content[name]
    return found


def access_headers(node):
    return {"x-ms-owner": node.owner, "x-ms-group": node.group, "x-ms-permissions": node.permissions + ("+" if node.acl else "")}


def listed_path(path, node):
    """One path of the dfs listing: all values are texts."""
    found = {"contentLength": str(node.size), "creationTime": file_time(node.created), "etag": node.etag, "expiryTime": "0",
             "group": node.group}
    if node.expires is not None:
        found["expiryTime"] = file_time(node.expires)
    if node.is_directory:
        found["isDirectory"] = "true"
    return {**found, "lastModified": http_date(node.modified), "name": path, "owner": node.owner, "permissions": node.permissions}
