"""A language model of any size with random weights in Q4_K_M, written as a GGUF file within seconds.

Benchmarks run it where a real one would have to be downloaded: it costs exactly as much time and memory as a trained model
of the same shape. Its words are made so that text and tokens stay in step: every token it can draw is one word with the
space before it, and that word is read back as the same token.
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import msgspec

from agora.inference.tiny import list_byte_letters

CONSONANTS, VOWELS = "bcdfghjklmnprstvwz", "aeiou"
BEGIN, END = "<|begin|>", "<|end|>"

_BLOCK = 256  # weights that the K formats pack together
_Q4_BYTES, _Q6_BYTES = 144, 210


class RandomShape(msgspec.Struct, frozen=True):
    """Sizes of the model; `width` and `inner` are multiples of 256. The default has 373 million parameters, 223 MB."""

    width: int = 1024
    layers: int = 24
    heads: int = 16
    kv_heads: int = 8
    inner: int = 3584
    vocabulary: int = 16_384
    context: int = 16_384
    seed: int = 7


class Vocabulary(msgspec.Struct, frozen=True):
    """`words` are the tokens from `first_word` on; `merges` is how a byte-level tokenizer arrives at them."""

    tokens: list[str]
    merges: list[str]
    first_word: int

    @property
    def words(self) -> int:
        """How many tokens are words."""
        return len(self.tokens) - 2 - self.first_word


def build_vocabulary(size: int) -> Vocabulary:
    """Bytes, syllables and the words made of two or three of them, then the two control tokens: `size` tokens in all."""
    letters = list_byte_letters()
    space = letters[0x20]
    syllables = ["".join(pair) for pair in product(CONSONANTS, VOWELS)]
    pairs = [f"{left}{right}" for left, right in product(syllables, syllables)]
    room = size - 2 - len(letters) - len(syllables)
    short = min(len(pairs), room // 2)
    known = [*letters, *syllables, *pairs[:short]]
    words = [f"{space}{pair}" for pair in pairs[:short]]
    merges = [f"{syllable[0]} {syllable[1]}" for syllable in syllables]
    merges += [f"{pair[:2]} {pair[2:]}" for pair in pairs[:short]]
    merges += [f"{space} {pair}" for pair in pairs[:short]]
    long = room - 2 * short
    for word, syllable in product(list(words), syllables):
        if long == 0:
            break
        words.append(word + syllable)
        merges.append(f"{word} {syllable}")
        long -= 1
    return Vocabulary([*known, *words, BEGIN, END], merges, len(known))


def write_random_model(path: Path, shape: RandomShape = RandomShape()) -> Path:
    """Writes the file and returns its path; the same shape gives the same bytes."""
    import gguf
    import numpy as np

    vocabulary = build_vocabulary(shape.vocabulary)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("random")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    _add_sizes(writer, shape)
    _add_vocabulary(writer, vocabulary)
    _Tensors(writer, shape, vocabulary, np.random.default_rng(shape.seed)).add_all()
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def build_text(words: int, vocabulary: Vocabulary, seed: int) -> str:
    """So many words of the vocabulary, one token each, beginning with a space."""
    import numpy as np

    space = list_byte_letters()[0x20]
    chosen = np.random.default_rng(seed).integers(vocabulary.first_word, vocabulary.first_word + vocabulary.words, words)
    return "".join(vocabulary.tokens[int(token)] for token in chosen).replace(space, " ")


def _add_sizes(writer: Any, shape: RandomShape) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(shape.vocabulary)


def _add_vocabulary(writer: Any, vocabulary: Vocabulary) -> None:
    import gguf

    size = len(vocabulary.tokens)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * (size - 2) + [gguf.TokenType.CONTROL] * 2)
    writer.add_token_merges(vocabulary.merges)
    writer.add_bos_token_id(size - 2)
    writer.add_eos_token_id(size - 1)
    writer.add_add_bos_token(False)


class _Tensors:
    """Draws packed weights directly: quantising random numbers would only take longer to arrive at random bits."""

    def __init__(self, writer: Any, shape: RandomShape, vocabulary: Vocabulary, random: Any) -> None:
        self._writer, self._shape, self._vocabulary, self._random = writer, shape, vocabulary, random

    def add_all(self) -> None:
        """The tensors of a llama with Q6_K where llama.cpp's Q4_K_M puts it."""
        shape = self._shape
        narrow = shape.width // shape.heads * shape.kv_heads
        self._add("token_embd.weight", shape.vocabulary, shape.width)
        for layer in range(shape.layers):
            at, fine = f"blk.{layer}", _is_fine(layer, shape.layers)
            self._add_norm(f"{at}.attn_norm.weight")
            self._add(f"{at}.attn_q.weight", shape.width, shape.width)
            self._add(f"{at}.attn_k.weight", narrow, shape.width)
            self._add(f"{at}.attn_v.weight", narrow, shape.width, fine=fine)
            self._add(f"{at}.attn_output.weight", shape.width, shape.width)
            self._add_norm(f"{at}.ffn_norm.weight")
            self._add(f"{at}.ffn_gate.weight", shape.inner, shape.width)
            self._add(f"{at}.ffn_up.weight", shape.inner, shape.width)
            self._add(f"{at}.ffn_down.weight", shape.width, shape.inner, fine=fine)
        self._add_norm("output_norm.weight")
        self._add("output.weight", shape.vocabulary, shape.width, fine=True, silent=self._list_silent())

    def _list_silent(self) -> Sequence[int]:
        """Tokens that are no words: their weights are zero, so that they are never the likeliest."""
        size = self._shape.vocabulary
        return [*range(self._vocabulary.first_word), size - 2, size - 1]

    def _add_norm(self, name: str) -> None:
        self._writer.add_tensor(name, self._random.normal(1.0, 0.1, self._shape.width).astype("float32"))

    def _add(self, name: str, rows: int, columns: int, *, fine: bool = False, silent: Sequence[int] = ()) -> None:
        import gguf

        blocks = (rows, columns // _BLOCK, _Q6_BYTES if fine else _Q4_BYTES)
        data = self._random.integers(0, 256, blocks, dtype="uint8")
        (_scale_q6 if fine else _scale_q4)(data, columns**-0.5)
        if silent:
            data[list(silent)] = 0
        kind = gguf.GGMLQuantizationType.Q6_K if fine else gguf.GGMLQuantizationType.Q4_K
        self._writer.add_tensor(name, data.reshape(rows, -1), raw_dtype=kind)


def _scale_q4(data: Any, deviation: float) -> None:
    """Weights d * 32 * q - m * 32 with q from 0 to 15: centred by m = 7.5 d, with a standard deviation of 4.61 * 32 d.

    block_q4_K of ggml-common.h: d and m as half floats, twelve bytes with eight 6-bit scales and minima (all 32), the q.
    """
    import numpy as np

    d = deviation / (32 * 4.61)
    data[..., :4] = np.array([d, 7.5 * d], "<f2").view("uint8")
    data[..., 4:12], data[..., 12:16] = 0xA0, 0


def _scale_q6(data: Any, deviation: float) -> None:
    """Weights d * 16 * (q - 32) with q from 0 to 63, whose standard deviation is 18.5 * 16 d.

    block_q6_K of ggml-common.h: the q in 192 bytes, sixteen scales of one byte (all 16), d as a half float.
    """
    import numpy as np

    data[..., 192:208] = 16
    data[..., 208:] = np.array([deviation / (16 * 18.5)], "<f2").view("uint8")


def _is_fine(layer: int, layers: int) -> bool:
    """Whether Q4_K_M gives six bits to a layer (its values, second feed-forward matrix): both end eighths, every third between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2
