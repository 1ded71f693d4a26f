"""Which operation an address means, and which file it is about."""

from ..kit.http_messages import Query

# operation -> whether it gives content, which metadata scopes do not allow.
API_OPERATIONS = {
    "about.get": False, "files.list": False, "files.get": False, "files.media": True, "files.export": True, "files.download": True,
    "operations.get": True, "revisions.list": False, "revisions.get": False, "revisions.media": True, "changes.getStartPageToken": False,
    "changes.list": False, "drives.list": True, "drives.get": True,
}
TOKEN_OPERATIONS = {"token", "sts.token", "iam.generateAccessToken"}
METADATA_OPERATIONS = {"metadata.ping", "metadata.get", "identity"}
UNKNOWN, WRITING = "unknown", "writing"


def overridden(request):
    """Long questions come as POST with `X-HTTP-Method-Override: GET` and the parameters in the body: a GET, then."""
    if request.method == "POST" and request.header("x-http-method-override").upper() == "GET":
        request.method = "GET"
        request.query.pairs.extend(Query(request.body.decode("utf-8", "replace")).pairs)
        request.notes["overridden"] = True


def located(request):
    """(operation, subject) of a request."""
    parts, method = [part for part in request.parts if part != ""], request.method
    if parts[:3] == ["download", "drive", "v3"]:
        parts = parts[1:]
    if parts[:2] == ["drive", "v3"]:
        return api(method, parts[2:], (request.query.get("alt") or "json").lower())
    if method == "POST":
        return posted(parts)
    if method in ("GET", "HEAD"):
        return fetched(request, parts)
    return UNKNOWN, ""


def api(method, parts, alt):
    media = alt == "media"
    if method == "POST" and len(parts) == 3 and parts[0] == "files" and parts[2] == "download":
        return "files.download", parts[1]
    if method not in ("GET", "HEAD"):
        return WRITING, ""
    if len(parts) == 1 and parts[0] in ("about", "files", "changes", "drives"):
        return {"about": "about.get"}.get(parts[0], f"{parts[0]}.list"), ""
    if parts == ["changes", "startPageToken"]:
        return "changes.getStartPageToken", ""
    if len(parts) == 2 and parts[0] in ("files", "drives", "operations"):
        return ("files.media" if media and parts[0] == "files" else f"{parts[0]}.get"), parts[1]
    if len(parts) == 3 and parts[0] == "files" and parts[2] in ("export", "revisions"):
        return ("files.export" if parts[2] == "export" else "revisions.list"), parts[1]
    if len(parts) == 4 and parts[0] == "files" and parts[2] == "revisions":
        return ("revisions.media" if media else "revisions.get"), parts[1]
    return UNKNOWN, ""


def posted(parts):
    if parts == ["token"]:
        return "token", ""
    if parts == ["v1", "token"]:
        return "sts.token", ""
    if parts[:4] == ["v1", "projects", "-", "serviceAccounts"] and len(parts) == 5 and parts[4].endswith(":generateAccessToken"):
        return "iam.generateAccessToken", parts[4].partition(":")[0]
    return UNKNOWN, ""


def fetched(request, parts):
    if not parts:
        return "metadata.ping", ""
    if parts[0] == "computeMetadata":
        return "metadata.get", ""
    if parts == ["metadata", "identity", "oauth2", "token"]:
        return "identity", ""
    if parts == ["spreadsheets", "export"]:
        return "link.export", request.query.get("id", "")
    if len(parts) == 2 and parts[0] in ("content", "download"):
        return f"link.{parts[0]}", ""
    if parts == ["ServiceLogin"]:
        return "link.sign_in", ""
    return UNKNOWN, ""
