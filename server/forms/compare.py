"""What differs between two versions of a form, in words for those who fill it in and those who own it.

Components are the same by their id, as the editor keeps it, or else by their key. The JSON must be one that `read` takes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.forms.part import Json
from server.forms.read import parsed


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One component. `said`: how it has changed; of one that came or went, what it is."""

    kind: Kind
    name: str
    said: tuple[str, ...]


TYPES: Mapping[str, str] = {
    "textfield": "isian teks",
    "textarea": "isian teks panjang",
    "number": "isian angka",
    "datetime": "isian tanggal atau waktu",
    "checkbox": "kotak centang",
    "radio": "pilihan satu",
    "select": "daftar pilihan",
    "checklist": "pilihan lebih dari satu",
    "taglist": "daftar pilihan lebih dari satu",
    "filepicker": "lampiran",
    "expression": "hasil hitungan",
    "text": "teks",
    "html": "teks HTML",
    "image": "gambar",
    "table": "tabel",
    "documentPreview": "tampilan berkas",
    "separator": "garis pemisah",
    "spacer": "jarak kosong",
    "iframe": "halaman luar",
    "group": "kelompok",
    "dynamiclist": "daftar baris",
    "button": "tombol",
}
PASSED_OVER = frozenset({"id", "layout", "components", "values", "type", "validate", "conditional"})
"""Entries of a component that are told by themselves, or that nobody sees."""
ENTRIES: Mapping[str, str] = {
    "label": "Judul",
    "dateLabel": "Judul",
    "timeLabel": "Judul waktu",
    "description": "Keterangan",
    "text": "Teks",
    "content": "Isi",
    "key": "Nama data",
    "path": "Nama data",
    "defaultValue": "Nilai awal",
    "readonly": "Hanya dibaca",
    "disabled": "Tidak dapat diisi",
    "expression": "Rumus",
    "valuesKey": "Data pilihan",
    "valuesExpression": "Rumus pilihan",
    "required": "Wajib diisi",
    "min": "Paling kecil",
    "max": "Paling besar",
    "minLength": "Paling pendek",
    "maxLength": "Paling panjang",
    "pattern": "Bentuk",
    "patternErrorMessage": "Pesan bila bentuknya salah",
    "validationType": "Jenis isian",
    "hide": "Disembunyikan bila",
    "decimalDigits": "Angka di belakang koma",
    "subtype": "Tanggal atau waktu",
    "accept": "Jenis berkas",
    "multiple": "Lebih dari satu berkas",
}


def compare(before: bytes, after: bytes) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the later form; what is gone comes last. Raises Malformed."""
    old, new = list(_components(parsed(before))), list(_components(parsed(after)))
    left = dict(enumerate(old))
    found = []
    for component in new:
        there = _same(component, left)
        if there is None:
            found.append(Difference(Kind.ADDED, _name(component), tuple(_told(component))))
        elif said := tuple(_changes(left.pop(there), component)):
            found.append(Difference(Kind.CHANGED, _name(component), said))
    if not found and not left and _order(old) != _order(new):
        found.append(Difference(Kind.CHANGED, "Formulir", ("Urutan isiannya diubah.",)))
    gone = [Difference(Kind.REMOVED, _name(each), tuple(_told(each))) for each in left.values()]
    return (*found, *gone)


def _components(parent: Json) -> Iterator[Json]:
    components = parent.get("components")
    for each in components if isinstance(components, list) else ():
        if isinstance(each, dict):
            yield each
            yield from _components(each)


def _same(component: Json, left: Mapping[int, Json]) -> int | None:
    for entry in ("id", "key", "path"):
        value = component.get(entry)
        if value:
            for place, other in left.items():
                if other.get(entry) == value:
                    return place
    return None


def _order(components: list[Json]) -> list[object]:
    return [each.get("id") or each.get("key") for each in components]


def _name(component: Json) -> str:
    for entry in ("label", "dateLabel", "timeLabel", "text", "content", "key", "path"):
        value = component.get(entry)
        if isinstance(value, str) and value.strip():
            line = value.strip().lstrip("# ").splitlines()[0]
            return line if len(line) <= 80 else f"{line[:80]}…"
    return _type(component)


def _type(component: Json) -> str:
    return TYPES.get(str(component.get("type")), str(component.get("type")))


def _told(component: Json) -> Iterator[str]:
    validate = _object(component, "validate")
    words = [_type(component)]
    if validate.get("required") is True:
        words.append("wajib diisi")
    if hide := _object(component, "conditional").get("hide"):
        words.append(f"disembunyikan bila {_value(hide)}")
    if key := component.get("key") or component.get("path"):
        words.append(f"nama data {key}")
    yield "; ".join(words)


def _changes(before: Json, after: Json) -> Iterator[str]:
    if before.get("type") != after.get("type"):
        yield f"Jenisnya {_type(before)} menjadi {_type(after)}."
    yield from _entries(before, after, PASSED_OVER)
    for entry in ("validate", "conditional"):
        yield from _entries(_object(before, entry), _object(after, entry), frozenset())
    yield from _options(before.get("values"), after.get("values"))


def _entries(before: Json, after: Json, passed_over: frozenset[str]) -> Iterator[str]:
    for entry in dict.fromkeys([*before, *after]):
        old, new = before.get(entry), after.get(entry)
        if entry not in passed_over and (old or None) != (new or None):
            yield f"{ENTRIES.get(entry, entry)}: {_value(old)} menjadi {_value(new)}."


def _options(before: object, after: object) -> Iterator[str]:
    old, new = _labels(before), _labels(after)
    for value in [value for value in new if value not in old]:
        yield f"Pilihan {_value(new[value])} ditambahkan."
    for value in [value for value in old if value not in new]:
        yield f"Pilihan {_value(old[value])} dihapus."
    for value in [value for value in new if value in old and new[value] != old[value]]:
        yield f"Pilihan {_value(old[value])} menjadi {_value(new[value])}."
    if old.keys() == new.keys() and list(old) != list(new):
        yield "Urutan pilihannya diubah."


def _labels(values: object) -> dict[str, object]:
    options = values if isinstance(values, list) else ()
    return {
        str(each.get("value")): each.get("label") or each.get("value")
        for each in options
        if isinstance(each, dict)
    }


def _object(component: Json, entry: str) -> Json:
    value = component.get(entry)
    return value if isinstance(value, dict) else {}


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if value is None or value == "":
        return "kosong"
    if isinstance(value, dict | list):
        return f"{len(value)} entri"
    return f"“{str(value).removeprefix('=').strip()}”"
