"""Serving sites on this machine: to this machine's browser only, and nothing beside the sites."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from casebook.errors import StudyRefused

HOST = "127.0.0.1"


@contextmanager
def serving(folder: Path, sites: Sequence[str], *, port: int) -> Iterator[list[str]]:
    """Serve the sites of a folder on 127.0.0.1 while within, and give their addresses; port 0 takes any free one.

    Raises StudyRefused where the port is taken.
    """
    try:
        server = ThreadingHTTPServer((HOST, port), partial(_Handler, folder=folder, sites=sites))
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

    def __init__(self, *request: Any, folder: Path, sites: Sequence[str]) -> None:
        self._sites = [(folder / site).resolve() for site in sites]
        super().__init__(*request, directory=str(folder))

    def send_head(self) -> Any:
        """Answer a request for a file of a site by its own name; refuse every other."""
        asked = Path(self.translate_path(self.path)).resolve()
        # A page elsewhere can make its own name point to this machine; its requests still carry that name.
        known = self.headers.get("Host", "").rpartition(":")[0] in (HOST, "localhost")
        if not known or not any(asked.is_relative_to(site) for site in self._sites):
            self.send_error(404)
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Let no browser show a page that was built before."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests would bury what the build prints."""
