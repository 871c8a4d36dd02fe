"""The application factory: every route has a rule, and every service serves its own path."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Blueprint
from werkzeug.test import Client

from services.exchange.app import service
from shared.web.app import RouteWithoutRule
from shared.web.mount import mounted
from tests.builders import House, house


def test_a_route_without_a_rule_keeps_the_application_from_starting(tmp_path: Path) -> None:
    bad = Blueprint("bad", __name__)
    bad.add_url_rule("/exchange/open", view_func=lambda: "", methods=["GET", "POST"])

    with (
        house(replace(service, blueprints=lambda: [bad]), tmp_path) as made,
        pytest.raises(RouteWithoutRule, match="GET /exchange/open, POST /exchange/open"),
    ):
        made.app()


def test_what_the_api_can_do_is_documented(toy: House) -> None:
    answer = toy.client().get("/exchange/api/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["info"] == {"title": "Tongxing exchange", "version": "v1"}
    assert set(answer.json["paths"]) == {"/exchange/api/v1/things", "/exchange/api/v1/things/{name}"}


def test_several_services_share_one_address() -> None:
    def app(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  a WSGI application of one line
        def answer(environ, start_response):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [f"{name} {environ['PATH_INFO']}".encode()]

        return answer

    client = Client(mounted({"": app("directory"), "/exchange": app("exchange")}))

    assert [client.get(path).text for path in ("/", "/exchange/a", "/exchanges", "/sign-in")] == [
        "directory /",
        "exchange /exchange/a",
        "directory /exchanges",
        "directory /sign-in",
    ]


def test_assets_may_be_kept_for_ever_and_nothing_else(toy: House) -> None:
    client = toy.client()
    page = client.get("/nothing").text
    style = page.split('href="/assets/')[1].split('"')[0]

    asset = client.get(f"/assets/{style}")

    assert asset.status_code == 200
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    asset.close()
    assert client.get("/exchange/language").headers["Cache-Control"] == "no-store"
    assert client.get("/assets/../app.py").status_code == 404
    assert client.get("/assets/none.css").status_code == 404
