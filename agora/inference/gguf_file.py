"""Reads the head of a GGUF file (metadata and tensor list) and refuses a broken one with the reason.

llama.cpp may end the whole process on a malformed file, so every count, length and offset is checked against the file's
real size before it is used. The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import mmap
import struct
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from agora.inference.errors import ModelRefused
from agora.inference.gguf_types import TENSOR_TYPES

VERSIONS = (2, 3)
MOST_KEYS = 65_536
MOST_TENSORS = 1_000_000
LONGEST_KEY = 65_535
LONGEST_TENSOR_NAME = 63
MOST_DIMENSIONS = 4
SMALLEST_KEY_BYTES = 8 + 4 + 1
SMALLEST_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8
KEPT_ITEMS = 64
"""Arrays longer than this are counted, not kept: a vocabulary has 150,000 words that nobody asks for here."""

STRING, ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}

Scalar = int | float | bool | str


class GgufArray(msgspec.Struct, frozen=True):
    """An array of the metadata: how long it is, of what, and its items when they are few scalars."""

    kind: int
    length: int
    items: tuple[Scalar, ...] = ()


class GgufTensor(msgspec.Struct, frozen=True):
    """One tensor of the list; sizes from the fastest running dimension on, `bytes` is its stored size."""

    name: str
    sizes: tuple[int, ...]
    type_name: str
    bytes: int

    @property
    def elements(self) -> int:
        """Number of weights."""
        total = 1
        for size in self.sizes:
            total *= size
        return total


class GgufHead(msgspec.Struct, frozen=True):
    """Everything before the weights."""

    version: int
    metadata: dict[str, Scalar | GgufArray]
    tensors: tuple[GgufTensor, ...]


def read_head(path: Path) -> GgufHead:
    """Reads and checks the file's head. Raises ModelRefused that names the file and what is wrong with it."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < 24:
                raise ModelRefused(f"{path.name}: the file has only {size} bytes, that is no model.")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
                return _Reader(view, size, path.name).read()
    except (OSError, ValueError) as error:
        raise ModelRefused(f"{path.name}: the file cannot be read ({error}).") from error


