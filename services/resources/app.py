"""resources, wired together."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.resources.reactions import REACTIONS
from shared.service import Service

if TYPE_CHECKING:
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    from services.resources.home import ui  # noqa: PLC0415  Flask stays out of workers

    return [ui.blueprint]


service = Service(
    name="resources",
    package="services.resources",
    version=version("tongxing-resources"),
    reactions=REACTIONS,
    blueprints=_blueprints,
)
