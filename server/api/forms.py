"""Forms: form-js JSON, as their owner published them or as the server generates them for a task."""

from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Key, Schema, Text, Whole, tenant
from server.engine import search
from server.engine.search import ShownForm

forms = Blueprint("forms", __name__, url_prefix="/v2/forms", description="Forms.")


# --- schema


class Form(Schema):
    """`schema` is the form's JSON as a text."""

    form_key = Key(required=True)
    form_id = Text(required=True)
    version = Whole(required=True)
    schema = Text(required=True)
    tenant_id = tenant()


# --- one


@forms.get("/<form_key>")
@forms.response(200, Form)
def get_form(form_key: int) -> ShownForm:
    """One version of a form."""
    return ask(search.find_form, form_key)
