"""XML from strangers: parsed without entities, network or documents of unbounded size, and seen as plain nodes."""

from collections.abc import Iterator

from lxml import etree

from server.dmn.errors import Unreadable
from server.errors import Problem

MAX_BYTES = 16 * 1024 * 1024
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

# One namespace a version, 1.1 to 1.5, without the scheme: 1.1 and 1.2 were published under http, the rest under https.
VERSIONS = {
    "www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}


class Node:
    """An element of the DMN namespace; what other namespaces add is not seen."""

    __slots__ = ("_element", "_prefix", "tag")

    def __init__(self, element: etree._Element, prefix: str) -> None:
        self._element = element
        self._prefix = prefix
        self.tag = str(element.tag)[len(prefix) :]

    @property
    def line(self) -> int | None:
        """The line on which it starts."""
        return self._element.sourceline

    @property
    def children(self) -> Iterator["Node"]:
        """The elements directly inside, without extension elements."""
        for child in self._element.iterchildren(f"{self._prefix}*"):
            node = Node(child, self._prefix)
            if node.tag != "extensionElements":
                yield node

    def get(self, attribute: str) -> str | None:
        """An attribute without a namespace."""
        return self._element.get(attribute)

    def all(self, tag: str) -> Iterator["Node"]:
        """The children of a name."""
        prefix = self._prefix
        return (Node(child, prefix) for child in self._element.iterchildren(prefix + tag))

    def first(self, tag: str) -> "Node | None":
        """The first child of a name."""
        return next(self.all(tag), None)

    def text_of(self, tag: str) -> str | None:
        """The text of the first child of a name."""
        child = self.first(tag)
        return None if child is None else child.text

    def extension(self, tag: str, attribute: str) -> str | None:
        """An attribute of one of Camunda 8's extension elements."""
        found = self._element.find(f"{self._prefix}extensionElements/{{{ZEEBE}}}{tag}")
        return None if found is None else found.get(attribute) or None

    @property
    def text(self) -> str:
        """The text directly inside."""
        return (self._element.text or "").strip()

    def namespace_of(self, prefix: str) -> str | None:
        """The namespace that a prefix means here."""
        return self._element.nsmap.get(prefix)


def parse(data: bytes) -> Node:
    """The root `definitions` of a DMN file. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable([Problem(f"Berkas lebih besar dari {MAX_BYTES // 1024 // 1024} MB.")])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable([Problem(f"Bukan XML yang benar: {error.msg}", line=error.lineno)]) from error
    if root.getroottree().docinfo.doctype:
        raise Unreadable([Problem("Berkas memuat DOCTYPE; hapus bagian itu dan entitasnya.", line=1)])
    name = etree.QName(root)
    namespace = (name.namespace or "").partition("://")[2]
    if name.localname != "definitions" or namespace not in VERSIONS:
        known = ", ".join(VERSIONS.values())
        raise Unreadable(
            [Problem(f"Akar berkas bukan “definitions” dari DMN {known}.", name.localname, root.sourceline)]
        )
    return Node(root, f"{{{name.namespace}}}")
