"""Serving sites on this machine: to this machine's browser only, and nothing beside the sites."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

from casebook.errors import StudyRefused

HOST = "127.0.0.1"
#: Where served pages ask how the last build went.
STATE_ADDRESS = "/_preview"


@dataclass
class PreviewState:
    """How a preview stands: the number of builds that went through, and why the last one was refused, if it was."""

    built: int = 0
    refusal: str = ""


@contextmanager
def serving(folder: Path, sites: Sequence[str], *, port: int, state: PreviewState | None = None) -> Iterator[list[str]]:
    """Serve the sites of a folder on 127.0.0.1 while within, and give their addresses; port 0 takes any free one.

    With a `state`, pages say in themselves why a build was refused, and load again after one that went through.
    Raises StudyRefused where the port is taken.
    """
    try:
        server = ThreadingHTTPServer((HOST, port), partial(_Handler, folder=folder, sites=sites, state=state))
    except OSError as error:
        remedy = "choose another with --port"
        raise StudyRefused.one("preview", "--port", "the port is taken", value=str(port), remedy=remedy) from error
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield [f"http://{HOST}:{server.server_port}/{site}/" for site in sites]
    finally:
        server.shutdown()
        server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    """Answers for the sites and for nothing else: the folders of interviews lie beside them."""

    def __init__(self, *request: Any, folder: Path, sites: Sequence[str], state: PreviewState | None) -> None:
        self._state = state
        self._sites = [(folder / site).resolve() for site in sites]
        super().__init__(*request, directory=str(folder))

    def send_head(self) -> Any:
        """Answer a request for a file of a site by its own name; refuse every other."""
        asked = Path(self.translate_path(self.path)).resolve()
        # A page elsewhere can make its own name point to this machine; its requests still carry that name.
        known = self.headers.get("Host", "").rpartition(":")[0] in (HOST, "localhost")
        if known and self._state and self.path == STATE_ADDRESS:
            return self._answer(json.dumps(vars(self._state)).encode("utf-8"), "application/json")
        if not known or not any(asked.is_relative_to(site) for site in self._sites):
            self.send_error(404)
            return None
        page = asked / "index.html" if asked.is_dir() and self.path.endswith("/") else asked
        if self._state and page.suffix == ".html" and page.is_file():
            return self._answer(page.read_bytes() + _notice(), "text/html; charset=utf-8")
        return super().send_head()

    def _answer(self, data: bytes, kind: str) -> io.BytesIO:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return io.BytesIO(data)

    def end_headers(self) -> None:
        """Let no browser show a page that was built before."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests would bury what the build prints."""


def _notice() -> bytes:
    return b"<script>" + files("casebook").joinpath("preview_notice.js").read_bytes() + b"</script>\n"
