"""Files: what other domains may call."""

from agora.domains.talk.files.claim import AttachmentBody, build_attached, check_number, match_files, plan_change
from agora.domains.talk.files.form import Form, read_form
from agora.domains.talk.files.measure import measure
from agora.domains.talk.files.model import Attached, Change, Kept, Received
from agora.domains.talk.files.ports import TextIndex
from agora.domains.talk.files.queries import list_files
from agora.domains.talk.files.receive import receive
from agora.domains.talk.files.uploads import take_uploads
from agora.domains.talk.files.wire import build_attachment
from agora.domains.talk.files.writes import check_room, do_attach, do_change, do_let_go, do_move_files, do_note, do_release

__all__ = [
    "Attached",
    "AttachmentBody",
    "Change",
    "Form",
    "Kept",
    "Received",
    "TextIndex",
    "build_attached",
    "build_attachment",
    "check_number",
    "check_room",
    "do_attach",
    "do_change",
    "do_let_go",
    "do_move_files",
    "do_note",
    "do_release",
    "list_files",
    "match_files",
    "measure",
    "plan_change",
    "read_form",
    "receive",
    "take_uploads",
]
