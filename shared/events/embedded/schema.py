"""The tables of the embedded log, and how a record's place becomes one number.

A record's row id holds its log and its offset, so that appending writes at the end of one B-tree and
reading a partition scans a range of it, without an index.
"""

#: How many bits of a record's row id hold the offset; the bits above hold the id of the log.
OFFSET_BITS = 40

#: Marks the file as ours (`PRAGMA application_id`): "TXEL".
APPLICATION_ID = 0x5458454C

SCHEMA = """
-- identity: drawn when the topic is made, so that a topic made anew is another one.
CREATE TABLE IF NOT EXISTS topics (
    name TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    retention_seconds REAL,
    compacted INTEGER NOT NULL
) STRICT;

-- One row per partition: it holds offsets from `first` up to, not including, `next`.
-- Ids are never used again, so that what names a deleted log finds nothing.
CREATE TABLE IF NOT EXISTS logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL REFERENCES topics (name) ON DELETE CASCADE,
    partition INTEGER NOT NULL,
    first INTEGER NOT NULL DEFAULT 0,
    next INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, partition)
) STRICT;

-- written: seconds since 1970, when the broker took the record.
CREATE TABLE IF NOT EXISTS records (
    place INTEGER PRIMARY KEY,
    written REAL NOT NULL,
    key BLOB,
    value BLOB,
    headers BLOB
) STRICT;

-- lease_until: on the machine's monotonic clock, which all its processes share.
CREATE TABLE IF NOT EXISTS members (
    id TEXT PRIMARY KEY,
    consumers TEXT NOT NULL,
    lease_until REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS subscriptions (
    member TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    topic TEXT NOT NULL,
    PRIMARY KEY (member, topic)
) STRICT, WITHOUT ROWID;

-- owner: who reads the log now. heir: who shall read it. They differ while it is handed over.
CREATE TABLE IF NOT EXISTS claims (
    consumers TEXT NOT NULL,
    log INTEGER NOT NULL REFERENCES logs (id) ON DELETE CASCADE,
    owner TEXT,
    heir TEXT NOT NULL,
    PRIMARY KEY (consumers, log)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS commits (
    consumers TEXT NOT NULL,
    log INTEGER NOT NULL REFERENCES logs (id) ON DELETE CASCADE,
    next INTEGER NOT NULL,
    PRIMARY KEY (consumers, log)
) STRICT, WITHOUT ROWID;
"""


def row_id(log: int, offset: int) -> int:
    """The row id of the record at `offset` of `log`."""
    return log << OFFSET_BITS | offset


def offset_of(place: int) -> int:
    """The offset in a record's row id."""
    return place & ((1 << OFFSET_BITS) - 1)
