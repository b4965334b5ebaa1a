"""What may follow what: the acts that answer an act, and how a matter is carried on."""

from random import Random

ANSWERS: dict[str, tuple[str, ...]] = {
    "greet": ("greet_back", "greet_back", "greet_back", "ask_mood"),
    "greet_back": ("tell_mood", "say", "ask_opinion"),
    "ask_mood": ("tell_mood",),
    "tell_mood": ("say", "ask_more", "ask_opinion"),
    "say": ("agree", "ask_more", "disagree", "opinion", "ask_opinion", "agree"),
    "ask_opinion": ("opinion",),
    "opinion": ("agree", "disagree", "ask_more", "agree"),
    "ask_more": ("explain",),
    "explain": ("agree", "ask_how", "laugh", "ask_more"),
    "agree": ("propose", "ask_how", "ask_opinion", "say"),
    "disagree": ("concede", "hold", "ask_more"),
    "concede": ("agree", "propose", "thank"),
    "hold": ("concede", "disagree", "ask_more"),
    "trouble": ("advice", "comfort", "advice"),
    "comfort": ("thank", "ask_how"),
    "advice": ("thank", "agree", "ask_more", "ask_plan"),
    "ask_how": ("advice",),
    "good_news": ("congratulate",),
    "congratulate": ("thank",),
    "bad_news": ("comfort",),
    "joke_request": ("joke",),
    "joke": ("laugh",),
    "laugh": ("joke_request", "say", "ask_opinion"),
    "propose": ("accept", "decline", "accept", "ask_plan"),
    "accept": ("ask_plan", "thank", "agree"),
    "decline": ("concede", "hold", "propose"),
    "ask_plan": ("plan",),
    "plan": ("accept", "agree", "ask_decision", "thank"),
    "ask_decision": ("decide",),
    "decide": ("agree", "accept", "disagree"),
    "thank": ("welcome",),
    "welcome": ("ask_opinion", "say", "bye"),
    "bye": ("bye_back",),
    "bye_back": ("bye_back", "say"),
    "ask_who": ("introduce",),
    "introduce": ("greet_back", "ask_more"),
    "ask_memory": ("recall",),
    "recall": ("thank", "ask_more"),
    "ask_fact": ("fact",),
    "fact": ("thank", "agree"),
    "ask_code": ("code",),
    "code": ("thank", "congratulate"),
    "free": ("agree", "ask_more", "opinion", "disagree"),
    "free_ask": ("opinion", "advice", "explain"),
}
"""For each act the acts that may answer it; more often listed, more often chosen."""

STARTS = (
    "greet", "say", "say", "ask_opinion", "ask_how", "ask_how", "trouble", "propose", "good_news", "bad_news", "joke_request",
    "ask_plan", "ask_decision", "ask_fact", "ask_code", "ask_who", "ask_memory", "free", "free_ask", "thank", "bye", "ask_mood",
)  # fmt: skip

MOOD_AFTER = {
    "good_news": "cheerful", "congratulate": "cheerful", "joke": "playful", "laugh": "playful", "trouble": "worried",
    "bad_news": "sad", "comfort": "sad", "disagree": "annoyed", "hold": "annoyed", "decline": "annoyed", "decide": "focused",
    "plan": "focused", "ask_plan": "focused", "ask_more": "curious", "ask_how": "curious", "ask_opinion": "curious",
}  # fmt: skip
IMPORTANCE = {
    "good_news": 7, "bad_news": 8, "trouble": 7, "decide": 9, "plan": 8, "propose": 6, "disagree": 5, "ask_how": 5, "ask_plan": 6,
    "advice": 6, "greet": 1, "greet_back": 1, "bye": 1, "bye_back": 1, "thank": 2, "welcome": 1, "laugh": 2, "joke": 2,
}  # fmt: skip


def answer_to(act: str, random: Random) -> str:
    """An act that answers `act`."""
    return random.choice(ANSWERS[act])
