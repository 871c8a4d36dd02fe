"""Several senders at once, on both databases: each delivery goes out once, and what was cut off is taken back."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from services.notifications.deliveries.commands.recording import take_back
from services.notifications.deliveries.commands.sender import Sender
from services.notifications.deliveries.model import Attempt, Delivery
from tests.builders import House
from tests.services.notifications.channels_of import add
from tests.services.notifications.receivers import postbox, receiver, until
from tests.services.notifications.sending import allow, answering, send, states, tell

NUMBER = 60


def test_three_senders_send_everything_once(post: House) -> None:
    post.clock.now = datetime.now(UTC)
    with postbox() as box, receiver() as hook, receiver(answering(200, {"errcode": 0})) as group:
        allow(post, smtp=box.url, hosts=("127.0.0.1",))
        add(post)
        add(post, "webhook", f"{hook.address}/in")
        add(post, "dingtalk", f"{group.address}/robot/send?access_token=abcdef")
        for number in range(NUMBER):
            tell(post, number=number)
        senders = [
            Sender(post.database, post.runtime.settings, actor=f"service:{number}") for number in range(3)
        ]

        def work(sender: Sender) -> None:
            until(lambda: not sender.step() and len(box.got) + len(hook.got) >= 2 * NUMBER)
            sender.close()

        threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(box.got) == len(hook.got) == NUMBER
    assert max(Counter(str(mail["Message-ID"]) for _, mail in box.got).values()) == 1
    assert len(group.got) == 8  # the clock stands, and so does the robot's bucket, whoever looks into it
    assert Counter(state for state, *_ in states(post)) == Counter(
        sent=NUMBER, delivered=NUMBER + 8, queued=NUMBER - 8
    )


def test_what_a_sender_left_behind_is_taken_back_once(post: House) -> None:
    post.clock.now = datetime.now(UTC)
    with receiver() as hook, postbox() as box:
        allow(post, smtp=box.url, hosts=("127.0.0.1",))
        add(post)
        add(post, "webhook", f"{hook.address}/in")
        tell(post, number=1)
        tell(post, class_name="announcement", number=2)
        gone = Sender(post.database, post.runtime.settings, actor="service:gone")
        gone._claim(10)

        def sent() -> bool:
            gone._marks.write()  # what may not go out twice waits for its mark
            return gone._results.qsize() == 4

        until(sent)
        post.clock.move(timedelta(minutes=3))

        found = post.database.run(take_back, actor="service:test") + post.database.run(
            take_back, actor="service:test"
        )

        assert found == 4
        assert Counter(state for state, *_ in states(post)) == Counter(failed=3, in_doubt=1)
        with post.database.reading() as db:
            assert set(db.scalars(sa.select(Attempt.outcome))) == {"cut_off"}
            assert set(db.scalars(sa.select(Delivery.claim))) == {None}
        post.clock.move(timedelta(minutes=3))
        send(post)
        gone.close()

    assert Counter(state for state, *_ in states(post)) == Counter(delivered=2, sent=1, in_doubt=1)
    assert len({posted.headers["webhook-id"] for posted in hook.got}) == 2
