"""Runs the evaluation through the engine, exactly as the runtime asks it, and makes the table of measures."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from agora.domains.insight.training import measures
from agora.domains.insight.training.exam import Question, list_json_questions, list_questions
from agora.domains.insight.training.measures import Answer
from agora.domains.insight.training.shapes import build_grammar
from agora.inference.context import Language
from agora.inference.fitting import MARGIN, fit
from agora.inference.layout import build_prompt, list_stops
from agora.inference.liveliness import choose_sampler
from agora.inference.ports import Engine, GenerationRequest, Priority, complete, text_prompt
from agora.inference.relevance import WRITES, is_beside

AT_ONCE = 8
LONGEST = 96
"""Most tokens of a reply; one that needs more did not stop by itself."""
LONGEST_JSON = 200
_APART = 1_000_003
"""Between the seeds of two tries: more than there are turns."""


class Measure(msgspec.Struct, frozen=True):
    """One line of the table. `goal` is the least wanted, or the most where `at_most`; None: only reported."""

    name: str
    value: float
    goal: float | None = None
    at_most: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal


async def evaluate(
    engine: Engine, language: Language, turns: int, on_turn: Callable[[], None] = lambda: None
) -> tuple[list[Measure], list[Answer]]:
    """The measures of one language on `turns` turns, and the answers they were taken from."""
    answers = await answer_all(engine, list_questions(language, turns), on_turn)
    return judge(answers), answers


async def evaluate_json(engine: Engine, count: int) -> Measure:
    """Share of valid JSON of the wanted shape, written under a grammar."""
    questions = list_json_questions(count)
    answers = await answer_all(engine, questions)
    good = sum(measures.is_shaped(a.text.strip(), a.question.private.task.shape or "") for a in answers)
    return Measure("valid JSON under a grammar", good / max(len(answers), 1), 1.0)


async def answer_all(engine: Engine, questions: Sequence[Question], on_turn: Callable[[], None] = lambda: None) -> list[Answer]:
    """The model's answer to each question, in order; the seed of a turn is its number."""
    room = asyncio.Semaphore(AT_ONCE)

    async def ask(at: int, question: Question) -> Answer:
        async with room:
            answer = await _answer(engine, question, seed=at)
        on_turn()
        return answer

    return list(await asyncio.gather(*(ask(at, question) for at, question in enumerate(questions))))


async def _answer(engine: Engine, question: Question, seed: int) -> Answer:
    """As in the room, a line beside the matter is written anew."""
    private, shape = question.private, question.private.task.shape
    most = LONGEST_JSON if shape else LONGEST
    shared = fit(engine, "starter", question.shared, private, engine.info().context - most - MARGIN)
    for attempt in range(WRITES):
        request = GenerationRequest(
            prompt=text_prompt(build_prompt(shared, private), control=True),
            max_tokens=most,
            sampler=choose_sampler(attempt, "starter"),
            stop=list_stops("starter", shared, private.name),
            seed=seed + attempt * _APART,
            priority=Priority.BACKGROUND,
            grammar=build_grammar(shape) if shape else None,
        )
        result = await complete(engine, request)
        answer = Answer(question, result.text, result.finish == "stop", attempt + 1)
        if shape or not is_beside(answer.said, shared, private.task, "starter"):
            break
    return answer


def judge(answers: Sequence[Answer]) -> list[Measure]:
    """The table for one language."""

    def share(test: Callable[[Answer], bool], chosen: Sequence[Answer] = answers) -> float:
        return sum(map(test, chosen)) / max(len(chosen), 1)

    def takes_up_at_once(answer: Answer) -> bool:
        return answer.writes == 1 and measures.takes_up(answer)

    known = [answer for answer in answers if not answer.question.new_topic]
    unknown = [answer for answer in answers if answer.question.new_topic]
    fitting = [fits for fits in map(measures.answers_in_turn, answers) if fits is not None]
    return [
        Measure("right language", share(measures.is_right_language), 0.99),
        Measure("stops by itself", share(lambda answer: answer.stopped), 0.99),
        Measure("speaks as itself only", share(measures.is_itself), 0.99),
        Measure("names the right addressee", share(measures.names_addressee), 0.95),
        Measure("takes up the topic (held-out topics)", share(measures.takes_up, known), 0.90),
        Measure("takes up the topic (invented topics)", share(measures.takes_up, unknown), 0.75),
        Measure("takes it up at the first try (held-out topics)", share(takes_up_at_once, known)),
        Measure("takes it up at the first try (invented topics)", share(takes_up_at_once, unknown)),
        Measure("answers what was said", sum(fitting) / max(len(fitting), 1)),
        Measure("no broken word", share(measures.has_whole_words), 0.99),
        Measure("same reply within 200 turns", measures.count_repeats(answers) / max(len(answers), 1), 0.03, at_most=True),
        Measure("distinct-2", measures.measure_distinct(answers)),
        Measure("trait told (of five)", measures.tell_traits(answers), 0.80),
    ]
