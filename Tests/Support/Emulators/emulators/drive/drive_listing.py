"""drives.list, drives.get and about.get."""

from . import drive_errors, known_fields, search_match, search_query
from .field_mask import applied, parsed
from .file_resource import drive_resource, user

DEFAULT_PAGE, MOST_PAGE = 10, 100
DEFAULT_MASK = "kind,nextPageToken,drives(kind,id,name)"


class DriveListing:
    def __init__(self, tree, tokens):
        self._tree = tree
        self._tokens = tokens

    def page(self, request, parameters):
        size = parameters.page_size(DEFAULT_PAGE, MOST_PAGE, coerced=False)
        self._check_administrator(parameters)
        query = search_query.parsed(parameters.text("q"), search_query.DRIVE_TERMS)
        question = (request.principal, "drives", parameters.text("q"))
        text = parameters.text("pageToken")
        ids = self._tokens.ids(text, question) if text else list(self._tree.drives)
        found = [self._tree.drives[drive_id] for drive_id in ids if self._listed(drive_id, request.principal, query)]
        body = {"kind": "drive#driveList", "drives": [drive_resource(drive, request.principal) for drive in found[:size]]}
        if found[size:]:
            body["nextPageToken"] = self._tokens.token(question, [drive.id for drive in found[size:]])
        return applied(parsed(parameters.text("fields", DEFAULT_MASK), known_fields.DRIVE_LIST), body)

    def get(self, request, parameters, drive_id):
        self._check_administrator(parameters)
        drive = self._tree.drives.get(drive_id)
        if drive is None or request.principal not in drive.members:
            raise drive_errors.drive_not_found(drive_id)
        mask = parsed(parameters.text("fields", "kind,id,name"), known_fields.DRIVE)
        return applied(mask, drive_resource(drive, request.principal))

    def about(self, request, parameters):
        """The one method whose `fields` must be given."""
        if not (parameters.text("fields") or "").strip():
            raise drive_errors.required("fields", "The 'fields' parameter is required for this method.")
        body = {"kind": "drive#about", "user": user(request.principal, request.principal), "canCreateDrives": False,
                "storageQuota": {"limit": "16106127360", "usage": "0", "usageInDrive": "0", "usageInDriveTrash": "0"}}
        return applied(parsed(parameters.text("fields"), known_fields.ABOUT), body)

    def _listed(self, drive_id, principal, query):
        drive = self._tree.drives.get(drive_id)
        if drive is None or principal not in drive.members:
            return False
        return search_match.matches(query, search_match.drive_test(drive, principal))

    def _check_administrator(self, parameters):
        if parameters.spelled_true("useDomainAdminAccess"):
            raise drive_errors.DriveError(403, "The requesting user does not have the administrator privilege required.",
                                          "noListTeamDrivesAdministratorPrivilege")
