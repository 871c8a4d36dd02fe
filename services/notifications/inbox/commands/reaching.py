"""Reaching: a notice's entries, tasks and deliveries; of a few schools at once, of many in the steps of a job."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.commands import excuse, invite
from services.notifications.deliveries.commands import queue_some, spread
from services.notifications.deliveries.model import Writing
from services.notifications.inbox.commands.calling_off import call_off, called_off, withdrawn_after
from services.notifications.inbox.model import INVITING, NO_MORE, Entry, Notice
from shared.db import Transaction
from shared.db.bulk import insert_rows

#: Kinds after which nobody is asked to confirm the session as it was told.
ENDING = (*NO_MORE, "session_cancelled", "session_postponed")

JOB = "inbox.reach"


def reach(tx: Transaction, *, letter: Writing, recipients: Sequence[str]) -> None:
    """Give everybody the notice that the letter is of: schools in their inbox, and all by their channels.

    recipients: `school:ID` or `account:ID`. Of many the last is reached some seconds after the commit; a process that
    is killed meanwhile reaches nobody twice, and another goes on.
    """
    spread(tx, letter=letter, recipients=recipients, each=reach_some, job=JOB)


def reach_some(tx: Transaction, notice_id: UUID, recipients: Sequence[str]) -> None:
    """A piece of it, with what it calls off and whom it waits for."""
    # Locked, as `call_off` locks it: what calls this notice off sees these entries, or they see what calls it off.
    notice = tx.db.scalars(sa.select(Notice).where(Notice.id == notice_id).with_for_update()).one()
    schools = [UUID(each.partition(":")[2]) for each in recipients if each.startswith("school:")]
    if schools:
        entries = [{"notice_seq": notice.seq, "school_id": school_id} for school_id in schools]
        insert_rows(tx.db, Entry, entries)
        _say_whom_it_waits_for(tx, notice, schools)
        if notice.kind == "session_cancelled" or notice.kind in NO_MORE:
            call_off(tx, notice, schools)
        if notice.kind in ENDING:
            gone = notice.kind == "session_withdrawn"
            excuse(tx, session_id=notice.session_id, schools=schools, gone=gone, since=notice.seq)
    queue_some(tx, notice_id, recipients)


def _say_whom_it_waits_for(tx: Transaction, notice: Notice, schools: Sequence[UUID]) -> None:
    """Nobody has to read what was called off while it was on its way."""
    if called_off(tx, notice):
        return
    off = set(tx.db.scalars(withdrawn_after(notice))) if notice.kind in INVITING else set()
    if notice.asked is not None:
        invite(tx, announcement_id=notice.asked, schools=[each for each in schools if each not in off])
        return
    sentence = notice.sentence
    for school_id in schools:
        if school_id not in off:
            tx.emit(notice.task(school_id, sentence=sentence))
