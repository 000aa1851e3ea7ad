"""Attachments: documents of people, their content kept once by its SHA-256, in pieces, in the database.

They lie in the database so that one backup holds everything, and a case and its papers land together or not at all. This
room knows bytes, kinds and sizes; who may read a document is the engine's to say.
"""

from server.files.contents import LARGEST, clean, delete, keep, piece, pieces, sha256_of
from server.files.kinds import KINDS, Kind, NotAllowed, kind_of
from server.files.models import Document

__all__ = [
    "KINDS",
    "LARGEST",
    "Document",
    "Kind",
    "NotAllowed",
    "clean",
    "delete",
    "keep",
    "kind_of",
    "piece",
    "pieces",
    "sha256_of",
]
