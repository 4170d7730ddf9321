"""A proxy in front of a store that does to requests what networks and stores do to them."""
import http.client
import socket
import ssl
import struct
import threading
import time
import urllib.parse


class Fault:
    """What becomes of one request."""

    def __init__(self, name, kinds=("initiate", "part", "complete", "put"), is_carried_out=False):
        self.name, self.kinds, self.is_carried_out = name, kinds, is_carried_out


FAULTS = [
    Fault("refused"), Fault("500"), Fault("503 Retry-After"), Fault("400"), Fault("reset mid-body", ("part", "put")),
    Fault("reset"), Fault("stall"), Fault("stall after", is_carried_out=True),
    Fault("truncated answer", is_carried_out=True), Fault("no answer", is_carried_out=True),
    Fault("wrong ETag", ("part", "put"), is_carried_out=True), Fault("200 with an error"),
    # A part of 5 MB would take minutes.
    Fault("slow, 10 kB/s", ("put",), is_carried_out=True),
]


def error(code):
    text = f"<Error><Code>{code}</Code><Message>by the proxy</Message></Error>"
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode()


class Proxy:
    """Listens on a port of its own and passes requests on to a store.

    `choose(kind, identity, number)` names the fault for a request, or `None`; `number` counts the
    requests of this identity, from 0. With a certificate and its key as `files` it speaks TLS.
    """

    def __init__(self, store, choose=lambda kind, identity, number: None, files=None):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if files else None
        if files:
            self.context.load_cert_chain(*files)
        # Whether checksums that come with what is sent are in the answers, as AWS does.
        self.confirms_checksums = False
        # Requests with a body that their signature does not cover.
        self.unsigned = 0
        self.upstream = ("127.0.0.1", store.port)
        self.choose = choose
        self.lock = threading.Lock()
        self.seen = {}
        # Uploads that were begun and not answered yet, and what they are.
        self.uploading = {}
        self.hits = 0
        # What is answered to every request of some kinds, as (status, word, kinds), until it is `None` again.
        self.refusal = None
        self.bytes_per_second = None
        self.hold = 0.0
        self.closed = False
        self.port = None
        self.listen()

    @property
    def endpoint(self):
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def listen(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port or 0))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self.listener = listener
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def refuse(self, seconds):
        """Nobody listens for a while."""
        with self.lock:
            listener, self.listener = self.listener, None
        if listener is None:
            return
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()

        def again():
            if not self.closed:
                self.listen()
        threading.Timer(seconds, again).start()

    def stop(self):
        self.closed = True
        with self.lock:
            listener, self.listener = self.listener, None
        if listener:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def serve(self, connection):
        with connection:
            try:
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True)
                file = connection.makefile("rb")
                while self.exchange(connection, file):
                    pass
            except (OSError, ValueError, http.client.HTTPException):
                pass

    @staticmethod
    def kind(method, target):
        """What a request is for, and what makes two of them the same."""
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if method == "POST" and "uploads" in query:
            return "initiate", url.path
        if method == "POST":
            return "complete", url.path
        if method == "PUT" and "partNumber" in query:
            return "part", f"{url.path} {query['partNumber']}"
        return ("put", url.path) if method == "PUT" else ("other", target)

    def exchange(self, connection, file):
        """Serves one request; `False` ends the connection."""
        line = file.readline()
        if not line:
            return False
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = []
        while (field := file.readline().decode("latin-1").rstrip("\r\n")):
            name, value = field.split(":", 1)
            headers.append((name, value.strip()))
        length = int(dict((name.lower(), value) for name, value in headers).get("content-length", 0))
        kind, identity = self.kind(method, target)
        with self.lock:
            number = self.seen.get((kind, identity), 0)
            self.seen[kind, identity] = number + 1
            fault = self.choose(kind, identity, number) if kind != "other" else None
            self.hits += fault is not None
            if kind != "other":
                self.uploading[id(connection)] = kind
        try:
            if fault == "refused":
                self.refuse(0.6)
                return self.reset(connection)
            if fault == "reset":
                return self.reset(connection)
            if fault == "reset mid-body":
                file.read(length // 2)
                return self.reset(connection)
            if self.refusal and kind in self.refusal[2]:
                file.read(length)
                with self.lock:
                    self.hits += 1
                return self.send(connection, self.refusal[0], [], error(self.refusal[1]))
            body = self.read(file, length, 10_000 if fault == "slow, 10 kB/s" else self.bytes_per_second)
            answers = {
                "500": (500, [], error("InternalError")), "400": (400, [], b""),
                "503 Retry-After": (503, [("Retry-After", "1")], error("SlowDown")),
                "200 with an error": (200, [], error("InternalError")),
            }
            if fault in answers:
                return self.send(connection, *answers[fault])
            if fault == "stall":
                return self.stall(connection)
            upstream = http.client.HTTPConnection(*self.upstream, timeout=60)
            upstream.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                upstream.putheader(name, value)
            upstream.endheaders()
            upstream.send(body)
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            if self.hold and kind != "other":
                time.sleep(self.hold)
            kept = [(name, value) for name, value in answer.getheaders()
                    if name.lower() not in ("content-length", "transfer-encoding", "connection")]
            given = {name.lower(): value for name, value in headers}
            if self.confirms_checksums:
                kept += [item for item in given.items() if item[0] == "x-amz-checksum-crc32c"]
            with self.lock:
                self.unsigned += given.get("x-amz-content-sha256") == "UNSIGNED-PAYLOAD"
            if fault == "stall after":
                return self.stall(connection)
            if fault == "no answer":
                return False
            if fault == "wrong ETag":
                kept = [(name, '"%032x"' % 1 if name.lower() == "etag" else value) for name, value in kept]
            if fault == "truncated answer":
                self.send(connection, answer.status, kept, content[:len(content) // 2], len(content) + 1)
                return False
            return self.send(connection, answer.status, kept, content,
                             answer.getheader("content-length") if method == "HEAD" else None)
        finally:
            with self.lock:
                self.uploading.pop(id(connection), None)

    @staticmethod
    def read(file, length, bytes_per_second):
        if not bytes_per_second:
            return file.read(length)
        parts, piece = [], max(1, bytes_per_second // 20)
        while length > 0:
            parts.append(file.read(min(piece, length)))
            if not parts[-1]:
                break
            length -= len(parts[-1])
            time.sleep(0.05)
        return b"".join(parts)

    @staticmethod
    def send(connection, status, headers, body, length=None):
        lines = [f"HTTP/1.1 {status} Words"] + [f"{name}: {value}" for name, value in headers]
        lines.append(f"Content-Length: {len(body) if length is None else length}")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
        return True

    @staticmethod
    def stall(connection):
        """Says nothing until the client has had enough, or a minute is over."""
        connection.settimeout(60)
        while connection.recv(65536):
            pass
        return False

    @staticmethod
    def reset(connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        return False
