"""What follows a row, in words: `Surat disetujui? / jika setuju → 5 / jika tidak setuju → 3`, each on its own line.

Written strictly, read forgivingly: "Jika tidak, kembali ke langkah 3" and "bila belum lengkap dikembalikan ke Staf" are understood
too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from server.sop.procedure import Branch

END = "selesai"
STRICT = re.compile(r"(?:jika (?P<label>.+?) )?→ (?P<to>\d{1,4}|selesai)(?:: (?P<hasil>.+))?")
IF = r"(?:jika|bila|apabila|kalau)"
CLAUSE = re.compile(
    rf"{IF}\s+(?P<label>[^.;\n→]+?)[,:]?\s*(?:maka\s+)?"
    r"(?:(?:di|akan\s+|akan\s+di)?(?:kembali(?:kan)?|lanjut(?:kan)?|terus(?:kan)?|serah(?:kan)?|langsung|menuju)\s*)?"
    r"(?:\bke(?:pada)?\b|→|->|=>)\s*(?:langkah|nomor|no\b\.?|kegiatan|tahap|baris|#)?\s*"
    r"(?P<to>\d{1,4}|[^\W\d][\w./]*)",
    re.IGNORECASE,
)
STOP = re.compile(
    rf"{IF}\s+(?P<label>[^.;\n→]+?)[,:]?\s*(?:maka\s+)?(?:proses\s+|prosedur\s+|→\s*)?"
    r"(?:selesai|berhenti|berakhir|dihentikan)\b(?:\s*[:(]\s*(?P<hasil>[^;\n)]+))?",
    re.IGNORECASE,
)
GO = re.compile(
    r"(?:lanjut(?:kan)?|kembali(?:kan)?|terus(?:kan)?|langsung|menuju)\s*(?:ke\b)?\s*(?:langkah|nomor|no\b\.?|kegiatan|tahap)?\s*"
    r"(?P<to>\d{1,4})\b",
    re.IGNORECASE,
)
QUESTION = re.compile(r"(?P<question>[^.;\n?]+\?)")
NOT = ("tidak", "belum")
SHORT = {
    "tdk": "tidak",
    "tak": "tidak",
    "blm": "belum",
    "kpd": "kepada",
    "sdh": "sudah",
    "dgn": "dengan",
    "yg": "yang",
    "utk": "untuk",
    "lgs": "langsung",
}
"""How offices shorten words in remarks."""
BESIDE = {"sebelumnya": -1, "sebelum": -1, "berikutnya": 1, "selanjutnya": 1, "berikut": 1}
"""Rows that are named by where they stand: `kembali ke langkah sebelumnya`."""


@dataclass(frozen=True)
class Alur:
    """What was read: the question, where it leads, and the ends of sentences whose target is a person (`unclear`: who)."""

    question: str | None = None
    branches: tuple[Branch, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    """Answers that lead to whom somebody names instead of a row: (answer, word)."""


def written(question: str | None, branches: Iterable[Branch]) -> str:
    """The text from which `read_alur` reads the same."""
    lines = [question] if question else []
    return "\n".join([*lines, *(_line(branch) for branch in branches)])


def _line(branch: Branch) -> str:
    condition = f"jika {branch.label} " if branch.label else ""
    hasil = f": {branch.hasil}" if branch.hasil else ""
    return f"{condition}→ {END if branch.to is None else branch.to}{hasil}"


def read_alur(text: str) -> Alur | None:
    """What a text says of the flow; None where it says nothing of it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    strict = [STRICT.fullmatch(line) for line in lines]
    if lines and all(strict[1:]) and (len(lines) > 1 or strict[0]):
        question = None if strict[0] else lines[0]
        return Alur(question, tuple(_branch(found) for found in strict if found))
    return _completed(_forgiving(text))


def _branch(found: re.Match[str]) -> Branch:
    to = None if found["to"] == END else int(found["to"])
    return Branch(to, found["label"], found["hasil"])


def _forgiving(text: str) -> Alur:
    text = re.sub(r"\w+", lambda word: SHORT.get(word[0].casefold(), word[0]), text)
    question = QUESTION.search(text)
    branches: list[Branch] = []
    people: list[tuple[str, str]] = []
    for clause in re.split(rf"(?=\b{IF}\b)", text, flags=re.IGNORECASE):
        if found := STOP.match(clause):
            branches.append(Branch(None, _label(found["label"]), found["hasil"] and found["hasil"].strip()))
        elif found := CLAUSE.match(clause):
            label, to = _label(found["label"]), found["to"]
            if to.isdigit():
                branches.append(Branch(int(to), label))
            else:
                people.append((label, to))
    if not branches and not people and (found := GO.search(text)):
        branches.append(Branch(int(found["to"])))
    asked = question["question"].strip() if question and branches and branches[0].label else None
    return Alur(asked, tuple(branches), tuple(people))


def _label(text: str) -> str:
    return " ".join(text.split()).strip(" ,:").casefold()


def _completed(alur: Alur) -> Alur | None:
    return alur if alur.branches or alur.people else None


def with_people(alur: Alur, rows: Iterable[tuple[str, int]]) -> Alur:
    """The flow with the answers that lead to somebody as branches to rows; `rows` are (word, row) for those it is clear of."""
    known = dict(rows)
    found = tuple(Branch(known[word], label) for label, word in alur.people if word in known)
    rest = tuple((label, word) for label, word in alur.people if word not in known)
    return replace(alur, branches=(*alur.branches, *found), people=rest)


def with_the_other_answer(branches: tuple[Branch, ...], following: int | None) -> tuple[Branch, ...]:
    """Two answers where only one was told: the other leads on."""
    if len(branches) != 1 or branches[0].label is None:
        return branches
    (told,) = branches
    assert told.label is not None
    return (Branch(following, opposite(told.label)), told)


def asked(branches: tuple[Branch, ...]) -> str | None:
    """The question that two answers give, where one denies the other: `Lengkap?` of `lengkap` and `tidak lengkap`."""
    labels = [branch.label or "" for branch in branches]
    for label in labels:
        if (
            len(labels) == 2
            and label not in ("", "ya")
            and opposite(label) in labels
            and label.split()[0] not in NOT
        ):
            return f"{label[0].upper()}{label[1:]}?"
    return None


def opposite(label: str) -> str:
    """`setuju` for `tidak setuju`, `ya` for `tidak`, and the other way round."""
    first, _, rest = label.partition(" ")
    if first in NOT:
        return rest or "ya"
    return "tidak" if label == "ya" else f"tidak {label}"


def slugs(labels: Iterable[str]) -> Iterator[str]:
    """The values that conditions compare for answers: lower case, `_` for all else; no two alike."""
    seen: set[str] = set()
    for label in labels:
        slug = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_") or "jawaban"
        name = slug
        number = 2
        while name in seen:
            name, number = f"{slug}_{number}", number + 1
        seen.add(name)
        yield name
