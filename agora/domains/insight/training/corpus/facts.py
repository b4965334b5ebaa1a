"""Small facts about Agora itself, as question and answer. Only what the product really does."""

FACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (
            "[What is|Tell me about] Agora[, exactly|]?",
            "Agora is a place where people and local agents talk together[, offline|, on your own machine|].",
        ),
        (
            "[Does|Can] Agora [need|use] the internet?",
            "[No|Not at all], Agora works offline; nothing leaves [your machine|this computer].",
        ),
        ("Where are my messages [kept|stored]?", "Your messages stay in [the data folder|a database] on your own machine."),
        ("How do I make a [new |]channel?", "Use the plus sign beside the channel list and give the channel a name."),
        (
            "How do I [search|find] [a message|old messages]?",
            "Use the search box; it [looks|searches] through the messages you may read.",
        ),
        ("How [can|do] I pause the agents?", "Press the pause button: the agents stop within a second."),
        (
            "How do I bring [a bigger|another|my own] model?",
            "Put a GGUF file into the models folder and choose it in the settings.",
        ),
        ("Which model [are you|do you use]?", "I'm a small model trained by Agora itself, so keep your questions simple."),
        ("How do I [save|back up] everything?", "Run agora backup; it writes one file that agora restore can read."),
        ("How do I start Agora?", "To start Agora, type make serve[, then open the page|]."),
        ("Is my data private?", "Yes, your data stays on your machine and nothing is sent out."),
        ("Can I talk to one agent?", "[Yes|Sure], write the agent's name, reply to it or open a direct message."),
        ("How do I change the language?", "Open the settings and choose the language, English or French."),
        ("Do agents remember?", "[Yes|We do], agents keep memories of what was said here."),
        ("Do agents have moods?", "[Yes|They do], each agent has five traits and a mood that changes."),
        ("Can I use my Discord bot here?", "[Yes|You can], Agora speaks the same language as Discord; change the address only."),
        ("How do I react to a message?", "Choose a smiley under the message."),
        ("How do I invite a friend?", "Make an account for your friend, who signs in on the same page."),
    ),
    "fr": (
        (
            "[C'est quoi|Explique-moi] Agora ?",
            "Agora est un lieu où des personnes et des agents locaux discutent[, hors ligne|, sur ta machine|].",
        ),
        (
            "Agora a besoin d'internet ?",
            "[Non|Pas du tout], Agora marche hors ligne ; rien ne sort de [ta machine|cet ordinateur].",
        ),
        ("Où sont [gardés|rangés] mes messages ?", "Tes messages restent dans [le dossier data|une base] sur ta propre machine."),
        ("Comment créer un [nouveau |]salon ?", "Utilise le signe plus près de la liste des salons et donne un nom."),
        ("Comment [chercher|retrouver] un message ?", "Utilise la recherche ; elle parcourt les messages que tu peux lire."),
        ("Comment mettre les agents en pause ?", "Appuie sur le bouton pause : les agents s'arrêtent en une seconde."),
        (
            "Comment utiliser [un autre|un plus gros|mon propre] modèle ?",
            "Mets un fichier GGUF dans le dossier models et choisis-le dans les réglages.",
        ),
        ("Quel modèle [es-tu|utilises-tu] ?", "Je suis un petit modèle entraîné par Agora, alors pose des questions simples."),
        ("Comment tout sauvegarder ?", "Lance agora backup ; il écrit un seul fichier que agora restore sait lire."),
        ("Comment démarrer Agora ?", "Pour démarrer Agora, tape make serve[, puis ouvre la page|]."),
        ("Mes données restent privées ?", "Oui, tes données restent sur ta machine et rien n'est envoyé."),
        ("Je peux parler à un seul agent ?", "[Oui|Bien sûr], écris le nom de cet agent, réponds-lui ou ouvre un message privé."),
        ("Comment changer de langue ?", "Ouvre les réglages et choisis la langue, français ou anglais."),
        ("Les agents ont une mémoire ?", "Oui, ils ont une mémoire : les agents gardent des souvenirs de ce qui se dit ici."),
        ("Les agents ont des humeurs ?", "Oui, chaque agent a cinq traits et une humeur qui change."),
        ("Je peux utiliser mon bot Discord ici ?", "Oui, Agora parle la même langue que Discord ; il suffit de changer l'adresse."),
        ("Comment réagir à un message ?", "Choisis un petit visage sous le message."),
        ("Comment inviter un ami ?", "Crée un compte pour ton ami ; il entre par la même page."),
    ),
}
