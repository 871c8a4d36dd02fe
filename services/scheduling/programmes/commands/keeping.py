"""Drafting a programme and outlining it differently."""

from collections.abc import Collection
from uuid import UUID

from services.scheduling.hosting.model import host_for, may_host
from services.scheduling.programmes.model import Outline, Programme
from services.scheduling.programmes.queries import no_such_programme
from shared.db import Transaction
from shared.errors import Stale
from shared.text import Sentence


def draft_programme(
    tx: Transaction, *, id_: UUID, outline: Outline, host_region: str, scopes: Collection[str]
) -> Programme:
    """Keep a programme without sessions and people. `host_region` may be empty for who hosts for one region only.

    Its sessions come by `draft_session(…, programme_id=id_)`, its people by `add_trainees`. Raises Invalid, Forbidden.
    """
    programme = Programme.draft(
        id_=id_, outline=outline, host_region=host_for(host_region, scopes), by=tx.actor, at=tx.now
    )
    tx.db.add(programme)
    tx.db.flush()  # the roster's foreign key looks for it
    tx.emit(programme.task())
    return programme


def revise_programme(
    tx: Transaction, *, programme_id: UUID, outline: Outline, scopes: Collection[str], seen: int | None = None
) -> Programme:
    """Outline it differently. Raises NotFound, Invalid, Refusal."""
    programme = programme_of(tx, programme_id, scopes, seen)
    programme.revise(outline)
    tx.emit(programme.task())
    return programme


def programme_of(tx: Transaction, programme_id: UUID, scopes: Collection[str], seen: int | None) -> Programme:
    """The programme, locked. `seen`: the version that who asks had before their eyes, if they say so."""
    programme = tx.load(Programme, programme_id)
    if not may_host(scopes, programme.host_region):
        raise no_such_programme()
    if seen is not None and seen != programme.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这个项目已有变动。请核对现在的内容，再操作一次。",
                en="This programme has changed since you opened the page. Look at it as it is now, then try again.",
            ),
            seen=seen,
            now=programme.version,
        )
    return programme
