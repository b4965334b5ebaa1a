"""The only module that touches llama.cpp: its C API through llama-cpp-python's declarations.

One `LlamaModel` holds the weights and the vocabulary, one `LlamaMemory` the evaluated tokens of many sequences. Neither
knows requests; neither is safe for several threads, except for `tokenize`, which only reads the vocabulary.
"""

import ctypes
import importlib.util
import logging
import os
import sys
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from agora.inference.adapters import Adapter
from agora.inference.errors import ModelRefused
from agora.inference.spelled import SPELLED_KEY, Spelled, read_spelled, spell
from agora.inference.spelling import WORDS_KEY, Lexicon, read_words
from agora.inference.whole_characters import WholeCharacters

log = logging.getLogger(__name__)

ROOM_NEEDED = 1
"""`decode`: no room in memory; nothing was changed."""
ABORTED = 2
"""`decode`: the abort flag was raised; the memory holds part of the batch."""

_QUICK_VOCABULARY = 32_768
"""Up to this size drawing a token is so quick that giving up the interpreter lock for it costs more than it frees."""

_CACHE_TYPES = {"f16": 1, "q8_0": 8}
_LOG_LEVELS = {2: logging.DEBUG, 3: logging.WARNING, 4: logging.ERROR}
# Said because the memory of all sequences together is larger than one may be; each one is held to the model's limit.
_HARMLESS = ("possible training context overflow",)
# While a step is cut short on purpose llama.cpp calls it an error, in three lines.
_aborting = threading.Event()
_library: Any = None
_keep_alive: list[Any] = []


def load_library() -> Any:
    """llama_cpp's module of C declarations, initialised once and with its log sent to Python's."""
    global _library
    if _library is None:
        # When llama.cpp aborts it would start a debugger on this process and wait for it.
        os.environ.setdefault("GGML_NO_BACKTRACE", "1")
        # OpenMP reads this when it is loaded. Its threads spin by default while they wait for each other; on a machine
        # that does anything else two threads then wrote 20 tokens a second, and 216 when they wait asleep.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        llama_cpp = _import_declarations()
        callback = llama_cpp.llama_log_callback(_take_log)
        _keep_alive.append(callback)
        llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        _library = llama_cpp
    return _library


def _import_declarations() -> Any:
    """``llama_cpp.llama_cpp`` without the package around it, which brings numpy and a second chat system into every start."""
    if "llama_cpp" in sys.modules:
        return importlib.import_module("llama_cpp.llama_cpp")
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None:
        raise ModuleNotFoundError("No module named 'llama_cpp'", name="llama_cpp")
    # a package not yet run: its parts can be imported, and whoever imports it later gets the whole one
    sys.modules["llama_cpp"] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module("llama_cpp.llama_cpp")
    finally:
        del sys.modules["llama_cpp"]


def find_library_files() -> list[Path]:
    """The compiled libraries, without loading them."""
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return []
    return sorted(path for path in (Path(spec.origin).parent / "lib").glob("lib*") if path.suffix in (".so", ".dylib"))


def describe_system() -> str:
    """What the compiled library says it uses of the processor, such as `AVX2 = 1 | AMX_INT8 = 1`."""
    return str(load_library().llama_print_system_info().decode("utf-8", "replace")).strip(" |\n")


def _take_log(level: int, text: bytes, _data: Any) -> None:
    line = text.decode("utf-8", "replace").rstrip()
    if _aborting.is_set() or any(words in line for words in _HARMLESS):
        level = 0
    if line and line != ".":
        log.log(_LOG_LEVELS.get(level, logging.DEBUG), "%s", line)


class Row(msgspec.Struct, frozen=True):
    """Tokens of one sequence for the next step, from position `start`; `draw` when the last one's logits are wanted.

    The last `drafted` tokens are guesses: then the logits of the token before them and of each of them are wanted.
    """

    slot: int
    start: int
    tokens: Sequence[int]
    draw: bool
    drafted: int = 0


