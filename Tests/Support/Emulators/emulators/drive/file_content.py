"""The bytes of files: alt=media with Range, revisions, exports, export links, and downloads as long-running operations."""

import itertools

from ..kit import byte_range
from ..kit.http_messages import Reply, bytes_reply, compressed
from . import drive_access, drive_errors, mime_types, sheet_export
from .content_tickets import ContentTickets, Ticket

# Text is sent in gzip to those who say they take it, which makes lengths useless: ask for identity.
COMPRESSIBLE = ("text/", "application/json")
SIGN_IN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to continue.</body></html>"


class FileContents:
    def __init__(self, settings, addresses, seed):
        self._settings = settings
        self._addresses = addresses
        self._tickets = ContentTickets(seed)
        self._exports = itertools.count(1)

    def media(self, request, view, parameters, revision=None):
        """alt=media of a file's head, or of one revision."""
        item = view.item
        if not item.is_blob:
            raise drive_errors.DriveError(403, "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
                                          "fileNotDownloadable", "alt")
        if not view.may_download:
            raise drive_errors.DriveError(403, "This file cannot be downloaded by the user.", "cannotDownloadFile")
        self._check_abuse(view, parameters)
        revision = revision or item.head
        request.notes["revision"] = revision.id
        if "redirect" in request.tweaks:
            return self._elsewhere(request, Ticket(revision.content, revision.mime_type, False, subject=item.id))
        return self._stretch(request, revision.content, revision.mime_type)

    def export(self, request, view, mime_type):
        """files.export: chunked, no length, no ranges, at most export_limit bytes."""
        content = self._exported(view, mime_type)
        if content.size > self._settings.export_limit_bytes:
            raise drive_errors.scripted({"status": 403, "reason": "exportSizeLimitExceeded"})
        if request.header("range"):
            request.notes["range_ignored"] = True
        return Reply(200, {"Content-Type": mime_type}, content, chunked=True)

    def link(self, request, view, form):
        """An address of exportLinks: any size; leads to another host. Without a view the caller is sent to a sign-in page."""
        if view is None or "html_page" in request.tweaks:
            return Reply(302, {"Location": f"{self._addresses.url}/ServiceLogin"})
        mime_type = sheet_export.FORMATS.get(form)
        if mime_type is None:
            raise drive_errors.DriveError(400, "The requested conversion is not supported.", "badRequest", "convertTo")
        ticket = Ticket(self._exported(view, mime_type), mime_type, True, subject=view.item.id)
        return self._elsewhere(request, ticket, 307)

    def sign_in(self, request):
        """What somebody gets who is not known: a page, and status 200."""
        return bytes_reply(200, SIGN_IN_PAGE, "text/html; charset=utf-8")

    def start_download(self, request, view, mime_type, revision_id):
        """files.download: an operation that is done after some polls."""
        item = view.item
        if item.is_blob:
            revision = item.revision(revision_id) if revision_id else item.head
            if revision is None:
                raise drive_errors.revision_not_found(revision_id)
            if not view.may_download:
                raise drive_errors.scripted({"status": 403, "reason": "cannotDownloadFile"})
            ticket = Ticket(revision.content, revision.mime_type, False)
        else:
            ticket = Ticket(self._exported(view, mime_type or mime_types.XLSX), mime_type or mime_types.XLSX, False)
        ticket.principal, ticket.subject = request.principal, item.id
        ticket.ready_after = self._settings.operation_polls
        return self._operation(self._tickets.put(ticket), ticket)

    def operation(self, request, name):
        """operations.get, with another poll counted."""
        ticket = self._tickets.get(name)
        if ticket is None or ticket.principal != request.principal:
            raise drive_errors.DriveError(404, "Operation not found.", "notFound", status="NOT_FOUND")
        ticket.ready_after -= 1
        return self._operation(name, ticket)

    def ticket(self, request, name):
        """The content behind an address that a redirect or an operation gave."""
        ticket = self._tickets.get(name)
        if ticket is None or (ticket.principal is not None and ticket.principal != request.principal):
            return bytes_reply(404, b"<html><title>404</title></html>", "text/html; charset=utf-8")
        request.subject = ticket.subject
        if ticket.chunked:
            return Reply(200, {"Content-Type": ticket.mime_type}, ticket.content, chunked=True)
        return self._stretch(request, ticket.content, ticket.mime_type)

    def _operation(self, name, ticket):
        if ticket.ready_after > 0:
            return {"name": name, "done": False}
        return {"name": name, "done": True, "response": {
            "@type": "type.googleapis.com/google.apps.drive.v3.DownloadFileResponse",
            "downloadUri": f"{self._addresses.url}/download/{name}", "partialDownloadAllowed": not ticket.chunked}}

    def _elsewhere(self, request, ticket, status=302):
        return Reply(status, {"Location": f"{self._addresses.other_url}/content/{self._tickets.put(ticket)}"})

    def _exported(self, view, mime_type):
        item = view.item
        if not mime_types.is_native(item.mime_type) or item.is_folder or item.target_id:
            raise drive_errors.DriveError(403, "Export only supports Docs Editors files.", "fileNotExportable")
        if not view.may_download:
            raise drive_errors.DriveError(403, "This file cannot be exported by the user.", "cannotExportFile")
        kind = mime_type.lower()
        if item.workbook is None or not sheet_export.exportable(item, kind):
            raise drive_errors.DriveError(400, "The requested conversion is not supported.", "badRequest", "convertTo")
        return sheet_export.exported(item, kind, next(self._exports))

    def _check_abuse(self, view, parameters):
        if "abusive" not in view.item.flags:
            return
        if not parameters.flag("acknowledgeAbuse"):
            raise drive_errors.DriveError(403, "This file has been identified as malware or spam and cannot be downloaded.",
                                          "cannotDownloadAbusiveFile")
        if view.rank < drive_access.ORGANIZER:
            raise drive_errors.DriveError(403, "Only the owner can download abusive files.", "cannotDownloadAbusiveFile",
                                          "acknowledgeAbuse")

    def _stretch(self, request, content, mime_type):
        """The whole (200) or a range (206) of a blob; 416 when the range starts behind its end."""
        headers = {"Content-Type": mime_type, "Content-Disposition": "attachment", "Accept-Ranges": "bytes"}
        asked = request.header("range") if "ignore_range" not in request.tweaks else ""
        try:
            stretch = byte_range.stretch(asked, content.size)
            if "refuse_range" in request.tweaks and asked:
                raise byte_range.RangeNotSatisfiable
        except byte_range.RangeNotSatisfiable:
            raise drive_errors.DriveError(416, "Request range not satisfiable", "requestedRangeNotSatisfiable", "Range", "header",
                                          headers={"Content-Range": f"bytes */{content.size}"}) from None
        if stretch:
            start, length = stretch
            request.notes.update(first_byte=start, asked_bytes=length)
            headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{content.size}"
            return Reply(206, headers, content, start, length)
        request.notes.update(first_byte=0, asked_bytes=content.size)
        reply = Reply(200, headers, content)
        if mime_type.startswith(COMPRESSIBLE) and "gzip" in request.header("accept-encoding") and "gzip" in request.header("user-agent"):
            return compressed(reply)
        return reply
