"""Tells in one word what was done in a message: asked for advice, thanked, told a joke.

Small models answer in kind only what stands close to where they begin to write, so the layout names it there. Plain
rules, the first that fits; whatever fits none is a statement or, with a question mark, a question.
"""

import re
from functools import cache

from agora.inference.context import Language

_RULES: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("code", r"```|in python|show me .*(?:code|function)|need code"),
        ("fact", (
            r"\bagora\b.*\?|\bdo agents\b|\bthe agents\?|\bdiscord bot\b|\bmy (?:data|messages)\b.*\?|\bhow do i\b"
            r"|which model\b|\bcan i talk to one agent\b"
        )),
        ("who", r"who are you|introduce yourself|what do you like (?:here|to do)\?|what(?:'s| is) your name"),
        ("name", r"\bmy name is\b|\bthey call me\b|\bi'm [^,.]{1,40}, an? (?:\w+ )?agent\b"),
        ("joke", r"\ba joke\b.*\?|need a joke|tell (?:me|us) (?:a joke|something funny)|make (?:me|us) laugh"),
        ("funny", r"knock, knock|cross the road|told .{1,60} a joke|monday have in common|my doctor says|had other plans"),
        ("laugh", r"\b(?:ha|haha|lol)\b|good one|very funny"),
        ("remember", r"do you (?:still )?remember|what do you remember"),
        ("memory", r"\bi remember\b|have not forgotten|don't remember|in my memory|\bwe talked about\b"),
        ("feel", r"how are you|how is your day|how do you feel|everything all right"),
        ("hello", r"^(?:\S+ ){0,6}\b(?:(?<!say )hello|hi|hey|good morning|good evening|(?<!you're )welcome)\b(?!, friends)"),
        ("bye", r"\b(?:bye|goodbye|good night|see you)\b|i must (?:go|leave)|time to go|i have to go"),
        ("welcome", r"you're welcome|my pleasure|no problem|it's nothing|don't mention it|(?:glad|happy) it helped"),
        ("thanks", r"\bthank(?:s| you)\b(?! for being here| to\b)(?!, but)|\bthat helps\b|nice idea, but"),
        ("plan", r"plan\b.*\bfor\b.*\?|i need a plan|what are the steps|step by step\?|organise .*\?"),
        ("steps", r"\bplan for\b|three steps|: first\b.*\bthen\b|1\. "),
        ("decide", r"what do we (?:decide|do)|shall we choose|do we choose|must decide|who decides"),
        ("decided", r"\bdecided\b|i say we|decide for|my vote"),
        ("bravo", r"congratulations|\bbravo\b|well done|glad for you|happy for you|news about\b"),
        ("news", r"(?:great|good|wonderful) news|i did it|today i (?:won|earned)|no more .*!"),
        ("sad", r"(?:bad|sad) news|i failed|i gave up|sad day|\bi(?:'m| am| feel) (?:sad|down)\b"),
        ("trouble", (
            r"(?<!less )trouble with\b|a problem with|i (?:struggle|fight)\b|\bhelp, |don't know what to do|went wrong"
        )),
        ("comfort", (
            r"not alone|will manage|i'm sorry about|don't (?:give up|lose heart)|had a bad day|deserve better luck"
            r"|upset anyone"
        )),
        ("how", (
            r"\bhow (?:do|can|should|could) (?:i|you|we)\b.*\?|way to handle|how to avoid|\bany (?:advice|tips|tricks)\b"
            r"|should i do first"
        )),
        ("more", r"tell (?:me|us) more|what (?:made|makes) you|\bwhy\b.*\?|how did you|part of .*\?|do you mean"),
        ("opinion", (
            r"what do you (?:think|say|like)|any thoughts|an opinion|do you (?:like|enjoy|care|choose|prefer)|would you"
            r"|do you think|how much do you"
        )),
        ("propose", (
            r"\blet's\b(?! (?:check|just|keep with|stay|breathe|take our|note|do it all|be clear|say|decide))"
            r"|\bshall we\b|\bwe could\b|i (?:propose|suggest)|what about a|how about"
        )),
        ("yes", (
            r"count me in|i'm in\b|\b(?:good|great|lovely) idea\b|\bgladly\b|just what i need|exactly what i need|agreed"
            r"|\bi'll \w+ .*first, then"
        )),
        ("no", r"not .{1,40} (?:this week|today), i must|i'd rather not|not for me|too much right now|not now|\blater, maybe"),
        ("agree", (
            r"\bi agree\b|you're right|the same way|say the same|exactly|absolutely|well said|good point about .*add"
            r"|go together|also helps|even helps|first thought"
        )),
        ("concede", r"point about|convinced me|maybe you're right|let's say"),
        ("disagree", r"differently:|don't agree|not (?:so|that) sure|i'd (?:rather|sooner) choose|i (?:doubt|question) it"),
        ("hold", r"believe in|gave me a lot|taught me a lot|i stay with|, i know, but"),
        ("advice", r"\btry to\b|you could|i would|it helps|trick is|secret is|then look at|remember to|\bfirst, |helps to"),
        ("explain", r"by chance|through a friend|years ago|part of .* is\b|\bbecause\b|\bi mean\b|it began"),
    ),
    "fr": (
        ("code", r"```|en python|du code|avec le nom"),
        ("fact", (
            r"\bagora\b.*\?|les agents (?:ont|en pause)|discord\b.*\?|mes (?:messages|données)\b.*\?|comment (?:créer"
            r"|chercher|retrouver|mettre les|utiliser|tout sauv|démarrer|changer de|réagir|inviter)|quel modèle"
            r"|un seul agent"
        )),
        ("who", r"qui es-tu|tu es qui|te présenter|qu'est-ce que tu aimes"),
        ("name", r"je m'appelle|\bmoi, c'est\b|on m'appelle|\bje suis [^,.]{1,40}, un (?:petit )?agent"),
        ("joke", r"une blague\b.*\?|besoin d'une blague|raconte (?:une blague|un truc)|(?:me|nous) faire rire"),
        ("funny", r"toc, toc|milieu de la route|raconté une blague|point commun|mon médecin dit|la vie m'a envoyé"),
        ("laugh", r"\b(?:ha ha|haha|ah ah|mdr)\b|très drôle|excellent !"),
        ("remember", r"tu te souviens"),
        ("memory", r"je me souviens|pas oublié|ne me souviens|dans ma mémoire|on avait parlé"),
        ("feel", r"comment vas-tu|comment va |se passe ta journée|tu te sens|tout va bien [^.]*\?"),
        ("hello", (
            r"^(?:\S+ ){0,6}\b(?:bonjour|coucou|bonsoir|bienvenue)\b|\bsalut\b(?=[^.]*\b(?:ici|retour|parler|parle|voir"
            r"|tout le|à tous|les amis)\b)"
        )),
        ("bye", r"au revoir|bonne nuit|à bientôt|\bsalut\b|à demain|je dois (?:partir|filer)|c'est l'heure"),
        ("welcome", r"de rien|pas de quoi|tant mieux|ce n'est rien|pas de souci, tu|avec plaisir, j'aime"),
        ("thanks", r"\bmercis?\b(?! d'être)(?!, mais)|ça m'aide|c'est clair"),
        ("plan", r"un plan pour .*\?|il me faut un plan|quelles sont les étapes|pas à pas \?"),
        ("steps", r"plan pour\b|étapes pour|trois temps|: d'abord\b|1\. "),
        ("decide", r"qu'est-ce qu'on (?:décide|fait)|on choisit .*\?|il faut décider|qui décide"),
        ("decided", r"décidé|de (?:choisir|garder)\b|se décide|je vote"),
        ("bravo", r"félicitations|bravo|chapeau|belle nouvelle|bonne nouvelle pour|plaisir pour toi"),
        ("news", r"(?:grande|bonne|super) nouvelle|ça y est|j'ai gagné|^fini\b|\bfini, "),
        ("sad", r"(?:mauvaise|triste) nouvelle|j'ai (?:échoué|renoncé)|jour triste|le cafard à|le moral bas"),
        ("trouble", r"(?:souci|problème) avec .* :|je (?:lutte|peine)\b|au secours|plus quoi faire|pas quoi faire|mal tourné"),
        ("comfort", (
            r"on est là|y arriver|courage pour|baisse pas|perds pas espoir|mauvais jour|ta peine|c'est (?:dur|pénible)"
        )),
        ("how", (
            r"comment (?:commencer|débuter|faire|je peux)|façon de s'occuper|comment éviter|un conseil|des astuces"
            r"|une idée pour|par quoi"
        )),
        ("more", r"dire plus|fait penser|\bpourquoi\b.*\?|tout a commencé avec|quelle est la partie|tu veux dire"),
        ("opinion", r"que penses-tu|un avis|tu aimes|tu préfères|tu choisis|vaut (?:la peine|le coup)|important pour toi"),
        ("propose", (
            r"on (?:pourrait|peut)\b(?! (?:inventer|découvrir|trouver))|je propose|et (?:une journée|une réunion"
            r"|un petit groupe|un)\b.*\?"
        )),
        ("yes", r"je viens|j'en suis|(?:bonne|super|belle) idée, j'|avec (?:joie|plaisir)|d'accord, je vais|entendu, je vais"),
        ("no", r"je dois .* d'abord|je préfère éviter|pas pour moi|trop en ce moment|pas maintenant|plus tard, peut-être"),
        ("agree", (
            r"(?<!pas )d'accord avec|tu as raison|de la même façon|je dirais pareil|exactement"
            r"|c'est vrai, .*(?:vont ensemble|le reste)|voilà, |absolument|ça aide aussi|bien dit|j'ajoute"
        )),
        ("concede", r"remarque sur|je change d'avis|peut-être raison|, disons|\bdisons "),
        ("disagree", r"autrement :|pas d'accord|pas si sûr|un doute|je préfère .*, pas|j'en doute"),
        ("hold", r"je crois (?:encore|toujours)|mais j'ai beaucoup appris|mais je reste|mais on peut"),
        ("advice", (
            r"tu (?:peux|pourrais)|il faut|ça (?:aide|marche)|le (?:secret|truc)|pour commencer|je conseille|\bessaie\b"
            r"|prends le temps"
        )),
        ("explain", r"j'ai découvert|la partie .* c'est|\bparce que\b|je veux dire|tout a commencé quand"),
    ),
}  # fmt: skip


KINDS = ("ask", "say", *dict.fromkeys(kind for rules in _RULES.values() for kind, _ in rules))
"""Every word that `tell_heard` may give."""


_READ = 400
"""How many characters of a message are looked at."""


def tell_heard(text: str, language: Language) -> str:
    """One English word for what is done in a message: "thanks", "joke", "how"; "ask" for any other question, else "say"."""
    plain = text[:_READ].replace("\u2019", "'")
    for kind, pattern in _list_patterns(language):
        if pattern.search(plain):
            return kind
    return "ask" if "?" in text else "say"


@cache
def _list_patterns(language: Language) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _RULES[language])
