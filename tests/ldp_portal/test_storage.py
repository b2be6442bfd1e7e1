"""Stored files stand in a local folder, or in an S3-compatible store, where nobody reads them but through the portal."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.utils.module_loading import import_string

from ldp_portal.settings.services import stored_files


class Store(BaseHTTPRequestHandler):
    """As much of an object store as saving, looking and reading ask for."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        body = self._body()
        self.server.kept[urlsplit(self.path).path] = body
        self.server.asked.append(dict(self.headers))
        self._answer(200, b"", body)

    def do_GET(self):
        kept = self.server.kept.get(urlsplit(self.path).path)
        self._answer(404 if kept is None else 200, kept or b"", kept or b"")

    do_HEAD = do_GET  # noqa: N815 - the name that the server asks for

    def _body(self):
        if self.headers.get("Content-Length") and "chunked" not in self.headers.get("Transfer-Encoding", ""):
            body = self.rfile.read(int(self.headers["Content-Length"]))
        else:
            body = b"".join(iter(self._chunk, b""))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return body
        size, _, rest = body.partition(b"\r\n")
        return rest[: int(size.partition(b";")[0], 16)]

    def _chunk(self):
        size = int(self.rfile.readline(), 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _answer(self, status, said, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 09:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def log_message(self, *args):
        pass


@pytest.fixture
def store():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    server.kept, server.asked = {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def environment_of(server):
    return {
        "PORTAL_S3_BUCKET": "briefs",
        "PORTAL_S3_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "PORTAL_S3_REGION": "eu-west-2",
        "PORTAL_S3_KEY": "portal",
        "PORTAL_S3_SECRET": "a secret of the store",
    }


def test_files_stand_in_a_local_folder_where_no_bucket_is_named():
    assert stored_files({}) == {"BACKEND": "core.storage.WholeFileStorage"}


def test_amazons_own_store_needs_no_address():
    options = stored_files({"PORTAL_S3_BUCKET": "briefs"})["OPTIONS"]

    assert (options["endpoint_url"], options["addressing_style"]) == (None, "virtual")


def test_file_is_kept_in_the_store_and_read_again(store):
    chosen = stored_files(environment_of(store))
    storage = import_string(chosen["BACKEND"])(**chosen["OPTIONS"])

    name = storage.save("briefs/LDP-2026-0001.pdf", ContentFile(b"%PDF-1.7 signed"))
    with storage.open(name) as kept:
        read = kept.read()

    assert read == b"%PDF-1.7 signed"
    assert list(store.kept) == ["/briefs/briefs/LDP-2026-0001.pdf"]
    assert [asked["x-amz-acl"] for asked in store.asked] == ["private"]
    assert "a secret of the store" not in str(store.asked)


def test_file_is_never_written_over(store):
    chosen = stored_files(environment_of(store))
    storage = import_string(chosen["BACKEND"])(**chosen["OPTIONS"])

    names = [storage.save("briefs/one.pdf", ContentFile(content)) for content in (b"the first", b"the second")]

    assert len(set(names)) == 2
    assert sorted(store.kept.values()) == [b"the first", b"the second"]


def test_address_of_a_stored_file_is_signed_and_ends(store):
    chosen = stored_files(environment_of(store))
    storage = import_string(chosen["BACKEND"])(**chosen["OPTIONS"])

    assert "X-Amz-Signature=" in storage.url("briefs/one.pdf")
    assert "X-Amz-Expires=" in storage.url("briefs/one.pdf")