class _Reader:
    def __init__(self, view: mmap.mmap, size: int, name: str) -> None:
        self._view, self._size, self._name, self._at = view, size, name, 0

    def read(self) -> GgufHead:
        version, tensor_count, key_count = self._read_header()
        metadata: dict[str, Scalar | GgufArray] = {}
        for _ in range(key_count):
            key = self._read_string("a key of the metadata", LONGEST_KEY)
            if key in metadata:
                self._refuse(f"the metadata has {key} twice")
            metadata[key] = self._read_value(self._read_number("<I"), key)
        tensors = self._read_tensors(tensor_count, self._find_alignment(metadata))
        return GgufHead(version, metadata, tensors)

    def _read_header(self) -> tuple[int, int, int]:
        if self._view[:4] != b"GGUF":
            self._refuse("it does not begin with GGUF, so it is no GGUF file")
        self._at = 4
        version = self._read_number("<I")
        if version not in VERSIONS:
            if version in (v << 24 for v in VERSIONS):
                self._refuse("it was made for big-endian machines")
            self._refuse(f"it has GGUF version {version}; versions 2 and 3 are known")
        tensors, keys = self._read_number("<Q"), self._read_number("<Q")
        self._check_count(keys, MOST_KEYS, SMALLEST_KEY_BYTES, "metadata entries")
        self._check_count(tensors, MOST_TENSORS, SMALLEST_TENSOR_BYTES, "tensors")
        return version, tensors, keys

    def _read_value(self, kind: int, key: str) -> Scalar | GgufArray:
        if kind == STRING:
            return self._read_string(key, self._size)
        if kind == ARRAY:
            return self._read_array(key)
        form = _SCALARS.get(kind)
        if form is None:
            self._refuse(f"{key} has the unknown type {kind}")
        value: Scalar = self._read_scalar(form)
        return value

    def _read_array(self, key: str) -> GgufArray:
        kind, length = self._read_number("<I"), self._read_number("<Q")
        if kind == STRING:
            self._check_count(length, self._size, 8, f"items in {key}")
            kept = [self._read_string(key, self._size) for _ in range(min(length, KEPT_ITEMS))]
            for _ in range(length - len(kept)):
                self._skip(self._read_number("<Q"), key)
            return GgufArray(kind, length, tuple(kept) if length <= KEPT_ITEMS else ())
        form = _SCALARS.get(kind)
        if form is None:
            self._refuse(f"{key} is an array of the unknown type {kind}")
        width = struct.calcsize(form)
        self._check_count(length, self._size, width, f"items in {key}")
        start = self._at
        self._skip(length * width, key)
        if length > KEPT_ITEMS:
            return GgufArray(kind, length)
        return GgufArray(kind, length, struct.unpack_from(f"<{length}{form[1]}", self._view, start))

    def _read_tensors(self, count: int, alignment: int) -> tuple[GgufTensor, ...]:
        found: list[tuple[GgufTensor, int]] = []
        names: set[str] = set()
        for _ in range(count):
            tensor, offset = self._read_tensor()
            if tensor.name in names:
                self._refuse(f"it has two tensors named {tensor.name}")
            names.add(tensor.name)
            found.append((tensor, offset))
        start = -(-self._at // alignment) * alignment
        for tensor, offset in found:
            if offset % alignment:
                self._refuse(f"tensor {tensor.name} is not aligned to {alignment} bytes")
            if start + offset + tensor.bytes > self._size:
                missing = start + offset + tensor.bytes - self._size
                self._refuse(f"tensor {tensor.name} ends {missing} bytes after the end of the file; it was cut off")
        return tuple(tensor for tensor, _ in found)

    def _read_tensor(self) -> tuple[GgufTensor, int]:
        name = self._read_string("a tensor name", LONGEST_TENSOR_NAME)
        dimensions = self._read_number("<I")
        if not 1 <= dimensions <= MOST_DIMENSIONS:
            self._refuse(f"tensor {name} has {dimensions} dimensions")
        sizes = tuple(self._read_number("<Q") for _ in range(dimensions))
        kind, offset = self._read_number("<I"), self._read_number("<Q")
        known = TENSOR_TYPES.get(kind)
        if known is None:
            self._refuse(f"tensor {name} has the unknown type {kind}")
        type_name, block, width = known
        elements = 1
        for size in sizes:
            elements *= size
            if size <= 0 or elements > self._size * 64:
                self._refuse(f"tensor {name} has impossible sizes {sizes}")
        if sizes[0] % block:
            self._refuse(f"tensor {name} has rows of {sizes[0]}, which is no multiple of {block}")
        return GgufTensor(name, sizes, type_name, elements // block * width), offset

    def _find_alignment(self, metadata: dict[str, Scalar | GgufArray]) -> int:
        value = metadata.get("general.alignment", 32)
        if not isinstance(value, int) or not 8 <= value <= 65_536 or value & (value - 1):
            self._refuse(f"general.alignment is {value}, which is no power of two from 8 on")
        return value

    def _check_count(self, count: int, most: int, smallest: int, what: str) -> None:
        if count > most or count * smallest > self._size - self._at:
            self._refuse(f"it claims {count} {what}, more than the file can hold")

    def _read_string(self, what: str, longest: int) -> str:
        length = self._read_number("<Q")
        if length > longest:
            self._refuse(f"{what} is {length} bytes long")
        start = self._at
        self._skip(length, what)
        # Words of a vocabulary may be cut anywhere in a character, so bytes that are no UTF-8 are no fault.
        return self._view[start : self._at].decode("utf-8", "replace")

    def _read_number(self, form: str) -> int:
        number: int = self._read_scalar(form)
        return number

    def _read_scalar(self, form: str) -> Any:
        start = self._at
        self._skip(struct.calcsize(form), "a number")
        return struct.unpack_from(form, self._view, start)[0]

    def _skip(self, width: int, what: str) -> None:
        if width < 0 or width > self._size - self._at:
            self._refuse(f"it ends in the middle of {what}; it was cut off")
        self._at += width

    def _refuse(self, reason: str) -> NoReturn:
        raise ModelRefused(f"{self._name}: {reason}.")
