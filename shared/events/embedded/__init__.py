"""The embedded broker: a log in one SQLite file, for several processes of one machine.

`file` opens the file and says what its errors mean, `groups` divides partitions among members,
`member` polls, `publishing` appends, `broker` is the door, `upkeep` forgets.
"""

from shared.events.embedded.broker import EmbeddedBroker

__all__ = ["EmbeddedBroker"]
