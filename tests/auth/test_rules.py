"""Rules: who may knock at which route."""

from flask.views import MethodView

from shared.auth import PUBLIC, SIGNED_IN, holders
from shared.auth.rules import rule_of
from tests.builders import GOLMUD, who

PLANNERS = holders("administrator", "coordinator")


def test_who_is_let_in() -> None:
    nobody, liaison, coordinator = None, who(f"liaison@school:{GOLMUD}"), who("coordinator@region:632800")
    asking = (nobody, who(), liaison, coordinator)

    assert [PUBLIC.allows(asks) for asks in asking] == [True, True, True, True]
    assert [SIGNED_IN.allows(asks) for asks in asking] == [False, True, True, True]
    assert [PLANNERS.allows(asks) for asks in asking] == [False, False, False, True]


def test_a_view_without_a_rule_has_none() -> None:
    def view() -> str:
        return ""

    assert rule_of(view, "GET") is None
    assert rule_of(PUBLIC(view), "GET") == PUBLIC


def test_each_method_of_a_class_has_its_own() -> None:
    class View(MethodView):
        @SIGNED_IN
        def get(self) -> str:
            return ""

        @PLANNERS
        def post(self) -> str:
            return ""

        def delete(self) -> str:
            return ""

    view = View.as_view("view")

    assert [rule_of(view, method) for method in ("GET", "HEAD", "POST", "DELETE")] == [
        SIGNED_IN,
        SIGNED_IN,
        PLANNERS,
        None,
    ]
