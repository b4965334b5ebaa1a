"""A broken file is refused by name with the reason, and never anything else happens."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.inference.errors import ModelRefused
from agora.inference.gguf_file import read_head
from agora.inference.gguf_types import FILE_TYPES, TENSOR_TYPES
from agora.inference.model_info import inspect_model
from agora.inference.tiny import write_tiny_model

STRING, UINT32, ARRAY = 8, 4, 9


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def pair(key: bytes, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: bytes, sizes: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    shape = struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)
    return text(name) + shape + struct.pack("<IQ", kind, offset)


def head(*, version: int = 3, tensors: int = 0, keys: int = 0, body: bytes = b"") -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + body


HUGE = 2**63
BROKEN = {
    "empty": (b"", "0 bytes"),
    "short": (b"GGUF\x03\x00", "6 bytes"),
    "wrong magic": (b"GGML" + b"\x00" * 60, "does not begin with GGUF"),
    "old version": (head(version=1, body=b"\x00" * 8), "version 1"),
    "later version": (head(version=99, body=b"\x00" * 8), "version 99"),
    "big endian": (head(version=3 << 24, body=b"\x00" * 8), "big-endian"),
    "huge key count": (head(keys=HUGE, body=b"\x00" * 8), "metadata entries"),
    "huge tensor count": (head(tensors=HUGE, body=b"\x00" * 8), "tensors, more than"),
    "huge key": (head(keys=1, body=struct.pack("<Q", HUGE) + b"\x00" * 16), "bytes long"),
    "key beyond the end": (head(keys=1, body=struct.pack("<Q", 60_000) + b"x" * 40), "cut off"),
    "huge string": (head(keys=1, body=pair(b"a", STRING, struct.pack("<Q", HUGE))), "bytes long"),
    "huge array": (head(keys=1, body=pair(b"a", ARRAY, struct.pack("<IQ", UINT32, HUGE))), "items in a"),
    "huge array of texts": (head(keys=1, body=pair(b"a", ARRAY, struct.pack("<IQ", STRING, 2**40))), "items in a"),
    "array of arrays": (head(keys=1, body=pair(b"a", ARRAY, struct.pack("<IQ", ARRAY, 1))), "unknown type 9"),
    "unknown value type": (head(keys=1, body=pair(b"a", 77, b"\x00" * 8)), "unknown type 77"),
    "a key twice": (head(keys=2, body=pair(b"a", UINT32, b"\x00" * 4) * 2), "twice"),
    "odd alignment": (head(keys=1, body=pair(b"general.alignment", UINT32, struct.pack("<I", 33))), "alignment"),
    "no dimensions": (head(tensors=1, body=tensor(b"t", ()) + b"\x00" * 40), "0 dimensions"),
    "many dimensions": (head(tensors=1, body=tensor(b"t", (1,) * 9)), "9 dimensions"),
    "size zero": (head(tensors=1, body=tensor(b"t", (0, 4)) + b"\x00" * 40), "impossible sizes"),
    "sizes that overflow": (head(tensors=1, body=tensor(b"t", (2**33, 2**33))), "impossible sizes"),
    "unknown tensor type": (head(tensors=1, body=tensor(b"t", (32,), kind=4)), "unknown type 4"),
    "row no multiple of a block": (head(tensors=1, body=tensor(b"t", (33,), kind=8)), "multiple of 32"),
    "offset beyond the end": (head(tensors=1, body=tensor(b"t", (32,), offset=HUGE)), "after the end"),
    "offset not aligned": (head(tensors=1, body=tensor(b"t", (4,), offset=3) + b"\x00" * 200), "aligned"),
    "a tensor twice": (head(tensors=2, body=tensor(b"t", (4,)) * 2 + b"\x00" * 200), "two tensors"),
    "long tensor name": (head(tensors=1, body=tensor(b"t" * 64, (4,))), "64 bytes long"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_by_name_with_the_reason(tmp_path: Path, name: str) -> None:
    data, reason = BROKEN[name]
    path = tmp_path / "some-model.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelRefused, match=reason) as caught:
        read_head(path)
    assert caught.value.message.startswith("some-model.gguf: ")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.gguf", tmp_path):
        with pytest.raises(ModelRefused, match="cannot be read"):
            read_head(path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=4000))
def test_random_bytes_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "random.gguf"
    for content in (data, b"GGUF\x03\x00\x00\x00" + data):
        path.write_bytes(content)
        with pytest.raises(ModelRefused):
            inspect_model(path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 12_000), value=st.integers(0, 255))
def test_one_changed_byte_is_refused_or_harmless(tmp_path: Path, tiny: Path, at: int, value: int) -> None:
    data = bytearray(tiny.read_bytes())
    data[at] = value
    path = tmp_path / "changed.gguf"
    path.write_bytes(bytes(data))
    try:
        info = inspect_model(path)
    except ModelRefused as error:
        assert error.message.startswith("changed.gguf: ")
    else:
        assert info.parameters > 0


@pytest.mark.parametrize("part", [0.001, 0.05, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, tiny: Path, part: float) -> None:
    data = tiny.read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ModelRefused, match=r"cut off|more than the file can hold"):
        inspect_model(path)


def test_a_whole_model_is_described(tiny: Path) -> None:
    info = inspect_model(tiny)
    assert (info.name, info.architecture, info.context, info.layers, info.width) == ("tiny", "llama", 2048, 2, 64)
    assert (info.quantisation, info.vocabulary, info.bytes) == ("Q8_0", 284, tiny.stat().st_size)
    assert info.metadata["general.name"] == "tiny"
    assert info.parameters == 110_400


def test_the_template_is_found(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "chat.gguf", template="{{ messages }}")
    assert inspect_model(path).template == "{{ messages }}"


def rewrite(tiny: Path, path: Path, old: bytes, new: bytes) -> Path:
    data = tiny.read_bytes()
    assert data.count(old) == 1 and len(old) == len(new)
    path.write_bytes(data.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"general.architecture", b"general.architectura", "general.architecture is missing"),
        (b"llama.context_length", b"llama.context_lengta", "context_length is None"),
        (b"tokenizer.ggml.tokens", b"tokenizer.ggml.tokena", "tokenizer is missing"),
        (b"tokenizer.ggml.model", b"tokenizer.ggml.modea", "tokenizer.ggml.model is missing"),
        (b"token_embd.weight", b"token_embx.weight", "token_embd.weight is missing"),
    ],
)
def test_what_a_model_needs_is_missed_by_name(tiny: Path, tmp_path: Path, old: bytes, new: bytes, reason: str) -> None:
    with pytest.raises(ModelRefused, match=reason):
        inspect_model(rewrite(tiny, tmp_path / "lacking.gguf", old, new))


def test_the_type_tables_agree_with_the_gguf_package() -> None:
    import gguf

    for kind in gguf.GGMLQuantizationType:
        block, width = gguf.GGML_QUANT_SIZES[kind]
        assert TENSOR_TYPES[int(kind)] == (kind.name, block, width)
    for file_type in gguf.LlamaFileType:
        if file_type != gguf.LlamaFileType.GUESSED:
            assert file_type.name.endswith(FILE_TYPES[int(file_type)]) or "MOE" in file_type.name
