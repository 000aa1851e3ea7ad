"""Bytes → XML tree, or a refusal: no document type, no entities, no network, and a limit on everything.

The guard (expat) walks the file once, building nothing, before lxml builds the tree; a file that would grow while it
is read is stopped at its first declaration.
"""

from xml.parsers import expat

from lxml import etree

from server.bpmn.errors import Refused
from server.errors import Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
MODELER = "http://camunda.org/schema/modeler/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 50
MAX_ELEMENTS = 20_000


def tag(name: str) -> str:
    """BPMN's element of this name, as lxml writes it."""
    return f"{{{BPMN}}}{name}"


def local(element: etree._Element) -> str:
    """The element's name without its namespace; of another namespace than BPMN's, the whole."""
    return str(element.tag).removeprefix(f"{{{BPMN}}}")


def parse(data: bytes) -> etree._Element:
    """The root element of a BPMN file; comments and processing instructions are left out. Raises Refused."""
    if len(data) > MAX_BYTES:
        raise _refused(f"Berkas terlalu besar ({len(data) / 1048576:.1f} MiB); batasnya 5 MiB.")
    _Guard().walk(data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(_malformed(error.msg or ""), error.lineno) from error
    _demand_definitions(root)
    return root


class _Guard:
    """Counts depth and elements, and stops at a document type declaration."""

    def __init__(self) -> None:
        self.depth = 0
        self.elements = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype

    def walk(self, data: bytes) -> None:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise _refused(_malformed(expat.ErrorString(error.code)), error.lineno) from error
        except (
            LookupError,
            ValueError,
        ) as error:  # an encoding that Python does not know, or not by characters
            raise _refused("Pengodean berkas tidak dikenal; simpan sebagai UTF-8.", 1) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise self._stop(f"Elemen bersarang terlalu dalam; batasnya {MAX_DEPTH} tingkat.")
        if self.elements > MAX_ELEMENTS:
            raise self._stop(
                f"Elemen terlalu banyak; batasnya {MAX_ELEMENTS}. Bagi menjadi beberapa diagram."
            )

    def _end(self, tag: str) -> None:
        self.depth -= 1

    def _doctype(self, *declaration: object) -> None:
        raise self._stop("Hapus deklarasi DOCTYPE; entitas tidak diterima dalam diagram.")

    def _stop(self, message: str) -> Refused:
        return _refused(message, self.parser.CurrentLineNumber)


def _malformed(reason: str) -> str:
    return f"Berkas bukan XML yang utuh ({reason}); simpan ulang dari penyunting diagram."


def _demand_definitions(root: etree._Element) -> None:
    name = etree.QName(root)
    if name.namespace == BPMN and name.localname == "definitions":
        return
    if "/DMN/" in (name.namespace or ""):
        raise _refused(
            "Berkas ini tabel keputusan (DMN), bukan diagram BPMN; unggah sebagai tabel keputusan.", 1
        )
    raise _refused(
        f"Berkas ini bukan diagram BPMN 2.0: elemen pertamanya <{name.localname}>, seharusnya <bpmn:definitions>.",
        root.sourceline,
    )


def _refused(message: str, line: int | None = None) -> Refused:
    return Refused([Problem(message, line=line)])
