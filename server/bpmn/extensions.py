"""Camunda 8's extension elements (the zeebe namespace) → typed values.

Each function takes the XML element that carries `bpmn:extensionElements` and reads one thing of it; what is absent or
empty is None or empty. Which elements are allowed where is the business of `foreign`.
"""

from collections.abc import Iterator

from lxml import etree

from server.bpmn.markup import BPMN, ZEEBE
from server.bpmn.model import (
    NOTHING,
    Binding,
    Called,
    Decision,
    Expression,
    Form,
    Job,
    Parameter,
    Script,
    Template,
)


def expression(text: str | None) -> Expression | None:
    """`=…` is FEEL, another text is static, a blank one is nothing."""
    text = (text or "").strip()
    if not text:
        return None
    return Expression(text[1:].strip(), feel=True) if text.startswith("=") else Expression(text, feel=False)


def truth(text: str | None, default: bool) -> bool:
    """An XML boolean."""
    return default if text is None else text.strip() in ("true", "1")


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The zeebe element of this name that the element carries."""
    return element.find(f"{{{BPMN}}}extensionElements/{{{ZEEBE}}}{name}")


def properties(element: etree._Element) -> dict[str, str]:
    return _pairs(element, "properties", "property", "name")


def headers(element: etree._Element) -> dict[str, str]:
    return _pairs(element, "taskHeaders", "header", "key")


def template(element: etree._Element) -> Template | None:
    """The zeebe:modelerTemplate attributes."""
    name = element.get(f"{{{ZEEBE}}}modelerTemplate")
    return Template(name, element.get(f"{{{ZEEBE}}}modelerTemplateVersion") or None) if name else None


def version_tag(element: etree._Element) -> str | None:
    found = child(element, "versionTag")
    return None if found is None else found.get("value") or None


def form(element: etree._Element) -> Form | None:
    found = child(element, "formDefinition")
    if found is None:
        return None
    form_id, key, reference = (found.get(name) or None for name in ("formId", "formKey", "externalReference"))
    if not (form_id or key or reference):
        return None
    return Form(form_id, key, reference, binding(found), found.get("versionTag") or None)


def binding(element: etree._Element) -> Binding | None:
    """bindingType; one that is not known reads as none."""
    said = element.get("bindingType")
    return Binding(said) if said in set(Binding) else None


def parameters(element: etree._Element, direction: str) -> tuple[Parameter, ...]:
    """The inputs or outputs (`direction` is "input" or "output") that have a source and a target, in their order."""
    return tuple(_parameters(child(element, "ioMapping"), direction))


def _parameters(mapping: etree._Element | None, direction: str) -> Iterator[Parameter]:
    for entry in () if mapping is None else mapping.iterchildren(f"{{{ZEEBE}}}{direction}"):
        source, target = expression(entry.get("source")), entry.get("target", "").strip()
        if target:
            yield Parameter(source or NOTHING, target)


def job(element: etree._Element) -> Job | None:
    found = child(element, "taskDefinition")
    kind = None if found is None else expression(found.get("type"))
    return Job(kind, expression(found.get("retries"))) if found is not None and kind else None


def decision(element: etree._Element) -> Decision | None:
    found = child(element, "calledDecision")
    called = None if found is None else expression(found.get("decisionId"))
    if found is None or called is None:
        return None
    return Decision(called, found.get("resultVariable", ""), binding(found), found.get("versionTag") or None)


def script(element: etree._Element) -> Script | None:
    found = child(element, "script")
    text = None if found is None else expression(found.get("expression"))
    return Script(text, found.get("resultVariable", "")) if found is not None and text else None


def called(element: etree._Element) -> Called | None:
    found = child(element, "calledElement")
    process = None if found is None else expression(found.get("processId"))
    if found is None or process is None:
        return None
    return Called(
        process,
        truth(found.get("propagateAllChildVariables"), default=True),
        truth(found.get("propagateAllParentVariables"), default=True),
        binding(found),
        found.get("versionTag") or None,
    )


def _pairs(element: etree._Element, group: str, entry: str, key: str) -> dict[str, str]:
    found = child(element, group)
    entries = () if found is None else found.iterchildren(f"{{{ZEEBE}}}{entry}")
    return {one.get(key, ""): one.get("value", "") for one in entries if one.get(key)}
