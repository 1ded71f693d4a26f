"""The service: routes a request, checks who asks, and hands it to the part that knows the answer."""

from ..kit.http_messages import Reply, bytes_reply
from ..kit.byte_content import MemoryContent
from ..kit.moving_clock import MovingClock, rfc3339
from ..kit.service import Service
from . import drive_access, drive_errors, drive_json, drive_routes, known_fields, mime_types, token_endpoints
from .access_tokens import CONTENT_SCOPES, METADATA_SCOPES, SCOPE_PREFIX, AccessTokens
from .change_listing import ChangeListing
from .drive_admin import DriveAdmin
from .drive_listing import DriveListing
from .drive_settings import Addresses, Settings
from .field_mask import applied, parsed
from .file_content import FileContents
from .file_item import Item
from .file_listing import FileListing
from .file_resource import DEFAULT_FIELDS, FileView, revision_resource
from .file_tree import FileTree
from .identities import OWNER, PULLER, Identities
from .metadata_server import MetadataServer
from .page_tokens import PageTokens
from .parameters import Parameters
from .tree_changes import TreeChanges

NOT_FOUND_PAGE = b"<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title></html>\n"


class DriveService(Service):
    name = "drive"
    fault_kinds = {
        "expire_token": (), "incomplete_search": (), "empty_page": (), "short_page": ("files",), "repeat_item": (), "omit_children": (),
        "ignore_range": (), "refuse_range": (), "redirect": (), "html_page": (), "stale_page_token": ("status", "reason", "message"),
    }

    def __init__(self, seed, folder_name):
        self.clock, self.settings, self.addresses = MovingClock(), Settings(), Addresses()
        self.identities = Identities()
        self.tree = FileTree(self.clock, seed)
        self.tokens = AccessTokens(self.clock)
        self.changes = TreeChanges(self.tree, self._main_folder(folder_name))
        pages = PageTokens(self.clock, seed)
        self._token_endpoints = token_endpoints.TokenEndpoints(self.identities, self.tokens, self.settings, self.addresses)
        self._metadata = MetadataServer(self.identities, self.tokens, self.settings)
        self._contents = FileContents(self.settings, self.addresses, seed)
        self._files = FileListing(self.tree, pages, self.addresses)
        self._change_listing = ChangeListing(self.tree, self.addresses)
        self._drives = DriveListing(self.tree, pages)
        self._admin = DriveAdmin(self)
        self.ready = {}

    def _main_folder(self, name):
        """The folder that tests fill: in the owner's drive, shared with the service account."""
        now = self.clock.now()
        folder = Item(self.tree.new_id(), name, mime_types.FOLDER, self.tree.root_of(OWNER), created=now, modified=now)
        folder.shares[PULLER] = "reader"
        self.tree.add(folder)
        return folder

    def located(self, url, other_url):
        self.addresses.url, self.addresses.other_url = url, other_url

    def describe(self):
        return {"folder": self.changes.main_folder.id, "owner": OWNER, "service_account": PULLER, **self.ready}

    def route(self, request):
        drive_routes.overridden(request)
        request.operation, request.subject = drive_routes.located(request)
        token = self.tokens.bearer(request)
        if token:
            request.principal = token.principal

    def admin(self, request, what):
        return self._admin.answer(request, what)

    def fault_reply(self, request, action):
        headers = dict(action.get("headers", {}))
        if "retry_after" in action:
            headers["Retry-After"] = str(action["retry_after"])
        if "body" in action:
            return Reply(action["status"], {"Content-Type": action.get("content_type", "text/html"), **headers},
                         MemoryContent(action["body"].encode()))
        if request.operation in ("token", "sts.token"):
            error = token_endpoints.scripted(action)
            return drive_json.reply(request, error.status, error.body, headers=headers)
        error = drive_errors.scripted(action)
        return drive_json.reply(request, error.code, error.body, headers=headers)

    def answer(self, request):
        operation = request.operation
        if "expire_token" in request.tweaks:
            self.tokens.expire(request)
        if operation in drive_routes.TOKEN_OPERATIONS:
            return self._token_endpoints.answer(request)
        if operation in drive_routes.METADATA_OPERATIONS:
            return self._metadata.answer(request)
        if operation == drive_routes.UNKNOWN:
            return bytes_reply(404, NOT_FOUND_PAGE, "text/html; charset=UTF-8")
        try:
            if operation == drive_routes.WRITING:
                raise drive_errors.not_emulated("writing through the API; use POST /_admin/changes")
            with self.tree.lock:
                return self._link(request) if operation.startswith("link.") else self._api(request)
        except drive_errors.DriveError as error:
            return drive_json.reply(request, error.code, error.body, headers=error.headers)

    def _link(self, request):
        """Addresses outside the API that the API's answers lead to."""
        what = request.operation.partition(".")[2]
        if what == "sign_in":
            return self._contents.sign_in(request)
        if what in ("content", "download"):
            return self._contents.ticket(request, request.parts[1])
        token = self.tokens.bearer(request)
        allowed = bool(token and token.scopes & CONTENT_SCOPES)
        item = self.tree.get(request.subject)
        view = FileView(self.tree, item, request.principal, self._keys(request), self.addresses) if allowed and item else None
        return self._contents.link(request, view if view and view.rank else None, request.query.get("exportFormat", "xlsx"))

    def _api(self, request):
        alt = (request.query.get("alt") or "json").lower()
        if alt not in ("json", "media"):
            raise drive_errors.DriveError(400, f"Invalid value \"{alt}\" for alt.", "badRequest", status="INVALID_ARGUMENT")
        self._check_token(request)
        if alt == "media" and request.operation not in ("files.media", "files.export", "revisions.media"):
            raise drive_errors.DriveError(400, 'Unsupported alt type "media" for non byte stream request.', "badRequest",
                                          status="INVALID_ARGUMENT")
        parameters = Parameters(request)
        for name in ("supportsAllDrives", "supportsTeamDrives", "includeItemsFromAllDrives", "acknowledgeAbuse"):
            parameters.flag(name)
        value = getattr(self, "_" + request.operation.replace(".", "_"))(request, parameters)
        if isinstance(value, Reply):
            return value
        return drive_json.reply(request, 200, value, pretty=parameters.flag("prettyPrint", True))

    def _check_token(self, request):
        token = self.tokens.bearer(request)
        if token is None:
            raise drive_errors.no_token(request.method)
        if not token:
            raise drive_errors.bad_token()
        content = drive_routes.API_OPERATIONS[request.operation]
        if not token.scopes & (CONTENT_SCOPES if content else METADATA_SCOPES | {SCOPE_PREFIX + "drive.file"}):
            raise drive_errors.missing_scope()

    # ---- One method for each operation, named after it

    def _about_get(self, request, parameters):
        return self._drives.about(request, parameters)

    def _files_list(self, request, parameters):
        return self._files.page(request, parameters)

    def _files_get(self, request, parameters):
        if parameters.spelled_true("acknowledgeAbuse"):
            raise drive_errors.DriveError(403, "The acknowledgeAbuse parameter is only applicable for download requests.",
                                          "invalidAbuseAcknowledgment", "acknowledgeAbuse")
        view = self._view(request, parameters.all_drives)
        text = parameters.text("fields", DEFAULT_FIELDS)
        mask = parsed(text, known_fields.FILE) if text.strip() else {}
        return applied(mask, view.resource(None if "*" in mask else set(mask)))

    def _files_media(self, request, parameters):
        return self._contents.media(request, self._view(request, parameters.all_drives), parameters)

    def _files_export(self, request, parameters):
        mime_type = parameters.text("mimeType")
        if mime_type is None:
            raise drive_errors.required("mimeType")
        return self._contents.export(request, self._view(request), mime_type)

    def _files_download(self, request, parameters):
        if "content-length" not in request.headers and "transfer-encoding" not in request.headers:
            return bytes_reply(411, b"<!DOCTYPE html><title>Error 411 (Length Required)!!1</title>", "text/html; charset=UTF-8")
        return self._contents.start_download(request, self._view(request), parameters.text("mimeType"), parameters.text("revisionId"))

    def _operations_get(self, request, parameters):
        return self._contents.operation(request, request.subject)

    def _revisions_list(self, request, parameters):
        view = self._readable_revisions(request)
        mask = parsed(parameters.text("fields", "*"), known_fields.REVISION_LIST)
        body = {"kind": "drive#revisionList", "revisions": [revision_resource(view.item, each) for each in view.item.revisions]}
        return applied(mask, body)

    def _revisions_get(self, request, parameters):
        view, revision = self._revision(request)
        return applied(parsed(parameters.text("fields", "*"), known_fields.REVISION), revision_resource(view.item, revision))

    def _revisions_media(self, request, parameters):
        view, revision = self._revision(request)
        return self._contents.media(request, view, parameters, revision)

    def _changes_getStartPageToken(self, request, parameters):
        return self._change_listing.start_token(request, parameters)

    def _changes_list(self, request, parameters):
        return self._change_listing.page(request, parameters)

    def _drives_list(self, request, parameters):
        return self._drives.page(request, parameters)

    def _drives_get(self, request, parameters):
        return self._drives.get(request, parameters, request.subject)

    # ---- Help

    def _keys(self, request):
        return drive_access.resource_keys(request.header("x-goog-drive-resource-keys"))

    def _view(self, request, all_drives=True):
        """The file that the request names, if the caller may see it: whatever is the matter, it is "not found"."""
        item = self.tree.get(self.tree.resolve(request.subject, request.principal))
        if item is not None and (all_drives or item.drive_id is None):
            view = FileView(self.tree, item, request.principal, self._keys(request), self.addresses)
            if view.rank:
                request.subject = item.id
                return view
        raise drive_errors.file_not_found(request.subject)

    def _readable_revisions(self, request):
        view = self._view(request)
        if view.item.is_blob and not view.capabilities()["canReadRevisions"]:
            raise drive_errors.scripted({"status": 403, "reason": "insufficientFilePermissions"})
        return view

    def _revision(self, request):
        view = self._readable_revisions(request)
        revision_id = request.parts[-1]
        revision = view.item.head if revision_id == "head" and view.item.is_blob else view.item.revision(revision_id)
        if revision is None:
            raise drive_errors.revision_not_found(revision_id)
        return view, revision

    def describe_item(self, item, digests):
        """One line of the admin dump: the truth, whoever looks."""
        line = {
            "id": item.id, "name": item.name, "path": self.tree.path(item), "mime_type": item.mime_type, "parent": item.parent_id,
            "drive": item.drive_id, "trashed": self.tree.is_trashed(item), "modified_time": rfc3339(item.modified),
            "version": str(item.version), "target": item.target_id, "flags": sorted(item.flags), "bytes": None,
        }
        if item.is_blob:
            line.update(bytes=item.head.content.size, revision=item.head.id)
            if digests:
                line.update(md5=item.head.content.digest("md5"), sha256=item.head.content.digest("sha256"))
        return line
