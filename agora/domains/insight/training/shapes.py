"""From the shape of a JSON answer to the grammar that llama.cpp holds the model to."""

import re

from agora.domains.insight.training.errors import TrainingError

_FIELD = re.compile(r'"(\w+)"\s*:\s*(string|integer|boolean|list)')

_RULES = {
    "string": r"""string ::= "\"" char{0,60} "\"" """,
    "char": r"""char ::= [^"\\\x00-\x1f]""",
    "integer": r"""integer ::= "-"? [0-9]{1,6}""",
    "boolean": """boolean ::= "true" | "false\"""",
    "list": """list ::= "[" (string (", " string){0,4})? "]\"""",
}


def build_grammar(shape: str) -> str:
    """GBNF for a shape such as `{"topic": string, "importance": integer}`. Raises TrainingError for any other text."""
    fields = _FIELD.findall(shape)
    if not fields or len(fields) != shape.count(":"):
        raise TrainingError(f"Not a shape of known fields: {shape}")
    pairs = ' ", " '.join(f'"\\"{key}\\": " {kind}' for key, kind in fields)
    return "\n".join([f'root ::= " "? "{{" {pairs} "}}"', *(rule.strip() for rule in _RULES.values())])
