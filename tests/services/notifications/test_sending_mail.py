"""Mail: in the language of who reads it, ended with one click, refused, and tried again with the same id."""

from datetime import timedelta

from tests.builders import House
from tests.services.notifications.channels_of import add, writing
from tests.services.notifications.receivers import postbox
from tests.services.notifications.sending import allow, attempts, channel, due_in, send, states, tell


def test_a_mail_is_in_the_recipients_language_and_can_be_ended_with_one_click(office: House) -> None:
    with postbox() as box:
        allow(office, smtp=box.url)
        add(office, address="a@golmud.example", language="en")
        add(office, address="b@golmud.example")
        tell(office, class_name="announcement", text=writing().subject)
        send(office)

    assert states(office) == [("sent", "", 1)] * 2
    (_, english), (_, chinese) = sorted(box.got, key=lambda each: each[0])
    assert str(english["Subject"]) == "Invitation: governing a group"
    parts = [part.get_payload(decode=True) for part in chinese.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in chinese.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert all("集团治理与管理策略" in part.decode() for part in parts if isinstance(part, bytes))
    assert english["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(english["List-Unsubscribe"]).strip("<>")
    assert address.startswith("https://tongxing.bureau.example/notifications/unsubscribe/")
    assert len({each["Message-ID"] for _, each in box.got}) == 2


def test_html_in_a_name_stays_text_and_line_breaks_make_no_headers(office: House) -> None:
    with postbox() as box:
        allow(office, smtp=box.url)
        add(office)
        wicked = writing().subject.__class__(zh="<script>1</script>\r\nBcc: x@y.example", en="x")
        tell(office, subject=wicked, text=wicked)
        send(office)

    ((_, mail),) = box.got
    assert mail["Bcc"] is None
    html = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/html"]
    assert b"<script>" not in bytes(html[0] or b"")
    assert mail["List-Unsubscribe"] is None  # an invitation is mandatory


def test_an_address_that_is_refused_pauses_its_channel_and_the_owner_hears_of_it_elsewhere(
    office: House,
) -> None:
    with postbox(rcpt=lambda to: "550 5.1.1 no such user" if to.startswith("gone") else None) as box:
        allow(office, smtp=box.url)
        gone = add(office, address="gone@golmud.example")
        add(office, address="here@golmud.example")
        tell(office)
        send(office)

    assert channel(office, gone.id).state == "paused"
    assert channel(office, gone.id).why == "refused"
    subjects = [(to, str(mail["Subject"])) for to, mail in box.got]
    assert len(subjects) == 2
    assert {to for to, _ in subjects} == {"here@golmud.example"}
    assert sorted(state for state, *_ in states(office)) == ["given_up", "sent", "sent"]


def test_a_mail_server_that_is_busy_is_tried_again_with_the_same_id(office: House) -> None:
    answers = iter(["451 4.3.0 busy", None])
    with postbox(data=lambda _content: next(answers)) as box:
        allow(office, smtp=box.url)
        add(office)
        tell(office)
        send(office)
        assert states(office) == [("failed", "", 1)]
        assert timedelta(minutes=1) <= due_in(office) <= timedelta(seconds=72)
        office.clock.move(timedelta(minutes=2))
        send(office)

    assert states(office) == [("sent", "", 2)]
    assert attempts(office) == [("failed", "451"), ("sent", "250")]
    assert len(box.got) == 1
