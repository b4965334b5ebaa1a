"""Checks of a request that need no model. What llama.cpp would answer with an abort is refused here with a sentence."""

from agora.inference.errors import BadRequestToModel
from agora.inference.ports import GenerationRequest
from agora.inference.sampling import check_sampler

MOST_STOPS = 64
LONGEST_STOP = 256
LONGEST_GRAMMAR = 100_000


def check_request(request: GenerationRequest) -> None:
    """Raises BadRequestToModel that says what is wrong."""
    given = [bool(request.prompt), bool(request.messages), bool(request.tokens)]
    if sum(given) > 1:
        raise BadRequestToModel("Give a prompt, messages or tokens, not several of them.")
    if not any(given) or not _has_words(request):
        raise BadRequestToModel("The prompt is empty.")
    if request.max_tokens < 1:
        raise BadRequestToModel(f"max_tokens is {request.max_tokens}; it must be at least 1.")
    if len(request.stop) > MOST_STOPS or any(not 0 < len(stop) <= LONGEST_STOP for stop in request.stop):
        raise BadRequestToModel(f"At most {MOST_STOPS} stop sequences of 1 to {LONGEST_STOP} characters are possible.")
    if request.grammar is not None and not 0 < len(request.grammar) <= LONGEST_GRAMMAR:
        raise BadRequestToModel(f"A grammar has 1 to {LONGEST_GRAMMAR} characters.")
    check_sampler(request.sampler)


def check_length(prompt: int, longest: int) -> None:
    """Raises BadRequestToModel unless a prompt of so many tokens leaves room for an answer."""
    if prompt == 0:
        raise BadRequestToModel("The prompt is empty.")
    if prompt >= longest:
        raise BadRequestToModel(f"The prompt has {prompt} tokens, the model takes at most {longest - 1}; shorten it.")


def _has_words(request: GenerationRequest) -> bool:
    if request.tokens:
        return True
    return any(part.text for part in request.prompt) or any(one.content for one in request.messages)
