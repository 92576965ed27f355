"""Clusters: the same runs on the workers of a Dask cluster, with data and source shipped to them."""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from casebook.errors import NotebookFailed
from casebook.folders import Folders

_ENCRYPTED = "tls://"
_SECONDS_TO_CONNECT = 30


class Cluster:
    """The workers of a scheduler at an address, or so many workers of this machine, from when they are first needed."""

    def __init__(self, folders: Folders, *, address: str | None = None, workers: int | None = None) -> None:
        self._folders, self._address, self._workers = folders, address, workers
        self._client: Any = None
        self._local: Any = None

    @property
    def may_see_people(self) -> bool:
        """Whether what is sent stays on this machine, or nobody can listen to it."""
        return self._address is None or self._address.startswith(_ENCRYPTED)

    def client(self) -> Any:
        """Return Dask's client; raises NotebookFailed where there is no Dask, or no scheduler answers."""
        if self._client is None:
            try:
                self._client = self._connected()
            except ImportError as error:
                remedy = "install the packages of locks/cluster.txt"
                raise NotebookFailed.one("casebook build", "--cluster", "Dask is missing", remedy=remedy) from error
            except (OSError, TimeoutError) as error:
                message = "no scheduler answers at this address"
                raise NotebookFailed.one("casebook build", "--cluster", message, value=self._address or "") from error
        return self._client

    def close(self) -> None:
        """Let go of the workers; those of this machine end, with all they have stored."""
        for opened in filter(None, (self._client, self._local)):
            with suppress(Exception):
                opened.close()
        shutil.rmtree(self._place, ignore_errors=True)

    def _connected(self) -> Any:
        from distributed import Client, LocalCluster

        # What workers log tells of tasks, which the failures of runs do in words that may be printed.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        if self._address is None:
            self._local = LocalCluster(
                n_workers=self._workers,
                threads_per_worker=1,
                dashboard_address=None,
                local_directory=str(self._place),
                silence_logs=logging.CRITICAL,
            )
        return Client(self._address or self._local, timeout=_SECONDS_TO_CONNECT, set_as_default=False)

    @property
    def _place(self) -> Path:
        """Where the workers of this machine store what they are sent: analysis runs are among it."""
        return self._folders.restricted / "cluster"
