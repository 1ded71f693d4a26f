"""The common options of every service, and its life from the ready line to the end."""

import argparse
import json
import os
import signal
import sys
import threading

from .http_server import EmulatorServer
from .lifetime import Lifetime

USAGE_ERROR, IO_ERROR = 64, 74
DEFAULT_LIMIT_SECONDS = 3_600
# Linux answers on all of 127/8: the same server under a second host name, for redirects to "another host".
OTHER_HOST = "127.0.0.2"

EPILOG = """\
One line of JSON on standard output tells that it is ready: {"service", "url", "other_url", ...}. It ends by itself when
the process that started it ends, when its standard input closes (--watch-stdin), after --limit-seconds, on SIGTERM or
SIGINT, or on POST /_admin/stop. README.md describes the admin routes and how to script faults.
"""


def parser(service, description):
    options = argparse.ArgumentParser(prog=f"emulators {service}", description=description, epilog=EPILOG,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    options.add_argument("--seed", default="1", help="decides ids, orders and the luck of faults (default %(default)s)")
    options.add_argument("--faults", metavar="FILE", help="rules to begin with: a JSON list")
    options.add_argument("--limit-seconds", type=float, default=DEFAULT_LIMIT_SECONDS, help="longest life (default %(default)s)")
    options.add_argument("--watch-stdin", action="store_true", help="end when standard input closes")
    options.add_argument("--ready-file", metavar="FILE", help="write the ready line here as well, in one step")
    return options


def parse(options, arguments):
    try:
        return options.parse_args(arguments)
    except SystemExit as stop:
        # argparse says 2 where the programs here say 64.
        sys.exit(USAGE_ERROR if stop.code else 0)


def run(options, make_service, fill):
    """Serves what `make_service()` makes and `fill(service)` fills, until the end; the exit status."""
    lifetime = Lifetime(options.limit_seconds, options.watch_stdin)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: lifetime.end("a signal"))
    try:
        servers = listeners(options, lifetime, make_service, fill)
    except (OSError, ValueError, KeyError, TypeError) as error:
        complain(error)
        return IO_ERROR
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ready = {"service": servers[0].service.name, "url": servers[0].url, "other_url": servers[-1].url, "pid": os.getpid(),
             **servers[0].service.describe()}
    announce(ready, options.ready_file)
    lifetime.wait()
    return 0


def complain(error):
    """Says why a service does not start."""
    print(f"emulators: {type(error).__name__}: {error}", file=sys.stderr)


def listeners(options, lifetime, make_service, fill):
    service = make_service()
    server = EmulatorServer(service, options.seed, lifetime.end, port=options.port)
    servers = [server]
    try:
        servers.append(server.with_host(OTHER_HOST))
    except OSError:
        pass
    service.located(server.url, servers[-1].url)
    fill(service)
    if options.faults:
        with open(options.faults, encoding="utf-8") as file:
            server.faults.add(json.load(file))
    return servers


def announce(ready, path):
    line = json.dumps(ready) + "\n"
    if path:
        with open(f"{path}.partial", "w", encoding="utf-8") as file:
            file.write(line)
        os.replace(f"{path}.partial", path)
    sys.stdout.write(line)
    sys.stdout.flush()
