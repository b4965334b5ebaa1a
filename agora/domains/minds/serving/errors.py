"""Errors as OpenAI's and Ollama's clients expect them (https://platform.openai.com/docs/guides/error-codes)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agora.inference.errors import BadRequestToModel, ModelNotFound
from agora.kernel.errors import AgoraError

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}
NO_KEY = "This needs a token of this server as its API key (Authorization: Bearer TOKEN); `agora user token NAME` prints one."


def build_openai_error(error: AgoraError) -> dict[str, Any]:
    """``{"error": {"message", "type", "param", "code"}}``."""
    param, message = _read_field(error)
    code = "model_not_found" if isinstance(error, ModelNotFound) else _CODES.get(error.status)
    kind = _TYPES.get(error.status, "server_error" if error.status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def build_ollama_error(error: AgoraError) -> dict[str, Any]:
    """``{"error": "sentence"}``."""
    param, message = _read_field(error)
    return {"error": f"{param}: {message}" if param else message}


def unsupported(param: str, reason: str) -> BadRequestToModel:
    """A 400 about a parameter that this server cannot honour."""
    return BadRequestToModel(reason, errors={param: {"_errors": [{"code": "UNSUPPORTED", "message": reason}]}})


def _read_field(error: AgoraError) -> tuple[str | None, str]:
    """The dotted name of the first field that is wrong, and the sentence about it."""
    path: list[str] = []
    tree: Any = error.errors
    while isinstance(tree, Mapping) and tree:
        if "_errors" in tree:
            return ".".join(path), str(tree["_errors"][0]["message"])
        name, tree = next(iter(tree.items()))
        path.append(str(name))
    return None, NO_KEY if error.message == "401: Unauthorized" else error.message
