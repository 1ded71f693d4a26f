"""Servers that only tests of the HTTP client need, on a free port of 127.0.0.1.

    tls_server.py tls --certificate FILE --to PORT --port-file FILE
        takes TLS off and passes everything on to a plain server
    tls_server.py h2 --certificate FILE --gather N --port-file FILE
        speaks HTTP/2 over TLS: answers when N streams of one connection are waiting
    tls_server.py proxy --log FILE --port-file FILE
        a plain proxy that opens tunnels to this machine and logs the heads of requests for them

The certificate file holds the private key too. Each ends when its standard input does.
"""

import argparse
import os
import socket
import ssl
import struct
import sys
import threading

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 4, 6, 8
ACK, END_STREAM, END_HEADERS = 1, 1, 4


def pump(source, sink):
    """Copies until one side ends."""
    try:
        while block := source.recv(65536):
            sink.sendall(block)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def pass_on(client, port):
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        back = threading.Thread(target=pump, args=(server, client), daemon=True)
        back.start()
        pump(client, server)
        back.join()


def open_tunnel(client, log):
    """RFC 9110 section 9.3.6."""
    head = b""
    while b"\r\n\r\n" not in head:
        block = client.recv(1)
        if not block:
            return
        head += block
    with open(log, "ab") as file:
        file.write(head)
    port = int(head.split()[1].rsplit(b":", 1)[1])
    client.sendall(b"HTTP/1.1 200 Connection established\r\nX-From-Proxy: yes\r\n\r\n")
    pass_on(client, port)


def exactly(client, count):
    data = b""
    while len(data) < count:
        block = client.recv(count - len(data))
        if not block:
            raise EOFError
        data += block
    return data


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def literal(name, value):
    """A header field without indexing and without compression (RFC 7541 section 6.2.2)."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def answer(stream, connection):
    body = f"stream {stream} of connection {connection}".encode()
    # 0x88 is `:status: 200` of the static table.
    fields = b"\x88" + literal(b"content-length", str(len(body)).encode()) + literal(b"x-ms-request-id", b"h2-1")
    return frame(HEADERS, END_HEADERS, stream, fields) + frame(DATA, END_STREAM, stream, body)


def speak_h2(client, connection, gather):
    with client:
        assert exactly(client, len(PREFACE)) == PREFACE
        client.sendall(frame(SETTINGS, 0, 0))
        waiting = []
        while True:
            head = exactly(client, 9)
            length = int.from_bytes(head[:3], "big")
            kind, flags, stream = struct.unpack(">BBI", head[3:])
            payload = exactly(client, length)
            if kind == SETTINGS and not flags & ACK:
                client.sendall(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                client.sendall(frame(PING, ACK, 0, payload))
            elif kind == DATA and length:
                credit = struct.pack(">I", length)
                client.sendall(frame(WINDOW_UPDATE, 0, 0, credit) + frame(WINDOW_UPDATE, 0, stream, credit))
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                waiting.append(stream)
            if len(waiting) >= gather:
                client.sendall(b"".join(answer(one, connection) for one in waiting))
                waiting = []


def serve(listener, context, handle):
    number = 0
    while True:
        plain, _ = listener.accept()
        number += 1
        threading.Thread(target=greet, args=(plain, context, handle, number), daemon=True).start()


def greet(plain, context, handle, number):
    try:
        handle(context.wrap_socket(plain, server_side=True) if context else plain, number)
    except (OSError, EOFError):
        # A client that does not trust us, or that is done.
        plain.close()


def tls(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if options.newest == "1.1":
        # Old versions are off by default, at the security level too.
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = getattr(ssl.TLSVersion, "TLSv" + options.newest.replace(".", "_"))
    context.load_cert_chain(options.certificate)
    context.set_alpn_protocols(["h2"] if options.mode == "h2" else ["http/1.1"])
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["tls", "h2", "proxy"])
    parser.add_argument("--certificate")
    parser.add_argument("--log")
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--to", type=int, default=0)
    parser.add_argument("--gather", type=int, default=1)
    parser.add_argument("--newest", choices=["1.1", "1.2", "1.3"], default="1.3")
    options = parser.parse_args()
    if options.mode == "proxy":
        context, handle = None, lambda client, number: open_tunnel(client, options.log)
    elif options.mode == "h2":
        context, handle = tls(options), lambda client, number: speak_h2(client, number, options.gather)
    else:
        context, handle = tls(options), lambda client, number: pass_on(client, options.to)
    listener = socket.create_server(("127.0.0.1", 0))
    with open(options.port_file + ".partial", "w", encoding="utf-8") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(options.port_file + ".partial", options.port_file)
    threading.Thread(target=serve, args=(listener, context, handle), daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
