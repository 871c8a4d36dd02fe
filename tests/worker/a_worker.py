"""A worker as a process of its own, for the tests that send it signals: one job, counted step by step.

It writes its port to stdout, then works on the SQLite file of its first argument. Its second argument says how
its steps are: `quick`, or `stuck` for a step that never ends.
"""

import sys
import threading

from shared.db import Database
from shared.events.outbox import Outbox
from shared.jobs import JobRunner, More, Outcome, Step
from shared.observe import logs
from shared.observe.endpoints import wsgi
from shared.observe.health import Health
from shared.worker import Loop, Server, Worker, run_until_signalled
from tests.jobs.databases import leave


def main(path: str, kind: str) -> int:
    logs.configure(service="exchange")
    database = Database(f"sqlite:///{path}", emitter=Outbox())

    def count(step: Step) -> Outcome:
        at: int = step.checkpoint["at"] if step.checkpoint else 0
        tell(f"step {at}")
        if kind == "stuck":
            threading.Event().wait()
        return More(effect=lambda tx: leave(tx, at), checkpoint={"at": at + 1})

    jobs = JobRunner(database, {"count": count}, service="exchange", owner="the process")
    loop = Loop("jobs", jobs.step, service="exchange", idle=(0.01, 0.01), drain=jobs.drain, close=jobs.close)
    health = Health()
    health.needs("exchange database", database.ping)
    worker = Worker([loop], health=health, close=[database.close], stuck_after=0.2)
    server = Server(wsgi(health), host="127.0.0.1", port=0)
    tell(str(server.port))
    return run_until_signalled(worker, server, drain_timeout=0.5 if kind == "stuck" else 30)


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
