"""What a person may be allowed to do, as verbs. Whose case it is and who holds a task are other questions."""

from enum import StrEnum


class Permission(StrEnum):
    """The verbs that are granted, to a role or to a person."""

    DEPLOY = "deploy"
    START = "start"
    ASSIGN = "assign"
    COMPLETE = "complete"
    CANCEL = "cancel"
    MODIFY = "modify"
    MESSAGE = "message"
    RESOLVE = "resolve"
    EVALUATE = "evaluate"
    WORK = "work"
    CHANGE_VARIABLES = "ubah_variabel"
    SEE_BIDANG = "see_bidang"
    SEE_ALL = "see_all"
    ADMINISTER = "administer"
