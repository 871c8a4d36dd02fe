"""The host's word on an entry, and the teacher who takes one back."""

from uuid import UUID

from services.exchange.duties.commands.writing import KEPT, count_anew, opened, theirs
from services.exchange.duties.model import LONGEST, VERBS, Duty, Verb
from services.exchange.duties.policies import BY
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.text import Sentence


def answer_duty(tx: Transaction, *, duty_id: UUID, verb: Verb, asker: Asker, reason: str = "") -> Duty:
    """Confirm, decline with a reason, or withdraw. Raises NotFound, Forbidden, Refusal, Invalid."""
    duty = tx.db.get(Duty, duty_id)
    if duty is None:
        raise no_such_duty()
    placement, parties = theirs(tx, duty.placement_id, asker)
    if parties.isdisjoint(BY[verb]):
        who = (
            Sentence(zh="接收学校", en="the host school")
            if "host" in BY[verb]
            else Sentence(zh="教师本人", en="the teacher")
        )
        raise Forbidden(
            Sentence(
                zh=f"“{VERBS[verb].zh}”由{who.zh}办理。", en=f"“{VERBS[verb].en}” is for {who.en} to do."
            )
        )
    if placement.state not in KEPT:
        raise Refusal(
            Sentence(
                zh="这次交流已经考核，记录不再变动。",
                en="This placement is appraised: its log stays as it is.",
            )
        )
    if verb == "decline" and not reason:
        raise Invalid(
            Sentence(zh="请写明原因，教师会看到。", en="Say why: the teacher will read it."), field="reason"
        )
    if len(reason) > LONGEST:
        raise Invalid(
            Sentence(zh=f"最多 {LONGEST} 个字。", en=f"At most {LONGEST} characters."), field="reason"
        )
    book = opened(tx, duty.placement_id)
    tx.db.refresh(duty)  # as it is now that the log is locked
    duty.go(verb, by=tx.actor, at=tx.now, reason=reason)
    tx.record(
        what=f"exchange.duty.{duty.state}",
        subject_kind="duty",
        subject=duty_id,
        person_id=placement.person_id,
    )
    count_anew(tx, book, placement)
    return duty


def no_such_duty() -> NotFound:
    """What is said of an entry that is not there, or not the reader's to know of."""
    return NotFound(Sentence(zh="没有这条记录。", en="There is no such entry."))
