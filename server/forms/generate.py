"""A form from plain values, for a task that names none: what its mutu baku asks for, and what it decides."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import simplejson

from server.forms.model import NEWEST_VERSION

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")

Component = dict[str, object]


RETURNED = "catatan_perbaikan"
"""The variable that takes what must be mended where a step sends the work back."""


class Decision(NamedTuple):
    """What a step decides: the question, the variable that takes the answer (`keputusan_<langkah>`), and the answers:
    the value that the flows' conditions compare → what people read. `back`: the answers that send the work back."""

    question: str
    key: str
    options: Mapping[str, str]
    back: Sequence[str] = ()


def generate(
    id: str,
    title: str,
    uraian: str,
    kelengkapan: Sequence[str],
    output: Sequence[str],
    decision: Decision | None = None,
    again: bool = False,
) -> dict[str, object]:
    """A form in form-js JSON: heading, what to do, the requirements as a checklist (`kelengkapan_<id>`), the
    expected output, the decision (one of its options, required) with what must be mended where it sends the work
    back, and a note `catatan_<id>`. `again`: work may be sent back to this step, which then shows what must be
    mended. Files are attached to the task itself, whatever its form.

    All texts are taken literally: neither templates nor expressions in them come to life.
    """
    own = re.sub(r"\W", "_", id)
    components: list[Component] = [
        *_heading(title, uraian),
        *_returned(again),
        *_requirements(kelengkapan, own),
        *_expected(output),
        *_decided(decision),
        {"type": "textarea", "key": f"catatan_{own}", "label": "Catatan", "validate": {"maxLength": 2000}},
    ]
    numbered: list[Component] = [
        {"id": f"{id}_{n}", **component} for n, component in enumerate(components, 1)
    ]
    return {"type": "default", "id": id, "schemaVersion": NEWEST_VERSION, "components": numbered}


def _heading(title: str, uraian: str) -> list[Component]:
    text = "\n\n".join(part for part in (f"### {_literal(title)}", _literal(uraian)) if part.strip())
    return [{"type": "text", "text": text}]


def _returned(again: bool) -> list[Component]:
    hide = f'={RETURNED} = null or {RETURNED} = ""'
    text = f"**Dikembalikan:** {{{{{RETURNED}}}}}"
    return [{"type": "text", "text": text, "conditional": {"hide": hide}}] if again else []


def _requirements(kelengkapan: Sequence[str], own: str) -> list[Component]:
    if not kelengkapan:
        return []
    return [
        {
            "type": "checklist",
            "key": f"kelengkapan_{own}",
            "label": "Kelengkapan",
            "description": "Centang yang sudah ada.",
            "values": _options({item: item for item in kelengkapan}),
        }
    ]


def _expected(output: Sequence[str]) -> list[Component]:
    if not output:
        return []
    return [
        {
            "type": "text",
            "text": "\n".join(["**Hasil langkah ini**", "", *(f"- {_literal(one)}" for one in output)]),
        }
    ]


def _decided(decision: Decision | None) -> list[Component]:
    if decision is None:
        return []
    return [
        {
            "type": "radio",
            "key": decision.key,
            "label": _without_templates(decision.question),
            "values": _options(decision.options),
            "validate": {"required": True},
        },
        *_to_mend(decision),
    ]


def _to_mend(decision: Decision) -> list[Component]:
    if not decision.back:
        return []
    answers = simplejson.dumps(list(decision.back), ensure_ascii=False)
    return [
        {
            "type": "textarea",
            "key": RETURNED,
            "label": "Yang harus diperbaiki",
            "validate": {"required": True, "maxLength": 2000},
            "conditional": {"hide": f"=not(list contains({answers}, {decision.key}))"},
        }
    ]


def _options(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"label": label[:1].upper() + label[1:], "value": value} for value, label in labels.items()]


def _literal(text: str) -> str:
    """Markdown that shows the text as it is."""
    return _MARKDOWN.sub(r"\\\1", _without_templates(text))


def _without_templates(text: str) -> str:
    """form-js evaluates `{{…}}` anywhere, and a text that begins with `=`."""
    return re.sub(r"\{(?=\{)", "{ ", text).lstrip("= ")
