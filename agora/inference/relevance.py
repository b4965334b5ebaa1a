"""Whether a line has to do with what was said: it takes up a telling word of the last messages, the topic or its matter.

The starter model now and then miscopies a word that it was never taught, and writes of something else. Such a line is
drawn anew, in the room as in the evaluation; `WRITES` bounds how often.
"""

import re

from agora.inference.context import SharedContext, Task
from agora.inference.layout import Style, with_subject
from agora.inference.safety import clean_name
from agora.inference.subject import STOP_WORDS

WRITES = 3
"""How often the model may write within one turn: its line may be empty, said before or beside the matter."""
_LATEST = 3
"""How many of the last messages a line may take something up from."""
_WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*")


def list_words(text: str) -> list[str]:
    """The words of a text, lower case."""
    return [word.casefold() for word in _WORD.findall(text)]


def list_offered(shared: SharedContext, task: Task) -> set[str]:
    """The telling words that a line of this task may take up, lower case; names tell nothing."""
    names = {*(line.speaker for line in shared.lines), clean_name(task.target or "")}
    hidden = STOP_WORDS[shared.language] | {word for name in names for word in list_words(name)}
    sources = [*(line.text for line in shared.lines[-_LATEST:]), shared.topic, with_subject(task, shared).about or ""]
    return {word for source in sources for word in list_words(source)} - hidden


def is_beside(text: str, shared: SharedContext, task: Task, style: Style) -> bool:
    """Whether the starter model's line takes up nothing though something was offered. A larger model is left alone: it
    may well say the same in other words."""
    if style != "starter":
        return False
    offered = list_offered(shared, task)
    return bool(offered) and offered.isdisjoint(list_words(text))
