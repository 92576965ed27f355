"""Serving sites: what this machine's browser may ask for, and what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from casebook.errors import StudyRefused
from casebook.site_server import HOST, STATE_ADDRESS, PreviewState, serving


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a server of one site, beside which other folders lie."""
    for name, text in (("site/D1.2/index.html", "published"), ("restricted/interviews.json", "horse")):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "site" / "link").symlink_to(tmp_path / "restricted")
    with serving(tmp_path, ["site"], port=0) as (address,):
        yield int(address.split(":")[2].partition("/")[0])


def answer(port: int, path: str, *, host: str | None = None, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection(HOST, port, timeout=10)
    connection.request(method, path, headers={"Host": host or f"{HOST}:{port}"})
    response = connection.getresponse()
    text = response.read().decode("utf-8")
    assert response.getheader("Cache-Control") == "no-store"
    connection.close()
    return response.status, text


def test_a_page_of_a_site_is_served(port: int) -> None:
    assert answer(port, "/site/D1.2/index.html") == (200, "published")
    assert answer(port, "/site/D1.2/") == (200, "published")
    assert answer(port, "/site/D1.2/", host=f"localhost:{port}") == (200, "published")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/restricted/interviews.json",
        "/site/../restricted/interviews.json",
        "/site/%2e%2e/restricted/interviews.json",
        "//restricted/interviews.json",
        "/site/link/interviews.json",
        "/sitemap",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_beside_the_sites_is_served(path: str, method: str, port: int) -> None:
    status, text = answer(port, path, method=method)
    assert status == 404
    assert "horse" not in text


def test_a_page_elsewhere_cannot_read_a_site_through_a_name_of_its_own(port: int) -> None:
    assert answer(port, "/site/D1.2/index.html", host="elsewhere.example")[0] == 404


def test_a_port_that_is_taken_is_refused(port: int, tmp_path: Path) -> None:
    with pytest.raises(StudyRefused) as refusal, serving(tmp_path, ["site"], port=port):
        pass
    expected = f"preview: --port: the port is taken; found {port}; do: choose another with --port"
    assert str(refusal.value.faults[0]) == expected


def test_a_previewed_page_asks_how_the_last_build_went_and_its_file_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("published", "utf-8")
    state = PreviewState()
    with serving(tmp_path, ["site"], port=0, state=state) as (address,):
        port = int(address.split(":")[2].partition("/")[0])
        state.built, state.refusal = 2, "a fault"
        assert answer(port, STATE_ADDRESS) == (200, '{"built": 2, "refusal": "a fault"}')
        status, text = answer(port, "/site/")
        assert (status, text.startswith("published<script>"), STATE_ADDRESS in text) == (200, True, True)
        assert answer(port, STATE_ADDRESS, host="elsewhere.example")[0] == 404
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "published"


def test_what_is_served_without_a_preview_tells_of_none(port: int) -> None:
    assert answer(port, STATE_ADDRESS)[0] == 404
