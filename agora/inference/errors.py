"""What can go wrong between a request for text and its last word. Each message says what to do."""

from agora.kernel.errors import AgoraError


class InferenceError(AgoraError):
    """The engine could not do it; nothing else is affected (503)."""

    status = 503


class BadRequestToModel(InferenceError):
    """The request itself cannot be run: empty prompt, too long, impossible sampler or grammar (400)."""

    status = 400
    code = 50035


class ModelRefused(InferenceError):
    """A model file is broken or of a kind that cannot write text (422). The message names the file and the reason."""

    status = 422


class ModelTooLarge(ModelRefused):
    """The model would take more memory than the settings leave for it (422)."""


class ModelNotFound(InferenceError):
    """No model of that name (404)."""

    status = 404


class EngineUnusable(InferenceError):
    """The compiled library cannot run on this machine; the message says how to build it anew."""


class EngineStopped(InferenceError):
    """The engine is not running, or stopped while the request was in it."""


class QueueFull(InferenceError):
    """More requests wait than the settings allow (429)."""

    status = 429


class GenerationFailed(InferenceError):
    """The model failed on this request; the engine goes on."""
