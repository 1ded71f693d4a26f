"""files.list: which files a caller sees, which of them the query wants, in what order, page by page.

Refusals come in Drive's own order: pageSize, orderBy, the flags for shared drives, q, corpora, pageToken, fields.
"""

import re

from ..kit import draws
from . import drive_access, drive_errors, known_fields, search_match, search_query
from .field_mask import applied, names, parsed
from .file_resource import DEFAULT_FIELDS, FileView

DEFAULT_PAGE, MOST_PAGE = 100, 1_000
CORPORA = ("user", "domain", "drive", "allDrives")
DEFAULT_MASK = f"kind,incompleteSearch,nextPageToken,files({DEFAULT_FIELDS})"
SORT_KEYS = {
    "createdTime": lambda item: item.created,
    "folder": lambda item: not item.is_folder,
    "modifiedByMeTime": lambda item: 0,
    "modifiedTime": lambda item: item.modified,
    "name": lambda item: item.name.casefold(),
    "name_natural": lambda item: natural(item.name),
    "quotaBytesUsed": lambda item: item.head.content.size if item.is_blob else 0,
    "recency": lambda item: item.modified,
    "sharedWithMeTime": lambda item: 0,
    "starred": lambda item: not item.starred,
    "viewedByMeTime": lambda item: 0,
}


def natural(name):
    """Runs of digits count as numbers."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name.casefold()) if part]


def sort_steps(text):
    """[(key, descending)] of an orderBy."""
    steps, seen = [], set()
    for part in filter(None, (each.split() for each in (text or "").split(","))):
        if part[0] not in SORT_KEYS or len(part) > 2 or part[1:] not in ([], ["desc"], ["asc"]):
            raise drive_errors.invalid_value("orderBy")
        name = "name" if part[0] == "name_natural" else part[0]
        if name in seen:
            raise drive_errors.DriveError(403, "The orderBy parameter cannot contain duplicate sort keys.",
                                          "orderByContainsDuplicateSortKeys", "orderBy")
        seen.add(name)
        steps.append((SORT_KEYS[part[0]], part[1:] == ["desc"]))
    return steps


class FileListing:
    def __init__(self, tree, tokens, links):
        self._tree = tree
        self._tokens = tokens
        self._links = links

    def page(self, request, parameters):
        """The body of one files.list."""
        size = parameters.page_size(DEFAULT_PAGE, MOST_PAGE, coerced=True)
        steps = sort_steps(parameters.text("orderBy"))
        parameters.check_drive_flags()
        query = search_query.parsed(parameters.text("q"))
        if steps and any(term.field == "fullText" for term in search_query.every_term(query)):
            raise drive_errors.DriveError(403, "Sorting is not supported for queries with fullText terms.", "forbidden", "orderBy")
        corpora = self._corpora(parameters)
        keys = drive_access.resource_keys(request.header("x-goog-drive-resource-keys"))
        question = (request.principal, parameters.text("q"), parameters.text("orderBy"), corpora, parameters.drive_id,
                    parameters.items_from_all_drives, parameters.text("spaces"))
        token = parameters.text("pageToken")
        if "stale_page_token" in request.tweaks and token:
            raise drive_errors.scripted({"status": 403, "reason": "pageTokenExpired", **request.tweaks["stale_page_token"]})
        if token:
            found = [self._tree.items[item_id] for item_id in self._tokens.ids(token, question) if item_id in self._tree.items]
        else:
            found = self._found(request, parameters, query, corpora, keys)
            found = self._ordered(found, steps)
        text = parameters.text("fields", DEFAULT_MASK)
        mask = parsed(text, known_fields.FILE_LIST) if text.strip() else {}
        return self._body(request, found, size, question, mask, keys)

    def _corpora(self, parameters):
        corpora, drive_id = parameters.text("corpora", "user"), parameters.drive_id
        if corpora not in CORPORA:
            raise drive_errors.invalid_value("corpora")
        if (corpora == "drive") != bool(drive_id):
            raise drive_errors.DriveError(400, "The driveId parameter must be specified if and only if corpora is set to drive.",
                                          "teamDriveIdRequiresTeamDriveCorpora")
        if corpora in ("drive", "allDrives") and not parameters.items_from_all_drives:
            raise drive_errors.DriveError(
                403, "The includeItemsFromAllDrives parameter must be set to true when driveId is specified or corpora contains drive "
                     "or allDrives.", "includeTeamDriveItemsRequired")
        return corpora

    def _found(self, request, parameters, query, corpora, keys):
        tree, principal = self._tree, request.principal
        if corpora == "drive" and principal not in getattr(tree.drives.get(parameters.drive_id), "members", ()):
            raise drive_errors.drive_not_found(parameters.drive_id)
        parents = self._parents(request, parameters, query, keys)
        certain = [tree.resolve(value, principal) for value in search_query.certain_parents(query)]
        candidates = tree.children(certain[0]) if certain else list(tree.items.values())
        hidden = self._left_out(request, query)
        found = []
        for item in candidates:
            if item.parent_id is None or "hidden_from_search" in item.flags or item.parent_id in hidden:
                continue
            if item.drive_id is not None and not parameters.items_from_all_drives:
                continue
            if corpora == "drive" and item.drive_id != parameters.drive_id:
                continue
            # What only a link opens is listed by nobody but who names its folder.
            if not drive_access.shared_rank(tree, item, principal):
                if item.parent_id not in parents or not drive_access.rank(tree, item, principal, keys):
                    continue
            if search_match.matches(query, search_match.file_test(tree, principal, item, keys)):
                found.append(item)
        return found

    def _parents(self, request, parameters, query, keys):
        """The folders that the query names. One that the caller cannot see is not found, without its id in the message."""
        named = set()
        for term in search_query.every_term(query):
            if term.field == "parents":
                folder = self._tree.get(self._tree.resolve(term.value, request.principal))
                if folder is None or (folder.drive_id and not parameters.all_drives) \
                        or not drive_access.rank(self._tree, folder, request.principal, keys):
                    raise drive_errors.file_not_found("")
                named.add(folder.id)
        return named

    def _left_out(self, request, query):
        """Parents whose children a query with several alternatives silently lacks, when a fault says so."""
        if "omit_children" not in request.tweaks:
            return set()
        parents = list(dict.fromkeys(search_query.alternative_parents(query)))
        return set(parents[1:] if len(parents) > 1 else [])

    def _ordered(self, found, steps):
        """Without orderBy no order is promised: by lot, so that nobody learns to lean on one."""
        found = sorted(found, key=lambda item: draws.fraction(self._tree.seed, "order", item.id))
        for key, descending in reversed(steps):
            found.sort(key=key, reverse=descending)
        return found

    def _body(self, request, found, size, question, mask, keys):
        tweaks = request.tweaks
        if "short_page" in tweaks:
            size = min(size, int(tweaks["short_page"].get("files", 1)))
        if "empty_page" in tweaks:
            size = 0
        page, rest = found[:size], found[size:]
        if "repeat_item" in tweaks and page:
            rest = [page[-1], *rest]
        body = {"kind": "drive#fileList", "incompleteSearch": "incomplete_search" in tweaks}
        if rest:
            body["nextPageToken"] = self._tokens.token(question, [item.id for item in rest])
        wanted = names(mask, "files")
        if wanted != set():
            body["files"] = [FileView(self._tree, item, request.principal, keys, self._links).resource(wanted) for item in page]
        request.notes["files"] = len(page)
        return applied(mask, body)
