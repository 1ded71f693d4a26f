"""HTTP/1.1 on loopback, one thread a connection: reads requests, plays scripted faults, sends replies, keeps the log."""

import itertools
import socketserver
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from . import draws, uploads, wire
from .admin_routes import AdminRoutes, PREFIX
from .fault_rules import FaultRules
from .holds import Holds
from .http_messages import Request, bytes_reply
from .request_log import RequestLog

LOOPBACK = "127.0.0.1"
IDLE_SECONDS = 300
LONGEST_CHUNK_LINE = 1_024
LONGEST_LATENCY_SECONDS = 120
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class BadRequest(Exception):
    """A request that is not HTTP, or too large."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class EmulatorServer(socketserver.ThreadingMixIn, HTTPServer):
    """A listener for one service. Several may share the service, its faults and its log (`with_host`)."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, service, seed, stop, host=LOOPBACK, port=0, shared=None):
        self.service = service
        self.seed = seed
        if shared:
            self.faults, self.log, self.holds, self.admin, self.numbers = shared
        else:
            self.faults, self.log, self.holds = FaultRules(seed, service.fault_kinds), RequestLog(), Holds()
            self.admin = AdminRoutes(service, self.faults, self.log, self.holds, stop)
            self.numbers = itertools.count(1)
        super().__init__((host, port), Handler)
        self.url = f"http://{host}:{self.server_address[1]}"

    def with_host(self, host):
        """A second listener at another loopback address, same port: another host to a client, the same service."""
        shared = (self.faults, self.log, self.holds, self.admin, self.numbers)
        return EmulatorServer(self.service, self.seed, None, host, self.server_address[1], shared)

    def server_bind(self):
        # HTTPServer would ask the name service for the host's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        # A client that goes away is nothing to report; anything else is our bug.
        if not isinstance(sys.exc_info()[1], (OSError, wire.WireBreak)):
            traceback.print_exc()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def setup(self):
        super().setup()
        self.number = next(self.server.numbers)

    def handle_expect_100(self):
        # Some clients expect it of requests without a body, and stumble when both answers come in one packet.
        return self.headers.get("Content-Length", "0") == "0" or super().handle_expect_100()

    def log_message(self, format, *arguments):
        pass

    def _serve(self):
        # The log's entry of a request that a fault meets before its body is there.
        self.entry = None
        try:
            request = self._request()
        except wire.WireBreak:
            self.close_connection = True
            wire.reset(self.connection)
            return
        except BadRequest as error:
            self.close_connection = True
            self._send(bytes_reply(error.status, f"{error}\n".encode(), "text/plain"))
            return
        try:
            if request.path.startswith(PREFIX):
                self._send(self.server.admin.answer(request))
            else:
                self._answer(request)
        except wire.WireBreak as end:
            self.close_connection = True
            if end.reset:
                wire.reset(self.connection)

    def _answer(self, request):
        server = self.server
        server.service.route(request)
        entry = self.entry or server.log.open(request)
        faults = server.faults.actions_for(request)
        actions = [action for _, action in faults]
        entry["faults"] += [{"rule": name, "kind": action["kind"]} for name, action in faults]
        def close(sender, complete=True):
            server.log.close(entry, request, status=sender.status, bytes=sender.sent, complete=complete)

        sender = wire.Sender(self.connection, server.holds, server.seed,
                             lambda **values: server.log.progress(entry, **values), close)
        try:
            sender.send(self._reply(request, actions), actions, request.method == "HEAD")
        except Exception:
            close(sender, complete=False)
            raise

    def _reply(self, request, actions):
        """The reply, after what faults do before there is one."""
        status = None
        for action in actions:
            kind = action["kind"]
            if kind == "latency":
                jitter = float(action.get("jitter_seconds", 0)) * draws.fraction(self.server.seed, request.target, time.monotonic_ns())
                time.sleep(min(float(action.get("seconds", 0)) + jitter, LONGEST_LATENCY_SECONDS))
            elif kind == "reset" and action.get("when") == "request":
                raise wire.WireBreak(reset=True)
            elif kind == "status":
                status = status or action
            elif kind in self.server.service.fault_kinds:
                request.tweaks[kind] = action
        reply = self.server.service.fault_reply(request, status) if status else self._service_reply(request)
        for action in list(actions):
            if action["kind"] == "reset" and action.get("when", "body") != "body":
                # What was asked is done, and the answer gets lost.
                raise wire.WireBreak(reset=True)
        return reply

    def _service_reply(self, request):
        try:
            return self.server.service.answer(request)
        except Exception:
            trace = traceback.format_exc()
            print(trace, file=sys.stderr, flush=True)
            request.notes["bug"] = trace.splitlines()[-1]
            return bytes_reply(500, b"the emulator has a bug: see its stderr\n", "text/plain")

    def _send(self, reply):
        try:
            wire.Sender(self.connection, None, 0).send(reply, [], self.command == "HEAD")
        except wire.WireBreak:
            self.close_connection = True

    def _request(self):
        target = self.path
        if "://" in target:
            # The absolute form, as a proxy is asked.
            parts = urlsplit(target)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {}
        for name, value in self.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        return Request(self.command, target, headers, self._body(headers, target), self.number)

    def _body(self, headers, target):
        most = self.server.service.most_body_bytes
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks(most)
        try:
            length = int(headers.get("content-length", "0"))
        except ValueError:
            raise BadRequest(400, "Content-Length is not a number") from None
        if not 0 <= length <= most:
            raise BadRequest(413, f"a body of at most {most} bytes is taken")
        if length and self.server.faults.has_upload_rules():
            return self._upload(Request(self.command, target, headers, connection=self.number), length)
        data = self.rfile.read(length)
        if len(data) < length:
            raise ConnectionError("the request was cut")
        return data

    def _upload(self, head, length):
        """The body of a request that an upload rule may meet; `head` is all that is known of it until then."""
        log = self.server.log
        self.server.service.route(head)
        faults = self.server.faults.actions_for(head, upload=True)
        if faults:
            self.entry = log.open(head)
            self.entry["faults"] = [{"rule": name, "kind": action["kind"]} for name, action in faults]
        def progress(**values):
            if self.entry:
                log.progress(self.entry, **values)

        try:
            return uploads.received(self.rfile, length, [action for _, action in faults], self.server.holds, progress)
        except (wire.WireBreak, OSError):
            if self.entry:
                log.close(self.entry, head, complete=False)
            raise

    def _chunks(self, most):
        data = bytearray()
        while True:
            line = self.rfile.readline(LONGEST_CHUNK_LINE)
            try:
                length = int(line.split(b";")[0], 16)
            except ValueError:
                raise BadRequest(400, "a chunk without a length") from None
            if len(data) + length > most:
                raise BadRequest(413, f"a body of at most {most} bytes is taken")
            if length == 0:
                break
            data += self.rfile.read(length)
            self.rfile.readline(LONGEST_CHUNK_LINE)
        while self.rfile.readline(LONGEST_CHUNK_LINE) not in (b"\r\n", b"\n", b""):
            pass
        return bytes(data)


for method in METHODS:
    setattr(Handler, f"do_{method}", Handler._serve)
