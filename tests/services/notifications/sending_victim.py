"""A sender that dies at a given point: `python -m tests.services.notifications.sending_victim STORY`, where STORY is JSON."""

import json
import os
import signal
import sys
from pathlib import Path
from threading import Lock

from services.notifications.app import service
from services.notifications.deliveries.commands.sender import Sender
from shared.runtime import Runtime
from shared.settings import Settings


def play(*, data: str, smtp_url: str, point: str, nth: int) -> None:
    settings = Settings(
        data=Path(data),
        smtp_url=smtp_url,
        base_url="https://tongxing.bureau.example",
        mail_from="tongxing@bureau.example",
        webhook_allow=frozenset({"127.0.0.1"}),
    )
    left, lock = nth, Lock()

    def reached(where: str) -> None:
        nonlocal left
        with lock:
            left -= where == point
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sender = Sender(Runtime(service, settings).database, settings, actor="service:test", reached=reached)
    while sender.step():
        pass


if __name__ == "__main__":
    play(**json.loads(sys.argv[1]))
    sys.exit("The victim has survived.")
