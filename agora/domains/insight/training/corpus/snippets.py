"""Short code blocks; `{v}` is a name taken from the question, so that it must be copied."""

TASKS: dict[str, tuple[str, ...]] = {
    "en": (
        "[Can you|Could you|Please] write {what} in Python, named {v}?",
        "Show me {what} in Python, call it {v}[, please|].",
        "I need code: {what}, with the name {v}.",
    ),
    "fr": (
        "[Tu peux|Peux-tu] écrire {what} en Python, nommée {v} ?",
        "Montre-moi {what} en Python, avec le nom {v}.",
        "Il me faut du code : {what}, avec le nom {v}.",
    ),
}
ANSWERS: dict[str, tuple[str, ...]] = {
    "en": ("[Here is|This is] {v}:", "[Sure|Of course], {v}:", "Try {v} like this:"),
    "fr": ("Voici {v} :", "[Bien sûr|D'accord], {v} :", "Essaie {v} comme ça :"),
}
SNIPPETS: tuple[tuple[str, str, str], ...] = (
    ("a function that adds two numbers", "une fonction qui additionne deux nombres", "def {v}(a, b):\n    return a + b"),
    ("a function that multiplies", "une fonction qui multiplie", "def {v}(a, b):\n    return a * b"),
    ("a function that greets somebody", "une fonction qui salue quelqu'un", 'def {v}(name):\n    print("Hello", name)'),
    ("a function that counts words", "une fonction qui compte les mots", "def {v}(text):\n    return len(text.split())"),
    (
        "a function that finds the largest number",
        "une fonction qui trouve le plus grand nombre",
        "def {v}(numbers):\n    return max(numbers)",
    ),
    ("a function that reverses a text", "une fonction qui inverse un texte", "def {v}(text):\n    return text[::-1]"),
    (
        "a function that reads a file",
        "une fonction qui lit un fichier",
        "def {v}(path):\n    with open(path) as file:\n        return file.read()",
    ),
    (
        "a function that computes the average",
        "une fonction qui calcule la moyenne",
        "def {v}(values):\n    return sum(values) / len(values)",
    ),
    (
        "a function that says whether a number is even",
        "une fonction qui dit si un nombre est pair",
        "def {v}(n):\n    return n % 2 == 0",
    ),
    (
        "a function that counts down",
        "une fonction qui compte à rebours",
        "def {v}(n):\n    for i in range(n, 0, -1):\n        print(i)",
    ),
)
