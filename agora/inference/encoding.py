"""From a request to tokens, and to how many of them are worth keeping afterwards."""

from array import array

import msgspec

from agora.inference.backend import Backend
from agora.inference.ports import GenerationRequest
from agora.inference.prefix import count_common


def encode(backend: Backend, request: GenerationRequest) -> tuple[list[int], int | None]:
    """The prompt's tokens, and how many of them are worth keeping once the text is written (None: all, and the text).

    Raises BadRequestToModel.
    """
    tokens = backend.encode(request)
    if not request.private or request.tokens:
        return tokens, None
    prompt, messages = request.prompt[: -request.private], request.messages[: -request.private]
    if not prompt and not messages:
        return tokens, 0
    common = backend.encode(msgspec.structs.replace(request, prompt=prompt, messages=messages))
    return tokens, count_common(array("i", tokens), array("i", common))
