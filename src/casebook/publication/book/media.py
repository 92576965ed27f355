"""The media that a book is made in."""

from __future__ import annotations

from typing import Literal

Medium = Literal["html", "pdf"]
MEDIA: tuple[Medium, ...] = ("html", "pdf")
