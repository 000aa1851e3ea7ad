"""Documents: what people have attached, with the size of the content."""

from typing import Final

from server.engine.access import visible_documents
from server.engine.search.listing import Listing
from server.engine.tables import ProcessInstance
from server.files import Document
from server.files.models import Content

DOCUMENTS: Final = Listing(
    word="Dokumen",
    key="document_id",
    source=Document.__table__.join(Content.__table__, Content.sha256 == Document.sha256).outerjoin(
        ProcessInstance.__table__, ProcessInstance.key == Document.process_instance_key
    ),
    fields={
        "document_id": Document.id,
        "sha256": Document.sha256,
        "name": Document.name,
        "content_type": Document.content_type,
        "size": Content.size,
        "created_by": Document.created_by,
        "created_at": Document.created_at,
        "expires_at": Document.expires_at,
        "process_id": Document.process_id,
        "process_instance_key": Document.process_instance_key,
        "user_task_key": Document.user_task_key,
        "case_state": ProcessInstance.state,
        "case_version": ProcessInstance.version,
    },
    visible=visible_documents,
)
