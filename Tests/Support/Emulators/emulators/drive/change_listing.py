"""changes.getStartPageToken and changes.list: one stream for a user, one for each shared drive, each with tokens of its own."""

from ..kit.moving_clock import rfc3339
from . import drive_access, drive_errors, known_fields
from .change_journal import DRIVE, FILE
from .field_mask import applied, names, parsed
from .file_resource import DEFAULT_FIELDS, FileView, drive_resource

DEFAULT_PAGE, MOST_PAGE = 100, 1_000
DEFAULT_MASK = ("kind,nextPageToken,newStartPageToken,changes(kind,type,changeType,time,removed,fileId,driveId,teamDriveId,"
                f"file({DEFAULT_FIELDS}),drive(kind,id,name))")
MOST_DIGITS = 15


class ChangeListing:
    def __init__(self, tree, links):
        self._tree = tree
        self._links = links

    def start_token(self, request, parameters):
        drive_id = self._drive(request, parameters)
        mask = parsed(parameters.text("fields", "*"), known_fields.START_PAGE_TOKEN)
        return applied(mask, {"kind": "drive#startPageToken", "startPageToken": token(self._tree.journal.head, drive_id)})

    def page(self, request, parameters):
        """The body of one changes.list."""
        size = parameters.page_size(DEFAULT_PAGE, MOST_PAGE, coerced=False)
        parameters.check_drive_flags()
        text = parameters.text("pageToken")
        if text is None:
            raise drive_errors.required("pageToken")
        drive_id = self._drive(request, parameters)
        if "stale_page_token" in request.tweaks:
            raise drive_errors.scripted({"status": 403, "reason": "pageTokenExpired", **request.tweaks["stale_page_token"]})
        number = self._number(text, drive_id)
        mask = parsed(parameters.text("fields", DEFAULT_MASK), known_fields.CHANGE_LIST)
        return applied(mask, self._body(request, parameters, number, size, drive_id, mask))

    def _drive(self, request, parameters):
        drive_id = parameters.drive_id
        if drive_id is None:
            return None
        if not parameters.all_drives:
            raise drive_errors.DriveError(403, "The supportsAllDrives parameter was not set to true.", "supportsTeamDrivesRequired")
        if request.principal not in getattr(self._tree.drives.get(drive_id), "members", ()):
            raise drive_errors.drive_not_found(drive_id)
        return drive_id

    def _number(self, text, drive_id):
        """The number in a token of this stream."""
        prefix, _, digits = text.rpartition(":")
        if prefix != stream(drive_id) or not digits.isdecimal() or len(digits) > MOST_DIGITS:
            raise drive_errors.invalid_value("pageToken")
        number = int(digits)
        if not 1 <= number <= self._tree.journal.head:
            raise drive_errors.invalid_value("pageToken")
        return number

    def _body(self, request, parameters, number, size, drive_id, mask):
        body = {"kind": "drive#changeList", "changes": []}
        wanted = names(mask, "changes", "file")
        if "short_page" in request.tweaks:
            size = min(size, int(request.tweaks["short_page"].get("files", 1)))
        if "empty_page" in request.tweaks:
            size = 0
        for entry in self._tree.journal.since(number):
            change = self._change(request, parameters, entry, drive_id, wanted)
            if change is not None:
                if len(body["changes"]) >= size:
                    body["nextPageToken"] = token(entry.number, drive_id)
                    return body
                body["changes"].append(change)
        body["newStartPageToken"] = token(self._tree.journal.head, drive_id)
        return body

    def _change(self, request, parameters, entry, drive_id, wanted):
        """One entry in the eyes of the caller, None when it is not for this stream."""
        if request.principal not in entry.seen_by:
            return None
        if drive_id is not None and drive_id not in entry.drive_ids:
            return None
        if drive_id is None and entry.drive_ids != {None}:
            if not parameters.items_from_all_drives or parameters.flag("restrictToMyDrive"):
                return None
        change = {"kind": "drive#change", "type": entry.kind, "changeType": entry.kind, "time": rfc3339(entry.time), "removed": False}
        if entry.kind == DRIVE:
            return self._drive_change(request, parameters, entry, change)
        assert entry.kind == FILE
        item = self._tree.get(entry.id)
        change["fileId"] = entry.id
        if item is None or not drive_access.shared_rank(self._tree, item, request.principal) \
                or (drive_id is not None and item.drive_id != drive_id):
            change["removed"] = True
            return change if parameters.flag("includeRemoved", True) else None
        if item.drive_id:
            change["driveId"] = change["teamDriveId"] = item.drive_id
        keys = drive_access.resource_keys(request.header("x-goog-drive-resource-keys"))
        change["file"] = FileView(self._tree, item, request.principal, keys, self._links).resource(wanted)
        return change

    def _drive_change(self, request, parameters, entry, change):
        drive = self._tree.drives.get(entry.id)
        change["driveId"] = change["teamDriveId"] = entry.id
        if drive is None or request.principal not in drive.members:
            change["removed"] = True
            return change if parameters.flag("includeRemoved", True) else None
        change["drive"] = drive_resource(drive, request.principal)
        return change


def stream(drive_id):
    """Tokens of one stream mean nothing in another."""
    return f"drive-{drive_id}" if drive_id else "user"


def token(number, drive_id):
    return f"{stream(drive_id)}:{number}"
