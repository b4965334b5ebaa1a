"""Run as `python -m agora.inference.trial FILE`: loads a model, decodes one token and says so.

A child process, because a wrong build or a wrong file ends the process inside llama.cpp, and no Python can catch that.
"""

import sys
from pathlib import Path

from agora.inference.embed_gguf import load_vectors
from agora.inference.errors import InferenceError
from agora.inference.llama import LlamaMemory, LlamaModel, Row
from agora.inference.model_info import inspect_model

DONE = "decoded one token"


def main(path: Path) -> int:
    """Exit status: 0 decoded, 3 refused with a sentence on standard error; anything else is a crash."""
    try:
        if inspect_model(path).kind == "embedding":
            load_vectors(path, threads=1).embed("Agora")
            print(DONE)
            return 0
        model = LlamaModel(path)
        tokens = model.tokenize("Agora", beginning=True, control=False) or [0]
        # One prompt of several tokens and one single token: they take different ways through llama.cpp.
        memory = LlamaMemory(model, cells=256, slots=1, batch=32, threads=1)
        for start, part in ((0, tokens[:8]), (len(tokens[:8]), tokens[:1])):
            status, _ = memory.decode([Row(0, start, part, True)])
            if status:
                print(f"{path.name}: llama_decode returned {status}", file=sys.stderr)
                return 3
        memory.close()
        model.close()
    except InferenceError as error:
        print(error.message, file=sys.stderr)
        return 3
    print(DONE)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
