"""What may be done with kinds of session. `scopes`: where who asks is an administrator; only all of it will do."""

from collections.abc import Collection

import sqlalchemy as sa

from services.scheduling.kinds.model import SessionKind
from services.scheduling.plans.model import KEY
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.text import Sentence

_CHOOSE = Sentence(zh="请选择活动类型。", en="Choose what kind of session it is.")


def add_kind(tx: Transaction, *, key: str, zh: str, en: str, scopes: Collection[str]) -> SessionKind:
    """A kind that was not there. Raises Forbidden, Invalid for a key or a name that cannot be, Refusal where it is there."""
    _insist(scopes)
    if not KEY.fullmatch(key):
        raise Invalid(
            Sentence(
                zh="代码用小写字母开头，只含小写字母、数字和下划线，2 到 40 个字符。",
                en="A key begins with a small letter and has small letters, digits and underscores alone, 2 to 40 of them.",
            ),
            field="key",
        )
    if tx.db.get(SessionKind, key) is not None:
        raise Refusal(
            Sentence(
                zh="这个代码已经有了；停用的类型可以恢复使用。",
                en="There is a kind of that key. One that is retired can be brought back.",
            )
        )
    last = tx.db.scalar(sa.select(sa.func.max(SessionKind.ordinal))) or 0
    kind = SessionKind(key=key, ordinal=last + 1)
    kind.call(zh=zh, en=en)
    tx.db.add(kind)
    tx.record(what="scheduling.kind.added", subject_kind="session kind", subject=key)
    return kind


def call_kind(tx: Transaction, *, key: str, zh: str, en: str, scopes: Collection[str]) -> SessionKind:
    """Call a kind differently; its key stays. Raises Forbidden, NotFound, Invalid."""
    kind = _kind(tx, key, scopes)
    kind.call(zh=zh, en=en)
    tx.record(what="scheduling.kind.renamed", subject_kind="session kind", subject=key)
    return kind


def retire_kind(tx: Transaction, *, key: str, retired: bool, scopes: Collection[str]) -> SessionKind:
    """Offer a kind no more, or again. Raises Forbidden, NotFound, Refusal where it is the last one."""
    kind = _kind(tx, key, scopes)
    others = sa.select(sa.func.count()).where(SessionKind.key != key, SessionKind.retired_at.is_(None))
    if retired and not tx.db.scalar(others):
        raise Refusal(Sentence(zh="至少要留一个类型可以选择。", en="One kind has to be left to choose from."))
    kind.retired_at = (kind.retired_at or tx.now) if retired else None
    what = "scheduling.kind.retired" if retired else "scheduling.kind.restored"
    tx.record(what=what, subject_kind="session kind", subject=key)
    return kind


def insist_on_kind(tx: Transaction, key: str, *, retired: bool = False) -> None:
    """Raise Invalid where there is no such kind, or, unless `retired` will do, where it is chosen no more."""
    kind = tx.db.get(SessionKind, key)
    if kind is None or (kind.retired_at is not None and not retired):
        raise Invalid(_CHOOSE, field="kind")


def _kind(tx: Transaction, key: str, scopes: Collection[str]) -> SessionKind:
    _insist(scopes)
    kind = tx.db.get(SessionKind, key)
    if kind is None:
        raise NotFound(Sentence(zh="没有这个活动类型。", en="There is no such kind of session."))
    return kind


def _insist(scopes: Collection[str]) -> None:
    if "all" not in scopes:
        raise Forbidden(
            Sentence(
                zh="活动类型由全平台的管理员维护。", en="Kinds are kept by who administers all of Tongxing."
            )
        )
