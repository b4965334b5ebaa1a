"""Finds the matter of the last messages: one word, or a word with its article in French.

Small models take up what stands close to where they begin to write, so the layout repeats the matter there. The
rule is plain: the longest telling word of the newest message, words of the channel's topic and words said
before counting more.
"""

import re
from collections.abc import Collection, Sequence

from agora.inference.context import Language

_EN = """
a about above across actually after again all almost already also although always am an and another any
anybody anyone anything are around ask asked at away back be because been before begin being believe best
better big bit both bring but by bye came can cannot care come could course day days did didn different do
does doesn doing don done down each easy either else enough even evening ever every everybody everyone
everything exactly far feel few find fine first for forget from full gave get give glad go goes going gone
good got great had half happy hard has have haven having he hear heard hello help helps her here hey hi him
his hold hope how idea if in into is isn it its just keep kind know last later least less let like little long
look looks lot lots love made make makes many matter may maybe me mean might mind mine moment more morning
most much must my myself name need needs never new next nice no nobody none nor not nothing now of off often
ok okay old on once one only or other our out over own part people perhaps place plan please point possible
pretty problem put question quite rather ready real really right said same say says see seem seems sense she
should show side simple since small so some somebody someone something sometimes soon sorry sort start step
still story such sure take talk tell than thank thanks that the their them then there these they thing things
think this those though through time times to today together told tomorrow too totally tried true try turn two
under understand until up us use used usually very wait want wants was wasn way we week well went were what
when where which while who whole why will wish with without won wonder word words work works worry would
wouldn wow wrong yes yesterday yet you your yours
"""
_FR = """
accord affaire afin ai aide aider aimerais aime aimes ainsi ait alors ans apprendre après as assez attends au
aucun aucune aujourd aurait aussi autant autour autre autres aux avait avant avec avez avoir avons bah bah
beau beaucoup belle besoin bien bientôt bon bonjour bonne bonsoir bref ça car ce cela celle celui ces cet
cette ceux chacun chaque chez chose choses ciao comme comment commence commencer compris contre côté coucou
crois croire c d dans de début déjà demain demande depuis dernier dernière des dès deux devant devez devons
devrait dire dis disait dit dois doit donc donne donner dont du elle elles en encore enfin ensemble ensuite
entre envie es est et étais était être eu eux exactement facile faire fais fait fallait fasse faudrait faut
femme fin finalement fois font gens genre grand grande gros heureux heure heures hier histoire hui ici idée il
ils j jamais je jour journée jours juste l la là laisse le les leur leurs loin longtemps lors lui m ma mais
mal malgré manière me même mes merci mettre mieux mien moi moins moment mon monde mot mots n ne ni non nos
notre nous nouveau nouvelle on ont ou où oui par parce pardon pareil parfois parle parler part partie pas
passe passer peine pendant pensais pense penses penser pensez personne petit petite peu peur peut peux plaisir
plaît plupart plus plutôt point possible pour pourquoi pourrait pouvoir premier première prendre près presque
prêt problème puis quand quant quel quelle quelles quelqu quelque quelques quels question qui quitte quoi
raconte rapport rester revoir rien s sa sais salut sans savoir se semaine semble sens sera serait ses seul si
sien simple soir soit sommes son sont sorte souvent sûr suis sur surtout t ta tant tard te tel tellement temps
tes tiens toi ton toujours tous tout toute toutes très trop trouve trouver tu un une unes va vais vas vers
veut veux vie vient viens voilà voici voir vois votre voulez vouloir voudrais vous vrai vraiment vu y
"""
STOP_WORDS: dict[Language, frozenset[str]] = {"en": frozenset(_EN.split()), "fr": frozenset(_FR.split())}

_FADING = 0.3  # what a message loses by each newer one
_WORD = re.compile(r"[^\W_]+(?:[-+#.][^\W_]+)*[+#]*")
_ARTICLES = {
    "le": "le", "la": "la", "les": "les", "un": "le", "une": "la", "des": "les", "du": "le", "au": "le", "aux": "les",
    "mon": "le", "ton": "le", "son": "le", "ma": "la", "ta": "la", "sa": "la", "mes": "les", "tes": "les",
    "ses": "les", "nos": "les", "vos": "les", "ces": "les", "cette": "la", "ce": "le", "leurs": "les",
}  # fmt: skip


def find_subject(texts: Sequence[str], topic: str, language: Language, names: Collection[str] = ()) -> str | None:
    """The matter of `texts` (oldest first), else the topic when it is short, else None."""
    hidden = {word for name in names for word in _list_words(name)}
    topical = set(_list_words(topic))
    best, best_score = None, 0.0
    for age, text in enumerate(reversed(texts)):
        said = {word for earlier in texts[: len(texts) - 1 - age] for word in _list_words(earlier)}
        found, score = _pick(text, language, hidden, topical, said)
        if found and score - _FADING * age > best_score:
            best, best_score = found, score - _FADING * age
    return best or find_topic(topic, language)


def find_topic(topic: str, language: Language) -> str | None:
    """The topic itself if it has at most four words, else its most telling word."""
    words = topic.split()
    if not words:
        return None
    return " ".join(words) if len(words) <= 4 else _pick(topic, language, set(), set(), set())[0]


def _list_words(text: str) -> list[str]:
    return [match.group().casefold() for match in _WORD.finditer(text)]


def _pick(text: str, language: Language, hidden: set[str], topical: set[str], said: set[str]) -> tuple[str | None, float]:
    """The most telling word of one text, with its score."""
    stop = STOP_WORDS[language]
    best, best_score = None, 0.0
    for match in _WORD.finditer(text):
        word = match.group()
        folded = word.casefold()
        if folded in stop or folded in hidden or len(word) < 3 or word.isdigit():
            continue
        score = min(len(word), 10) / 10 + (1.0 if folded in topical else 0.0) + (0.3 if folded in said else 0.0)
        article = _french_article(text[: match.start()]) if language == "fr" else ""
        score += 0.6 if article else 0.0
        if score > best_score:
            best, best_score = f"{article}{word}", score
    return best, best_score


def _french_article(before: str) -> str:
    """The definite article that goes with a noun, told from the word in front of it: "mes " gives "les "."""
    elided = re.search(r"(?:^|[\s(])[dl]['\u2019]$", before, re.IGNORECASE)
    if elided:
        return "l'"
    last = re.search(r"([^\W\d_]+) $", before)
    article = _ARTICLES.get(last.group(1).casefold()) if last else None
    return f"{article} " if article else ""
