"""The pages and APIs of services as one WSGI application."""

import ipaddress
from collections.abc import Sequence
from wsgiref.types import WSGIApplication

from shared.observe.endpoints import beside, wsgi
from shared.observe.health import Health
from shared.runtime import Runtime
from shared.web.app import create_app
from shared.web.mount import mounted


def application(runtimes: Sequence[Runtime], health: Health, *, metrics: bool) -> WSGIApplication:
    """All pages of these services, each at its own path, with the endpoints of health in front."""
    apps = {runtime.service.path: create_app(runtime) for runtime in runtimes}
    return beside(mounted(apps), wsgi(health, with_metrics=metrics))


def is_private(host: str) -> bool:
    """Whether only this machine reaches `host`: then numbers may be shown to whoever asks."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
