"""Texts: positions are 1-based and count Unicode characters; patterns are XPath's regular expressions."""

import base64
import re
from decimal import Decimal

from server.feel.builtins.registry import builtin
from server.feel.environment import Run
from server.feel.errors import Fault
from server.feel.numbers import truncated
from server.feel.patterns import Pattern, compile_pattern


@builtin("substring(string: string, start position: number, length?: number?) -> string")
def substring(string: str, start: Decimal, length: Decimal | None = None) -> str:
    """The part of a text from a position, counted from the end when negative, of some length or to the end."""
    first = truncated(start, "Posisi")
    if first == 0 or abs(first) > len(string):
        raise Fault(f"Posisi {first} di luar teks yang berisi {len(string)} huruf")
    begin = first - 1 if first > 0 else len(string) + first
    if length is None:
        return string[begin:]
    count = truncated(length, "Panjang")
    if count < 1:
        raise Fault(f"Panjang {count} kurang dari 1")
    return string[begin : begin + count]


@builtin("string length(string: string) -> number")
def string_length(string: str) -> Decimal:
    """How many characters the text has."""
    return Decimal(len(string))


@builtin("upper case(string: string) -> string")
def upper_case(string: str) -> str:
    """The text in capital letters."""
    return string.upper()


@builtin("lower case(string: string) -> string")
def lower_case(string: str) -> str:
    """The text in small letters."""
    return string.lower()


@builtin("substring before(string: string, match: string) -> string")
def substring_before(string: str, match: str) -> str:
    """What stands before the first match, or the empty text without one."""
    place = string.find(match)
    return string[:place] if place > 0 else ""


@builtin("substring after(string: string, match: string) -> string")
def substring_after(string: str, match: str) -> str:
    """What stands after the first match, or the empty text without one."""
    place = string.find(match)
    return string[place + len(match) :] if place >= 0 else ""


@builtin("contains(string: string, match: string) -> boolean")
def contains(string: str, match: str) -> bool:
    """Whether the text contains the other."""
    return match in string


@builtin("starts with(string: string, match: string) -> boolean")
def starts_with(string: str, match: str) -> bool:
    """Whether the text starts with the other."""
    return string.startswith(match)


@builtin("ends with(string: string, match: string) -> boolean")
def ends_with(string: str, match: str) -> bool:
    """Whether the text ends with the other."""
    return string.endswith(match)


@builtin("matches(input: string, pattern: string, flags?: string?) -> boolean")
def matches(run: Run, input_: str, pattern: str, flags: str | None = None) -> bool:
    """Whether the pattern is found in the text; flags are `s`, `m`, `i`, `x` and `q`."""
    return compile_pattern(run, pattern, flags).found_in(input_)


_REFERENCE = re.compile(r"\\(?P<escaped>.?)|\$(?P<group>[0-9]*)", re.DOTALL)


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string?) -> string")
def replace(run: Run, input_: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """The text with every match replaced; `$1` in the replacement is the first group, `$0` the whole match."""
    compiled = compile_pattern(run, pattern, flags)
    if compiled.matches_nothing:
        raise Fault("Pola yang cocok dengan teks kosong tidak dapat diganti")
    parts = [replacement] if "q" in (flags or "") else _template(replacement, compiled)
    pieces: list[str] = []
    length = end = 0
    for match in compiled.matches(input_):
        new = [part if isinstance(part, str) else match[part] or "" for part in parts]
        pieces += [input_[end : match.start()], *new]
        length += sum(map(len, new))
        run.check_text(length)
        end = match.end()
    return "".join([*pieces, input_[end:]])


def _template(replacement: str, pattern: Pattern) -> list[str | int]:
    """The replacement as texts and numbers of groups. Raises Fault for a `$` or `\\` that stands alone."""
    parts: list[str | int] = []
    end = 0
    for match in _REFERENCE.finditer(replacement):
        parts += [replacement[end : match.start()], *_reference(match, pattern.groups)]
        end = match.end()
    return [*parts, replacement[end:]]


def _reference(match: re.Match[str], groups: int) -> list[str | int]:
    escaped, digits = match["escaped"], match["group"]
    if escaped is not None:
        if escaped not in ("\\", "$") or not escaped:
            raise Fault("Tanda \\ dalam pengganti hanya boleh diikuti \\ atau $")
        return [escaped]
    if not digits:
        raise Fault("Tanda $ dalam pengganti harus diikuti angka; tulis \\$ untuk tanda itu sendiri")
    used = len(digits)
    while used > 1 and int(digits[:used]) > groups:
        used -= 1
    group = int(digits[:used])
    return [group if group <= groups else "", digits[used:]]


@builtin("split(string: string, delimiter: string) -> list<string>")
def split(run: Run, string: str, delimiter: str) -> list[object]:
    """The pieces of a text between the matches of a pattern."""
    compiled = compile_pattern(run, delimiter, None)
    if compiled.matches_nothing:
        raise Fault("Pola yang cocok dengan teks kosong tidak dapat memecah teks")
    pieces: list[object] = []
    end = 0
    for match in compiled.matches(string):
        pieces.append(string[end : match.start()])
        end = match.end()
    return [*pieces, string[end:]]


@builtin("string join(list: list<string>, delimiter?: string?) -> string")
def string_join(run: Run, items: list[object], delimiter: str | None = None) -> str:
    """The texts of a list in one, with a delimiter between them; nulls are left out."""
    texts = [item for item in items if isinstance(item, str)]
    run.check_text(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (delimiter or "").join(texts)


@builtin("string join(list: list<string>, delimiter: string?, prefix: string, suffix: string) -> string")
def string_join_within(run: Run, items: list[object], delimiter: str | None, prefix: str, suffix: str) -> str:
    """The same between a prefix and a suffix."""
    return prefix + string_join(run, items, delimiter) + suffix  # type: ignore[operator]


@builtin("trim(string: string) -> string")
def trim(string: str) -> str:
    """The text without white space at its ends."""
    return string.strip()


@builtin("is blank(string: string) -> boolean")
def is_blank(string: str) -> bool:
    """Whether the text is empty or only white space."""
    return not string.strip()


@builtin("extract(string: string, pattern: string) -> list<string>")
def extract(run: Run, string: str, pattern: str) -> list[object]:
    """All parts of the text that match the pattern."""
    return [match[0] for match in compile_pattern(run, pattern, None).matches(string)]


@builtin("to base64(value: string) -> string")
def to_base64(value: str) -> str:
    """The text's UTF-8 bytes in Base64."""
    return base64.b64encode(value.encode("utf-8", "replace")).decode("ascii")
