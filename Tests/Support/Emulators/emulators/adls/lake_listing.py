"""Listings: paths as JSON (dfs), blobs and containers as XML (blob), page by page."""

import base64
import binascii
import re
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from ..kit.byte_content import MemoryContent
from ..kit.http_messages import Reply, json_reply
from .adls_errors import XML_DECLARATION, ADLSError
from .lake_headers import FOLDER_MARK, http_date, listed_path, tag

MOST_LISTED = 5_000
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
PROPERTY_ELEMENTS = {"content-type": "Content-Type", "content-encoding": "Content-Encoding", "content-language": "Content-Language",
                     "content-md5": "Content-MD5", "cache-control": "Cache-Control", "content-disposition": "Content-Disposition"}


class LakeListing:
    def __init__(self, store, settings, clock):
        self._store = store
        self._settings = settings
        self._clock = clock

    # ---- dfs

    def paths(self, request):
        place = request.address
        filesystem = self._store.filesystem(place.filesystem)
        directory = place.parameter("directory").strip("/")
        root = self._store.find(place.filesystem, directory) if directory else filesystem
        if root is None:
            raise ADLSError("PathNotFound")
        if place.parameter("recursive").lower() not in ("true", "false"):
            raise ADLSError("InvalidQueryParameterValue" if place.parameter("recursive") else "MissingRequiredQueryParameter")
        found = self._below(root, directory, place.flag("recursive"))
        start = read_token(place.parameter("continuation")) or (place.parameter("beginfrom") and f"{directory}/".lstrip("/")
                                                                + place.parameter("beginfrom"))
        if start:
            found = [each for each in found if each[0].split("/") >= start.split("/")]
        page, following = self._page(request, found, place.parameter("maxresults"))
        headers = {**tag(filesystem)}
        if following:
            headers["x-ms-continuation"] = make_token(following)
        reply = json_reply(200, {"paths": [listed_path(path, node) for path, node in page]}, headers, indent=0)
        reply.headers["Content-Type"] = "application/json;charset=utf-8"
        return reply

    def _below(self, root, path, recursive):
        if not root.is_directory:
            return [(path, root)]
        if recursive:
            found = list(self._store.walk(root, path))[1:]
        else:
            found = [(f"{path}/{name}" if path else name, root.children[name]) for name in sorted(root.children)]
        return [(path, node) for path, node in found if node.expires is None or node.expires > self._clock.now()]

    def _page(self, request, found, asked):
        """(what this reply lists, the name with which the next one begins or None)."""
        most = min(number(asked) if asked else MOST_LISTED, self._settings.page_size, MOST_LISTED)
        if "short_page" in request.tweaks:
            most = min(most, int(request.tweaks["short_page"].get("paths", 1)))
        if "empty_page" in request.tweaks and found:
            most = 0
        request.notes["listed"] = min(most, len(found))
        return found[:most], found[most][0] if len(found) > most else None

    # ---- blob

    def blobs(self, request):
        place = request.address
        self._store.filesystem(place.filesystem)
        prefix, delimiter = place.parameter("prefix"), place.parameter("delimiter")
        if delimiter not in ("", "/"):
            raise ADLSError("InvalidQueryParameterValue")
        include = set(place.parameter("include").split(",")) if place.parameter("include") else set()
        found = self._named(place.filesystem, prefix, delimiter, place.parameter("showonly"))
        start = read_token(place.parameter("marker")) or place.parameter("startfrom")
        found = [each for each in found if not start or each[0] >= start]
        page, following = self._page(request, found, place.parameter("maxresults"))
        body = "".join(self._blob(name, node, include) for name, node in page)
        asked = "".join(f"<{element}>{escape(place.parameter(name))}</{element}>" for name, element in (
            ("prefix", "Prefix"), ("marker", "Marker"), ("maxresults", "MaxResults"), ("delimiter", "Delimiter"))
            if place.parameter(name))
        marker = make_token(following) if following else ""
        return xml_reply(f"<EnumerationResults ServiceEndpoint={quoteattr(self._endpoint(request))} "
                         f"ContainerName={quoteattr(place.filesystem)}>{asked}<Blobs>{body}</Blobs>"
                         f"<NextMarker>{marker}</NextMarker></EnumerationResults>")

    def _named(self, filesystem, prefix, delimiter, only):
        """[(name, node)] in the order of names; the name of what stands for all below it ends with the delimiter."""
        now, found = self._clock.now(), {}
        for path, node in self._store.walk(self._store.filesystem(filesystem), ""):
            if not path or not path.startswith(prefix) or (node.expires is not None and node.expires <= now):
                continue
            rest = path[len(prefix):]
            if delimiter and ("/" in rest or node.is_directory):
                # A directory is a prefix even when it is empty, where the account knows directories.
                name = prefix + rest.partition("/")[0] + "/"
                if self._store.hierarchical or "/" in rest:
                    found.setdefault(name, node)
            elif self._store.hierarchical or not node.is_directory:
                found[path] = node
        wanted = {"directories": lambda name, node: name.endswith("/") or node.is_directory,
                  "files": lambda name, node: not name.endswith("/") and not node.is_directory}.get(only, lambda name, node: True)
        return [(name, found[name]) for name in sorted(found) if wanted(name, found[name])]

    def _blob(self, name, node, include):
        if name.endswith("/"):
            properties = self._properties(node) if self._store.hierarchical and node.is_directory else ""
            return f"<BlobPrefix>{name_element(name)}{properties}</BlobPrefix>"
        metadata = ""
        if "metadata" in include:
            marks = {**node.metadata, FOLDER_MARK: "true"} if node.is_directory else node.metadata
            metadata = "<Metadata>" + "".join(f"<{key}>{escape(value)}</{key}>" for key, value in marks.items()) + "</Metadata>"
        return f"<Blob>{name_element(name)}{self._properties(node)}{metadata}<OrMetadata /></Blob>"

    def _properties(self, node):
        now = self._clock.now()
        lease = node.lease.headers(now)
        elements = {"Creation-Time": http_date(node.created), "Last-Modified": http_date(node.modified), "Etag": node.etag}
        if self._store.hierarchical:
            elements.update({"ResourceType": "directory" if node.is_directory else "file", "Owner": node.owner, "Group": node.group,
                             "Permissions": node.permissions})
        elements["Content-Length"] = str(node.size)
        content = {"content-type": node.content_type, **node.content}
        elements.update((element, content.get(name, "")) for name, element in PROPERTY_ELEMENTS.items())
        elements.update({"BlobType": "BlockBlob", "AccessTier": "Hot", "AccessTierInferred": "true",
                         "LeaseStatus": lease["x-ms-lease-status"], "LeaseState": lease["x-ms-lease-state"]})
        if "x-ms-lease-duration" in lease:
            elements["LeaseDuration"] = lease["x-ms-lease-duration"]
        elements["ServerEncrypted"] = "true"
        return "<Properties>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items()) + "</Properties>"

    # ---- containers

    def _filesystems(self, request):
        prefix = request.address.parameter("prefix")
        found = [(name, node) for name, node in sorted(self._store.filesystems.items()) if name.startswith(prefix)]
        start = read_token(request.address.parameter("marker") or request.address.parameter("continuation"))
        found = [each for each in found if not start or each[0] >= start]
        return self._page(request, found, request.address.parameter("maxresults"))

    def containers(self, request):
        page, following = self._filesystems(request)
        body = "".join(f"<Container><Name>{name}</Name><Properties><Last-Modified>{http_date(node.modified)}</Last-Modified>"
                       f"<Etag>{escape(node.quoted_etag)}</Etag><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
                       "<DefaultEncryptionScope>$account-encryption-key</DefaultEncryptionScope>"
                       "<DenyEncryptionScopeOverride>false</DenyEncryptionScopeOverride><HasImmutabilityPolicy>false"
                       "</HasImmutabilityPolicy><HasLegalHold>false</HasLegalHold></Properties></Container>" for name, node in page)
        marker = make_token(following) if following else ""
        return xml_reply(f"<EnumerationResults ServiceEndpoint={quoteattr(self._endpoint(request))}><Containers>{body}</Containers>"
                         f"<NextMarker>{marker}</NextMarker></EnumerationResults>")

    def filesystems(self, request):
        page, following = self._filesystems(request)
        headers = {"x-ms-continuation": make_token(following)} if following else {}
        return json_reply(200, {"filesystems": [{"name": name, "lastModified": http_date(node.modified), "eTag": node.quoted_etag}
                                                for name, node in page]}, headers, indent=0)

    def _endpoint(self, request):
        return f"http://{request.header('host')}/"


def xml_reply(text, status=200, headers=None):
    return Reply(status, {"Content-Type": "application/xml", **(headers or {})}, MemoryContent((XML_DECLARATION + text).encode("utf-8")))


def name_element(name):
    if NOT_XML.search(name):
        return f'<Name Encoded="true">{quote(name)}</Name>'
    return f"<Name>{escape(name)}</Name>"


def make_token(name):
    """A continuation has letters that must be escaped in a query, as the service's have."""
    return base64.b64encode(b"+>?" + name.encode("utf-8", "surrogateescape")).decode()


def read_token(text):
    if not text:
        return None
    try:
        data = base64.b64decode(text, validate=True)
        if not data.startswith(b"+>?"):
            raise ValueError
        return data[3:].decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        raise ADLSError("InvalidQueryParameterValue", "The continuation token is invalid.") from None


def number(text):
    if not text.isdecimal() or int(text) == 0:
        raise ADLSError("InvalidQueryParameterValue")
    return int(text)
