"""The application factory: one service's pages and API as a Flask application."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.auth.keys import Keys
from shared.auth.rules import PUBLIC, rule_of
from shared.auth.states import AccountStates
from shared.observe.web import instrument
from shared.runtime import Runtime
from shared.web import assets, errors, rendering, security, signing_in
from shared.web.auditing import trail
from shared.web.edge import Edge

#: The largest request, in bytes. Uploads of files have doors of their own.
MAX_REQUEST_BYTES = 2 * 1024 * 1024


class RouteWithoutRule(Exception):
    """A route says nothing about who may call it: a bug, found before anybody can use it."""


def create_app(runtime: Runtime) -> Flask:
    """The pages and the API of the service, under its own path also when it is alone in its process.

    Raises RouteWithoutRule where a route has no rule (`shared.auth.rules`).
    """
    service = runtime.service
    app = Flask(service.package, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        API_TITLE=f"Tongxing {service.name}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/{service.name}/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.extensions["tongxing"] = Edge(runtime, Keys(runtime.database), AccountStates(runtime.database))
    if hops := runtime.settings.trusted_proxies:
        # Only where proxies of ours write these headers: whoever reaches the process directly could write any.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    instrument(app, service.name)
    security.protect(app, secure_cookies=runtime.settings.secure_cookies)
    signing_in.install(app)
    rendering.install(app)
    assets.install(app)
    api = Api(app)
    documented = "api-docs.openapi_json"  # flask-smorest's own route; what the API can do is no secret
    app.view_functions[documented] = PUBLIC(partial(app.view_functions[documented]))
    for blueprint in service.blueprints():
        api.register_blueprint(blueprint) if _is_api(blueprint) else app.register_blueprint(blueprint)
    app.register_blueprint(trail(service.name))
    errors.install(app)  # after flask-smorest, whose own answers it replaces
    without = sorted(_without_rule(app))
    if without:
        raise RouteWithoutRule(f"{service.name}: no rule says who may call {', '.join(without)}.")
    return app


def _is_api(blueprint: Any) -> bool:  # noqa: ANN401  flask-smorest ships no types
    return hasattr(blueprint, "_docs")


def _without_rule(app: Flask) -> Iterator[str]:
    for route in app.url_map.iter_rules():
        view = app.view_functions[route.endpoint]
        for method in sorted((route.methods or set()) - {"OPTIONS", "HEAD"}):
            if rule_of(view, method) is None:
                yield f"{method} {route.rule}"