class LlamaModel:
    """Weights and vocabulary of one GGUF file."""

    def __init__(self, path: Path, *, gpu_layers: int = 0, vocabulary_only: bool = False) -> None:
        """Loads the file. Raises ModelRefused with llama.cpp's own words."""
        lib = self.library = load_library()
        params = lib.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.vocab_only = vocabulary_only
        self.pointer = lib.llama_model_load_from_file(str(path).encode(), params)
        if not self.pointer:
            raise ModelRefused(f"{path.name}: llama.cpp could not load it. Check the file with `agora model check`.")
        if lib.llama_model_has_encoder(self.pointer) or not lib.llama_model_has_decoder(self.pointer):
            self.close()
            raise ModelRefused(f"{path.name} is not a model that writes text; choose a chat or text model.")
        self._vocabulary = lib.llama_model_get_vocab(self.pointer)
        self.vocabulary_size: int = lib.llama_vocab_n_tokens(self._vocabulary)
        self.trained_context: int = lib.llama_model_n_ctx_train(self.pointer)
        self.adds_beginning: bool = lib.llama_vocab_get_add_bos(self._vocabulary)
        self.divisible = not (lib.llama_model_is_recurrent(self.pointer) or lib.llama_model_is_hybrid(self.pointer))
        """Whether a sequence's memory can be cut and copied in part."""
        self._pieces: list[bytes | None] = [None] * self.vocabulary_size
        self._control: list[int] | None = None
        self._lexicons: dict[int, Lexicon] = {}
        self._buffer = ctypes.create_string_buffer(256)

    @property
    def vocabulary(self) -> Any:
        """The C pointer, for samplers."""
        return self._vocabulary

    def describe(self) -> str:
        """Architecture, size and quantisation in one line."""
        buffer = ctypes.create_string_buffer(256)
        self.library.llama_model_desc(self.pointer, buffer, 256)
        return buffer.value.decode("utf-8", "replace")

    def tokenize(self, text: str, *, beginning: bool, control: bool) -> list[int]:
        """Token ids; `beginning` adds what the model wants at the start of a prompt, `control` reads control tokens."""
        tokens = self._tokenize(text, beginning=beginning, control=control)
        return spell(tokens, self._spelled) if self._spelled else tokens

    @cached_property
    def _spelled(self) -> Spelled:
        return read_spelled(self._read_metadata(SPELLED_KEY), self._tokenize_words)

    def _tokenize(self, text: str, *, beginning: bool, control: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        room = (self.library.llama_token * size)()
        count = self.library.llama_tokenize(self._vocabulary, data, len(data), room, size, beginning, control)
        if count < 0:
            size = -count
            room = (self.library.llama_token * size)()
            count = self.library.llama_tokenize(self._vocabulary, data, len(data), room, size, beginning, control)
        return list(room[: max(count, 0)])

    def piece(self, token: int) -> bytes:
        """The bytes a token stands for; control tokens stand for none."""
        known = self._pieces[token]
        if known is None:
            known = self._pieces[token] = self._read_piece(token, special=False)
        return known

    def control_text(self, token: int) -> str:
        """How a control token is written, such as `<s>`; empty for -1."""
        return self._read_piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def is_end(self, token: int) -> bool:
        """Whether the token ends an answer."""
        return bool(self.library.llama_vocab_is_eog(self._vocabulary, token))

    def list_control_tokens(self) -> list[int]:
        """Tokens that structure a prompt and are not the end of an answer."""
        if self._control is None:
            lib, every = self.library, range(self.vocabulary_size)
            control = (token for token in every if lib.llama_vocab_is_control(self._vocabulary, token))
            self._control = [token for token in control if not self.is_end(token)]
        return self._control

    @cached_property
    def whole_characters(self) -> WholeCharacters:
        """Which tokens keep a text valid UTF-8."""
        return WholeCharacters(self.piece, self.vocabulary_size)

    def find_lexicon(self, token: int) -> Lexicon | None:
        """The words that the file lists for prompts that end with this token; None where it lists none."""
        if token not in self._word_lists:
            return None
        if token not in self._lexicons:
            # it may take some 20 ms, so only what is used is made, on the worker's thread
            self._lexicons[token] = Lexicon(self._word_lists[token], self._tokenize_words, self.piece, self.vocabulary_size)
        return self._lexicons[token]

    def _tokenize_words(self, text: str) -> list[int]:
        return self._tokenize(text, beginning=False, control=False)

    @cached_property
    def _word_lists(self) -> dict[int, list[str]]:
        lists = read_words(self._read_metadata(WORDS_KEY))
        found = ((self.tokenize(text, beginning=False, control=True), words) for text, words in lists.items())
        return {tokens[0]: words for tokens, words in found if len(tokens) == 1}

    def _read_metadata(self, key: str) -> str:
        lib = self.library
        size = lib.llama_model_meta_val_str(self.pointer, key.encode(), self._buffer, 256)
        if size < 0:
            return ""
        buffer = ctypes.create_string_buffer(size + 1)
        lib.llama_model_meta_val_str(self.pointer, key.encode(), buffer, size + 1)
        return buffer.value.decode("utf-8", "replace")

    @property
    def beginning_text(self) -> str:
        """The beginning-of-text token as templates write it."""
        return self.control_text(self.library.llama_vocab_bos(self._vocabulary))

    @property
    def end_text(self) -> str:
        """The end-of-text token as templates write it."""
        return self.control_text(self.library.llama_vocab_eos(self._vocabulary))

    @property
    def template(self) -> str:
        """The model's own chat template (Jinja), empty when it has none."""
        found = self.library.llama_model_chat_template(self.pointer, None)
        return found.decode("utf-8", "replace") if found else ""

    def close(self) -> None:
        """Frees the weights; every `LlamaMemory` over them must be closed before."""
        if self.pointer:
            self.library.llama_model_free(self.pointer)
            self.pointer = None

    def _read_piece(self, token: int, *, special: bool) -> bytes:
        size = self.library.llama_token_to_piece(self._vocabulary, token, self._buffer, 256, 0, special)
        if size < 0:
            buffer = ctypes.create_string_buffer(-size)
            size = self.library.llama_token_to_piece(self._vocabulary, token, buffer, -size, 0, special)
            return buffer.raw[:size]
        return self._buffer.raw[:size]


class LlamaMemory:
    """Evaluated tokens of several sequences in one pool, and the batch that extends them."""

    def __init__(
        self,
        model: LlamaModel,
        *,
        cells: int,
        slots: int,
        batch: int,
        threads: int,
        cache_type: str = "f16",
        exact: bool = False,
        drafts: int = 0,
    ) -> None:
        """`slots` sequences share `cells`; a step holds up to `batch` tokens, and one draw of each sequence.

        `drafts`: draws that a step may hold at least.
        """
        lib = model.library
        params = lib.llama_context_default_params()
        params.n_ctx = cells
        params.n_batch = batch
        params.n_ubatch = min(batch, 512)
        params.n_seq_max = slots
        params.n_outputs_max = max(slots, drafts)  # llama.cpp reserves logits for every sequence and asserts that they fit
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True
        params.swa_full = True  # sequences are cut and continued anywhere, so no layer may forget early
        params.flash_attn_type = 0 if exact else -1
        params.type_k = params.type_v = _CACHE_TYPES[cache_type]
        params.no_perf = True
        self._model, self._library = model, lib
        self._pointer = lib.llama_init_from_model(model.pointer, params)
        if not self._pointer:
            raise ModelRefused(f"llama.cpp could not make room for {cells} tokens; set a smaller [inference] context.")
        self._memory = lib.llama_get_memory(self._pointer)
        self.cells: int = lib.llama_n_ctx(self._pointer)
        self._tokens = (ctypes.c_int32 * batch)()
        self._positions = (ctypes.c_int32 * batch)()
        self._sequences = (ctypes.c_int32 * batch)()
        self._outputs = (ctypes.c_int8 * batch)()
        self._batch = self._make_batch(batch)
        self._sample = self._find_sample()
        self._flag = ctypes.create_string_buffer(2)
        self._set_abort_callback()

    def decode(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
        """Evaluates the rows. Returns llama.cpp's status (0 is good) and for each row where its last logits are, or -1.

        Those of guesses lie one after the other, the last one's last.
        """
        at, places = 0, []
        for row in rows:
            end = at + len(row.tokens)
            self._tokens[at:end] = list(row.tokens)
            self._positions[at:end] = list(range(row.start, row.start + len(row.tokens)))
            self._sequences[at:end] = [row.slot] * len(row.tokens)
            self._outputs[at:end] = [0] * len(row.tokens)
            if row.draw:
                self._outputs[end - 1 - row.drafted : end] = [1] * (row.drafted + 1)
            places.append(end - 1 if row.draw else -1)
            at = end
        self._batch.n_tokens = at
        return self._library.llama_decode(self._pointer, self._batch), places

    def draw(self, sampler: Any, place: int) -> int:
        """Draws (and accepts) a token with a sampler chain from the logits at `place`."""
        return int(self._sample(sampler, self._pointer, place))

    def logits(self, place: int) -> Any:
        """C pointer to the logits at `place`."""
        return self._library.llama_get_logits_ith(self._pointer, place)

    def share(self, source: int, target: int, length: int) -> bool:
        """Lets `target` hold the first `length` tokens of `source`; false (and `target` empty) when it cannot be."""
        lib = self._library
        if source != target:
            lib.llama_memory_seq_rm(self._memory, target, -1, -1)
            if length:
                lib.llama_memory_seq_cp(self._memory, source, target, 0, length)
        elif not lib.llama_memory_seq_rm(self._memory, target, length, -1):
            self.clear(target)
        if lib.llama_memory_seq_pos_max(self._memory, target) == length - 1:
            return True
        self.clear(target)
        return False

    def lay_over(self, adapters: Sequence[Adapter]) -> None:
        """Uses LoRA adapters from now on. Raises ModelRefused for one that is not made for this model."""
        lib, model = self._library, self._model
        pointers = []
        for adapter in adapters:
            pointer = lib.llama_adapter_lora_init(model.pointer, adapter.path.encode())
            if not pointer:
                name = Path(adapter.path).name
                raise ModelRefused(f"{name}: it cannot be laid over this model; an adapter fits the model it was trained on.")
            pointers.append(pointer)  # freed with the model
        if pointers:
            array = (lib.llama_adapter_lora_p_ctypes * len(pointers))()
            for place, pointer in enumerate(pointers):
                array[place] = ctypes.cast(pointer, lib.llama_adapter_lora_p_ctypes)
            scales = (ctypes.c_float * len(pointers))(*(adapter.scale for adapter in adapters))
            if lib.llama_set_adapters_lora(self._pointer, array, len(pointers), scales):
                raise ModelRefused("The adapters cannot be used together.")

    def clear(self, slot: int) -> None:
        """Forgets a sequence."""
        self._library.llama_memory_seq_rm(self._memory, slot, -1, -1)

    def set_threads(self, threads: int) -> None:
        """Compute threads from the next step on."""
        self._library.llama_set_n_threads(self._pointer, threads, threads)

    def save(self, slot: int) -> bytes:
        """The memory of a sequence as bytes; empty when it holds nothing or cannot be saved."""
        size = self._library.llama_state_seq_get_size(self._pointer, slot)
        if not size or self._library.llama_memory_seq_pos_max(self._memory, slot) < 0:
            return b""
        room = (ctypes.c_uint8 * size)()
        written = self._library.llama_state_seq_get_data(self._pointer, room, size, slot)
        return bytes(memoryview(room)[:written])

    def restore(self, slot: int, data: bytes, length: int) -> bool:
        """Gives an empty sequence what `save` returned for `length` tokens; false (and the sequence empty) when it does not fit."""
        room = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        read = self._library.llama_state_seq_set_data(self._pointer, room, len(data), slot)
        if read == len(data) and self._library.llama_memory_seq_pos_max(self._memory, slot) == length - 1:
            return True
        self.clear(slot)
        return False

    def abort(self) -> None:
        """Makes a running `decode` return ABORTED soon; callable from any thread."""
        _aborting.set()
        self._flag[0] = b"\x01"

    def close(self) -> None:
        """Frees the memory."""
        if self._pointer:
            self._library.llama_free(self._pointer)
            self._pointer = None
            _aborting.clear()

    def _make_batch(self, size: int) -> Any:
        """A batch over our own arrays: llama_batch_init would make one allocation per token for the sequence ids."""
        lib = self._library
        width = ctypes.sizeof(ctypes.c_int32)
        base = ctypes.addressof(self._sequences)
        pointer = ctypes.POINTER(ctypes.c_int32)
        self._sequence_pointers = (pointer * size)(*(ctypes.cast(base + at * width, pointer) for at in range(size)))
        self._counts = (ctypes.c_int32 * size)(*([1] * size))
        batch = lib.llama_batch()
        fields = dict(lib.llama_batch._fields_)
        batch.token = ctypes.cast(self._tokens, fields["token"])
        batch.pos = ctypes.cast(self._positions, fields["pos"])
        batch.n_seq_id = ctypes.cast(self._counts, fields["n_seq_id"])
        batch.seq_id = ctypes.cast(self._sequence_pointers, fields["seq_id"])
        batch.logits = ctypes.cast(self._outputs, fields["logits"])
        return batch

    def _find_sample(self) -> Any:
        """llama_sampler_sample; for small vocabularies called with the interpreter lock held (see _QUICK_VOCABULARY)."""
        lib = self._library
        if self._model.vocabulary_size > _QUICK_VOCABULARY:
            return lib.llama_sampler_sample
        sample = ctypes.PyDLL(lib._lib._name).llama_sampler_sample
        sample.argtypes, sample.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32], ctypes.c_int32
        return sample

    def _set_abort_callback(self) -> None:
        """Points the abort callback at libc's strlen over a two-byte buffer.

        llama.cpp asks after every node of the graph: a Python callback would fight for the interpreter lock hundreds
        of times a step. strlen of an empty string is 0 (go on) and 1 as soon as `abort` writes a byte.
        """
        lib = self._library
        strlen = ctypes.CDLL(None).strlen
        callback = ctypes.cast(strlen, lib.ggml_abort_callback)
        self._abort_callback = callback
        lib.llama_set_abort_callback(self._pointer, callback, ctypes.cast(self._flag, ctypes.c_void_p))
