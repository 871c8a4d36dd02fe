"""Consumer groups in the log's file: members with leases, and a claim per group and log.

A claim has an owner, who reads, and an heir, who shall read. When members come and go only the heirs are
set anew. The owner lets go in its own poll, then the heir takes: so no two members read a log at once,
unless one has outlived its lease.

Every function runs in the caller's writing transaction.
"""

import sqlite3
from collections.abc import Iterable

from shared.events.embedded.balance import balanced


def join(
    db: sqlite3.Connection, *, group: str, member: str, topics: Iterable[str], lease_until: float
) -> None:
    """Make `member` one of the group's; it owns nothing until it takes it."""
    db.execute("INSERT INTO members VALUES (?, ?, ?)", (member, group, lease_until))
    db.executemany("INSERT INTO subscriptions VALUES (?, ?)", [(member, topic) for topic in topics])
    divide(db, group=group)


def leave(db: sqlite3.Connection, *, group: str, member: str) -> None:
    """Take `member` out; the others may have its logs at once."""
    db.execute("DELETE FROM members WHERE id = ?", (member,))
    divide(db, group=group)


def renew(db: sqlite3.Connection, *, members: Iterable[str], now: float, lease: float) -> None:
    """Renew the leases of `members` and take those out whose lease ran out.

    A lease that ends later than any lease can was given before the machine last started: its clock
    began anew since.
    """
    db.executemany(
        "UPDATE members SET lease_until = ? WHERE id = ?", [(now + lease, member) for member in members]
    )
    gone = db.execute(
        "DELETE FROM members WHERE lease_until < ? OR lease_until > ? RETURNING consumers",
        (now, now + 10 * lease),
    ).fetchall()
    for group in {name for (name,) in gone}:
        divide(db, group=group)


def divide(db: sqlite3.Connection, *, group: str) -> None:
    """Set the heirs anew from who is there now; claims of members that are gone are free to take."""
    wanted: dict[str, set[int]] = {
        member: set() for (member,) in db.execute("SELECT id FROM members WHERE consumers = ?", (group,))
    }
    for member, log in db.execute(
        "SELECT members.id, logs.id FROM members JOIN subscriptions ON member = members.id"
        " JOIN logs ON logs.topic = subscriptions.topic WHERE consumers = ?",
        (group,),
    ):
        wanted[member].add(log)
    claims = {
        log: (owner, heir)
        for log, owner, heir in db.execute(
            "SELECT log, owner, heir FROM claims WHERE consumers = ?", (group,)
        )
    }
    held = {
        log: claims[log][0] or claims[log][1] if log in claims else None
        for logs in wanted.values()
        for log in logs
    }
    heirs = balanced(held=held, wanted=wanted)
    for log, (owner, heir) in claims.items():
        living = owner if owner in wanted else None
        if log not in heirs and living is None:
            db.execute("DELETE FROM claims WHERE consumers = ? AND log = ?", (group, log))
        elif (owner, heir) != (living, heirs.get(log, "")):
            # An heir named "" is nobody: the owner lets go and nobody takes.
            db.execute(
                "UPDATE claims SET owner = ?, heir = ? WHERE consumers = ? AND log = ?",
                (living, heirs.get(log, ""), group, log),
            )
    db.executemany(
        "INSERT INTO claims VALUES (?, ?, NULL, ?)",
        [(group, log, heir) for log, heir in heirs.items() if log not in claims],
    )


def divide_all(db: sqlite3.Connection, *, topics: Iterable[str]) -> None:
    """Divide anew in every group that reads one of `topics`, because their logs have changed."""
    groups = {
        group
        for topic in topics
        for (group,) in db.execute(
            "SELECT DISTINCT consumers FROM members JOIN subscriptions ON member = id WHERE topic = ?",
            (topic,),
        )
    }
    for group in groups:
        divide(db, group=group)


def settle(db: sqlite3.Connection, *, group: str, member: str) -> None:
    """Let go of what `member` owns for another heir, and take what waits for it."""
    db.execute(
        "UPDATE claims SET owner = NULL WHERE consumers = ? AND owner = ? AND heir <> owner", (group, member)
    )
    db.execute(
        "UPDATE claims SET owner = heir WHERE consumers = ? AND owner IS NULL AND heir = ?", (group, member)
    )
