"""What people are told: of tasks, due times, ended cases and incidents, in the pages and by mail, as each of them wishes; and
what they say of cases to one another (`comments`).

`announce` and `remind` are the workers' verbs: they turn what has come up into rows, one for each person and occasion.
"""

from server.notify import mailing
from server.notify.announcing import announce
from server.notify.comments import (
    COMMENTS,
    CaseIsClosed,
    NoWords,
    TooLong,
    UnknownCase,
    comment_on_case,
    comment_on_task,
    comments_of,
    search_comments,
)
from server.notify.composing import compose, trial
from server.notify.models import Comment, CommentWords
from server.notify.notices import (
    NOTIFICATIONS,
    UnknownNotification,
    count_unread,
    mark_all_read,
    mark_read,
    mark_task_read,
    tidy,
)
from server.notify.occasions import WORDS, Occasion, Words
from server.notify.post import NotSent, Post, Refused, post_of
from server.notify.reminding import remind
from server.notify.telling import Telling, tell
from server.notify.wishes import DIGEST, Channels, Wishes, change_own_email, keep_wishes, wishes_of

__all__ = [
    "COMMENTS",
    "DIGEST",
    "NOTIFICATIONS",
    "WORDS",
    "CaseIsClosed",
    "Channels",
    "Comment",
    "CommentWords",
    "NoWords",
    "NotSent",
    "Occasion",
    "Post",
    "Refused",
    "Telling",
    "TooLong",
    "UnknownCase",
    "UnknownNotification",
    "Wishes",
    "Words",
    "announce",
    "change_own_email",
    "comment_on_case",
    "comment_on_task",
    "comments_of",
    "compose",
    "count_unread",
    "keep_wishes",
    "mailing",
    "mark_all_read",
    "mark_read",
    "mark_task_read",
    "post_of",
    "remind",
    "search_comments",
    "tell",
    "tidy",
    "trial",
    "wishes_of",
]
