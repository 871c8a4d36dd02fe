"""The broker for Apache Kafka, on kafka-python.

`clients` makes kafka-python's clients and says what their errors mean, `publishing` sends, `member`
polls, `topics` administers, `reading` reads without a group, `broker` is the door.

Inside this package `kafka` is always the library: imports are absolute.
"""

from shared.events.kafka.broker import KafkaBroker

__all__ = ["KafkaBroker"]
