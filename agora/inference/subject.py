"""Finds the matter of the last messages: one word, or a word with its article in French.

Small models take up what stands close to where they begin to write, so the layout repeats the matter there. The
rule is plain: the longest telling word of the newest message, words of the channel's topic and words said
before counting more.
"""

import re
from collections.abc import Collection, Sequence

from agora.inference.context import Language

_EN = """
a about above absolutely across actually add admit advice afraid after again against ago agree agreed alas all
almost alone already also although always am an and annoys another any anybody anyone anything are argue around
arrived as ask asked at avoid awake away back bad be beats because been before began begin begins being believe
belong beside best better big bigger bit both bothers bravo break breaks breathe bright bring brings broke busy
but by bye call came can cannot care catch certainly chance change changed changes charm check checked choose
clear come comes common completely congratulations convinced could count course curious d danger day days deal
dear decide decided decides deserve despite details did didn different differently direct discover do does doesn
doing don done doubt down draw dream dull each earned easy effort eh either else end ends enjoy enough escape
especially even evening ever every everybody everyone everything everywhere exactly expect failed fails fair far
fascinating fast fears feel few fight finally find fine finished first fixed follow for forget forgot forgotten
frankly friend friendly friends from full fully fun funny gave get give glad gladly go goes going gone good
goodbye got great grew grr ha had haha half handle happy hard hardly has have haven having he hear heard hello
help helped helps her here hey hi him his hm hmm hold honestly hope how however hurry i idea if imagine
important improve improvise in interesting into intriguing introduce invent invite is isn it its itself join
just keep keeps kept kind knew knock know last late lately later laugh laughed laughing leads learn learned
least leave leaves less let like list listen little live ll local long look looks lose lost lot lots love lovely
loves m made make makes manage managed many matter may maybe me mean means measure mention might mind mine
missed mistake moment mood more morning most mostly much must my myself name need needed needs nervous never new
next nice no nobody none nor not note nothing now of off offline often oh ok okay old on once one only opinion
or order organise other our out over own part partly pause people perhaps pff picture pity place plain plan
please pleasure point possible precise prefer press pretend pretty private prize probably problem promise
propose proud put question questions quickly quiet quite rather re react read ready real really reasons remember
reply rest restore right ruined run s sad said same save say says scared search searches second secret see seem
seems seen sense sent serve shall share she should show side silent simple simplest since slow small so softly
solved some somebody someone something sometimes somewhat soon sooner sorry sort speaks spend spot start starts
stay stayed stays step still stop stored story strange struggle subject such suggest sure t take talk talked
talking talks taught tell than thank thanks that the their them then there these they thing things think
thinking this those though thought thoughts through time times tips tired to today together told tomorrow too
took total totally touch tra trained trick tried trouble true truly truth try turn twice two type under
understand understood until up upset upside us use used useful usual usually very view wait want wanted wants
warm was wasn way we week welcome well went were what whatever when where which while who whole why will wing
wish with within without won wonder wonderful woohoo word words work working works worried worries worry worth
would wouldn wow write writes wrong yawned years yes yesterday yet you your yours yourself
"""
_FR = """
a abord abri absolument accord adore affaire afin agace ah ai aide aider aille aime aimerais aimes ainsi ait
ajoute aller allez alors amis amène ancienne ans appeler appelle apporte apprendre apprends appris appuie après
arrive arriver arrêtent as assez astuces attendais attendre attends attrape au aucun aucune aujourd aurait aussi
autant autour autre autrefois autrement autres aux avais avait avant avec avez avis avoir avons avoue aïe bah
baisse bas beau beaucoup belle besoin bien bientôt bienvenue bof bon bonjour bonne bonnes bonsoir bravo bref
bâille c car casse cassé cause ce cela celle celui cependant certainement ces cet cette ceux chacun change
changer changé chaque chercher chez choisir choisis choisit chose choses chère ci ciao clair clairs comme
commence commencer commencé comment commun comprends compris compte comptent connais connu conseil conseille
contre coucou coup craint croire crois crée créer curieux côté cœur d dans de demain demande demander depuis
dernier dernière derrière des deux devant devez devons devrait difficile dirais dire dis disait discutent
discuter disons dit dois doit dommage donc donne donner dont dormi dormir douce doucement doute drôle du dur dès
début débuter décide décider décidé découvert découvrir déjà démarrer détails détour eh elle elles empêche en
encore endroit enfin ensemble ensuite entends entendu entraîné entre envie envoyé erreur es espoir espère essaie
essayait essayer est et eu eux exactement excellent exemple explique facile fade faible faire fais faisons fait
fallait fascinant fasse faudrait faut façon femme ferai fiers filer fin finalement fini finit flatterie fois
font franchement fuir félicitations gagné garde gardent garder gardons gardés genre gens gentil grand grande
gris gros grr grâce ha habitude haha hasard heure heures heureux hier histoire hm honnêtement hui hum humeur
hâte hé hélas hésiter ici idée il ils imaginer important importe improvise inquiète inquiétude intrigant
intéressant intéresse inutile inventer inviter inédit ira j jamais je joie jour journée jours juste justement l
la laisse laisser lance le les leur leurs lieu lire loin longtemps longue lors lu lui lutte là m ma maintenant
mais mal malgré manière marche matin mauvais mauvaise me meilleure merci mercis mes mesurer mets mettre mien
mieux milieu mille moi moins moment mon monde mot mots moyenne mène mérité méthode même n ne ni nom non nos note
notons notre nous nouveau nouvelle obéis occupe occuper oh on ont ordre organiser ou oublié oui ouvre ouvrir où
par parce parcourt pardon pareil parfois parlait parle parler parleras parlé pars part partager partie partir
partout pas passe passer pause peine pendant pensais pense penser penses pensez pensée perds perdu personne
personnes petit petite peu peur peut peux pff pistes place plaisir plan plaît plupart plus plutôt point pose
possible pour pourquoi pourrais pourrait pourvu pouvoir premier première prendre prends prenez prenons presque
presse privé privées probablement problème prochaine procédons profites progresser promets propose propre près
précis préfère préfères présenter prêt puis pure pénible qu quand quant que quel quelle quelles quelqu quelque
quelques quels question questions qui quitte quoi raconte raconter racontes raconté raison raisons rangés
rappelle rapport raté regarder remarque renoncé reparle repenser respire respirons reste restent rester restore
retour retrouver revenons revoir ri rien rire réagir réchauffe réglé réponds réussi rêver s sa sais sait salut
sans savait savoir se seconde secret semaine semblant semble sens sera serait seront ses seul seulement si sien
simple simplement simples soi soin soir soit sommes son sont sort sorte souci sous souvent souviens soyons
suffit suis suit suite sujet sur surtout sérieux sûr sûrs t ta tais tant tape tard te tel tellement temps tendre
tenez tes tiens toc toi ton toujours tourné tous tout toute toutefois toutes tra tracasse tranquille travaillé
triste tromper trop trouve trouver truc très tu un une unes utilise utiliser utilises va vais vas vaut venez
verra vers veut veux vie vieilles viennent viens vient vis vite voici voie voilà voir vois volontiers vont votre
voudrais voulais voulez vouloir voulu vous vrai vraiment vu vérifie vérifions vérifié vérité waouh y youpi zéro
à ça échange échoue échoué écoute écouter écris écrit étais était étape étrange éviter être
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
        if _is_common(folded, stop) or folded in hidden or len(word) < 3 or word.isdigit():
            continue
        score = min(len(word), 10) / 10 + (1.0 if folded in topical else 0.0) + (0.3 if folded in said else 0.0)
        article = _french_article(text[: match.start()]) if language == "fr" else ""
        score += 0.6 if article else 0.0
        if score > best_score:
            best, best_score = f"{article}{word}", score
    return best, best_score


def _is_common(word: str, stop: frozenset[str]) -> bool:
    """Whether it tells nothing: a stop word, or several joined, as in "peux-tu"."""
    return word in stop or all(part in stop for part in word.split("-"))


def _french_article(before: str) -> str:
    """The definite article that goes with a noun, told from the word in front of it: "mes " gives "les "."""
    elided = re.search(r"(?:^|[\s(])[dl]['\u2019]$", before, re.IGNORECASE)
    if elided:
        return "l'"
    last = re.search(r"([^\W\d_]+) $", before)
    article = _ARTICLES.get(last.group(1).casefold()) if last else None
    return f"{article} " if article else ""
