from __future__ import annotations

from typing import Any


def request(country: str, question: dict[str, Any], limit: int | None) -> dict[str, Any]:
    raise NotImplementedError


def tasks(request: dict[str, Any]) -> list[dict[str, Any]]:
    raise NotImplementedError


def rows(task: Any) -> list[dict[str, Any]]:
    raise NotImplementedError


def failed(task: Any, reason: str) -> list[dict[str, Any]]:
    raise NotImplementedError
