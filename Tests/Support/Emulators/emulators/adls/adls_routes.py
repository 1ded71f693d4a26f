"""What a request means: which endpoint it speaks to, which filesystem and path, which operation.

One address serves both endpoints, as the vendors' SDKs want it of an emulator (`http://127.0.0.1:PORT/ACCOUNT/...`): there the
request itself tells which it means. With a host name (`ACCOUNT.dfs.localhost`) the endpoint is certain, as in the cloud.
"""

from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus

UNKNOWN = "unknown"
IDENTITY_OPERATIONS = {"token", "discovery", "identity.imds", "identity.app_service"}
TOKEN_SUFFIXES = ("/oauth2/v2.0/token", "/oauth2/token")
DISCOVERY_SUFFIX = "/v2.0/.well-known/openid-configuration"
IMDS_PATH, APP_SERVICE_PATH = "/metadata/identity/oauth2/token", "/msi/token"
DFS_PARAMETERS = {"resource", "action", "mode", "recursive", "paginated"}

DFS_ACTIONS = {"append": "path.append", "flush": "path.flush", "setproperties": "path.setproperties",
               "setaccesscontrol": "path.setaccesscontrol", "setaccesscontrolrecursive": "path.setaccesscontrol"}
DFS_READS = {"getstatus": "path.status", "getaccesscontrol": "path.getaccesscontrol", "checkaccess": "path.status"}
FILESYSTEM_OPERATIONS = {"PUT": "filesystem.create", "DELETE": "filesystem.delete", "HEAD": "filesystem.properties",
                         "GET": "path.list", "PATCH": "filesystem.setproperties"}
PATH_OPERATIONS = {"GET": "path.read", "HEAD": "path.properties", "DELETE": "path.delete"}
CONTAINER_OPERATIONS = {("PUT", ""): "filesystem.create", ("DELETE", ""): "filesystem.delete", ("GET", ""): "filesystem.properties",
                        ("HEAD", ""): "filesystem.properties", ("GET", "list"): "blob.list", ("PUT", "lease"): "filesystem.lease",
                        ("PUT", "metadata"): "filesystem.setmetadata", ("GET", "metadata"): "filesystem.properties",
                        ("HEAD", "metadata"): "filesystem.properties", ("GET", "acl"): "filesystem.acl", ("HEAD", "acl"): "filesystem.acl",
                        ("POST", "batch"): "blob.batch"}
BLOB_OPERATIONS = {("PUT", ""): "blob.put", ("GET", ""): "blob.get", ("HEAD", ""): "blob.properties", ("DELETE", ""): "blob.delete",
                   ("PUT", "block"): "blob.putblock", ("PUT", "blocklist"): "blob.putblocklist", ("GET", "blocklist"): "blob.blocklist",
                   ("PUT", "metadata"): "blob.setmetadata", ("GET", "metadata"): "blob.properties", ("HEAD", "metadata"): "blob.properties",
                   ("PUT", "properties"): "blob.setproperties", ("PUT", "lease"): "blob.lease", ("PUT", "expiry"): "blob.setexpiry"}
ACCOUNT_OPERATIONS = {("GET", "", "list"): "account.list", ("POST", "", "batch"): "blob.batch",
                      ("POST", "service", "userdelegationkey"): "account.userdelegationkey",
                      ("GET", "account", "properties"): "account.properties", ("HEAD", "account", "properties"): "account.properties",
                      ("GET", "service", "properties"): "account.serviceproperties"}


@dataclass
class Address:
    """Where a request goes. `parameters` are the decoded query parameters by lower-cased name."""

    dfs: bool
    filesystem: str
    path: str
    parameters: dict = field(default_factory=dict)

    def parameter(self, name, default=""):
        values = self.parameters.get(name)
        return values[0] if values else default

    def flag(self, name):
        return self.parameter(name).lower() == "true"


def parameters_of(text):
    """{lower-cased name: [decoded values]} of a query."""
    found = {}
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        found.setdefault(unquote_plus(name).lower(), []).append(unquote_plus(value))
    return found


def address(request, account):
    """Which endpoint, filesystem and path."""
    raw_path, _, text = request.target.partition("?")
    parameters = parameters_of(text)
    host = request.header("host").partition(":")[0].lower()
    # `%2F` is a slash here as well: some clients escape it.
    path = unquote(raw_path).lstrip("/")
    if host.startswith((f"{account}.dfs.", f"{account}.blob.")):
        return Address(host.startswith(f"{account}.dfs."), *split(path), parameters)
    dfs = bool(request.method == "PATCH" or DFS_PARAMETERS & set(parameters) or "x-ms-rename-source" in request.headers
               or (request.method == "POST" and "x-ms-lease-action" in request.headers)
               or request.header("accept").startswith("application/json"))
    if "restype" in parameters or "comp" in parameters:
        dfs = parameters.get("comp") == ["expiry"] and dfs
    first, _, rest = path.partition("/")
    # Who drops the account from the path of a rename means the same.
    return Address(dfs, *split(rest if first == account else path), parameters)


def split(path):
    filesystem, _, rest = path.partition("/")
    return filesystem, rest


def located(request, account):
    """(operation, subject); the address is kept as `request.address`."""
    place = request.address = address(request, account)
    if request.method == "POST" and request.path.endswith(TOKEN_SUFFIXES):
        return "token", ""
    if request.method == "GET" and request.path.endswith(DISCOVERY_SUFFIX):
        return "discovery", ""
    if request.method == "GET" and request.path == IMDS_PATH:
        return "identity.imds", ""
    if request.method == "GET" and request.path == APP_SERVICE_PATH:
        return "identity.app_service", ""
    operation = (dfs_operation if place.dfs else blob_operation)(request, place)
    return operation, f"{place.filesystem}/{place.path}" if place.path else place.filesystem


def dfs_operation(request, place):
    # A JVM that cannot say PATCH says so.
    method = request.header("x-http-method-override").upper() or request.method
    if not place.filesystem:
        return "account.list_filesystems" if method == "GET" and place.parameter("resource") == "account" else UNKNOWN
    resource = place.parameter("resource").lower()
    if resource == "filesystem" and not place.path:
        return FILESYSTEM_OPERATIONS.get(method, UNKNOWN)
    if method == "PUT":
        if place.parameter("comp").lower() == "expiry":
            return "blob.setexpiry"
        return "path.rename" if request.header("x-ms-rename-source") else "path.create"
    if method == "PATCH":
        return DFS_ACTIONS.get(place.parameter("action").lower(), UNKNOWN)
    if method == "POST" and "x-ms-lease-action" in request.headers:
        return "path.lease"
    if method == "HEAD" and place.parameter("action"):
        return DFS_READS.get(place.parameter("action").lower(), UNKNOWN)
    return PATH_OPERATIONS.get(method, UNKNOWN)


def blob_operation(request, place):
    method, kind, what = request.method, place.parameter("restype").lower(), place.parameter("comp").lower()
    if not place.filesystem:
        return ACCOUNT_OPERATIONS.get((method, kind, what), UNKNOWN)
    if kind == "container" or not place.path:
        return CONTAINER_OPERATIONS.get((method, what), UNKNOWN) if kind == "container" else UNKNOWN
    if (method, what) == ("PUT", "") and request.header("x-ms-copy-source"):
        return "blob.copy"
    return BLOB_OPERATIONS.get((method, what), UNKNOWN)
