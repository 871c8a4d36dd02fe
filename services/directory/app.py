"""directory, wired together."""

from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.directory.accounts.commands import adopt_account, follow_people, lapse
from services.directory.accounts.queries import account_states
from services.directory.applying.commands import JOBS as APPLYING
from services.directory.base import adopting
from services.directory.comparing.commands import JOBS as COMPARING
from services.directory.demonstration import demonstrate
from services.directory.groups.model import Group
from services.directory.groups.queries import group_states
from services.directory.imports.commands import forget_workbooks
from services.directory.keys.commands import adopt_key, retire_replaced
from services.directory.keys.queries import key_states
from services.directory.organisations.model import Organisation
from services.directory.organisations.queries import organisation_states
from services.directory.people.model import Person
from services.directory.people.queries import person_states
from services.directory.reactions import REACTIONS
from services.directory.recovery.commands import mail_link
from services.directory.regions.model import Region
from services.directory.regions.queries import region_states
from services.directory.schools.model import School
from services.directory.schools.queries import ids_in, states
from services.directory.sessions.commands import forget
from shared.contracts.directory import (
    ACCOUNTS,
    GROUPS,
    KEYS,
    ORGANISATIONS,
    PEOPLE,
    REGIONS,
    SCHOOLS,
    AccountChanged,
    GroupChanged,
    KeyChanged,
    OrganisationChanged,
    PersonChanged,
    RegionChanged,
    SchoolChanged,
)
from shared.db import Transaction
from shared.ids import named
from shared.jobs import Outcome, Step
from shared.runtime import Runtime
from shared.service import Service, Timer
from shared.settings import Settings
from shared.text import Sentence

if TYPE_CHECKING:
    from click import Command
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    from services.directory.accounts import ui as accounts  # noqa: PLC0415  Flask stays out of workers
    from services.directory.groups import ui as groups  # noqa: PLC0415
    from services.directory.home import ui as home  # noqa: PLC0415
    from services.directory.imports import ui as imports  # noqa: PLC0415
    from services.directory.keys import api as keys  # noqa: PLC0415
    from services.directory.organisations import ui as organisations  # noqa: PLC0415
    from services.directory.people import ui as people  # noqa: PLC0415
    from services.directory.profile import ui as profile  # noqa: PLC0415
    from services.directory.regions import ui as regions  # noqa: PLC0415
    from services.directory.registering import ui as registering  # noqa: PLC0415
    from services.directory.schools import api as schools_api  # noqa: PLC0415
    from services.directory.schools import ui as schools  # noqa: PLC0415
    from services.directory.search import ui as search  # noqa: PLC0415
    from services.directory.sessions import ui as sessions  # noqa: PLC0415
    from services.directory.years import ui as years  # noqa: PLC0415

    return [
        home.blueprint,
        search.blueprint,
        accounts.blueprint,
        profile.blueprint,
        sessions.blueprint,
        keys.blueprint,
        schools.blueprint,
        schools_api.blueprint,
        people.blueprint,
        imports.blueprint,
        groups.blueprint,
        organisations.blueprint,
        regions.blueprint,
        registering.blueprint,
        years.blueprint,
    ]


def _welcome(runtime: Runtime) -> Sequence[Sentence]:
    from services.directory.cli import link_of_administrator  # noqa: PLC0415  workers and pages need no click

    link = link_of_administrator(runtime)
    return [
        Sentence(
            zh=f"管理员登录链接（30 分钟内有效，只能用一次）：{link}",
            en=f"Sign in as the administrator (valid for 30 minutes, once): {link}",
        )
    ]


def _commands() -> Sequence["Command"]:
    from services.directory.cli import commands  # noqa: PLC0415  workers and pages need no click

    return commands(service)


def _mail_link(step: Step) -> Outcome:
    return mail_link(step, settings=Settings.from_env())


def _forget_workbooks(tx: Transaction) -> int:
    return forget_workbooks(tx, keep=Settings.from_env().keep_workbooks)


service = Service(
    name="directory",
    package="services.directory",
    version=version("tongxing-directory"),
    reactions=REACTIONS,
    states={
        REGIONS: region_states,
        SCHOOLS: states,
        ORGANISATIONS: organisation_states,
        GROUPS: group_states,
        PEOPLE: person_states,
        KEYS: key_states,
        ACCOUNTS: account_states,
    },
    adopt={
        RegionChanged: adopting(Region, id_of=lambda event: named("region", event.code)),
        SchoolChanged: adopting(School, id_of=lambda event: event.school_id),
        OrganisationChanged: adopting(Organisation, id_of=lambda event: event.organisation_id),
        GroupChanged: adopting(Group, id_of=lambda event: event.group_id),
        PersonChanged: adopting(Person, id_of=lambda event: event.person_id),
        KeyChanged: adopt_key,
        AccountChanged: adopt_account,
    },
    blueprints=_blueprints,
    demonstrate=demonstrate,
    welcome=_welcome,
    commands=_commands,
    schools_in=ids_in,
    jobs={"sign-in-mail": _mail_link, **COMPARING, **APPLYING},
    timers=[
        Timer("accounts.lapse", timedelta(minutes=1), lapse),
        Timer("accounts.follow", timedelta(seconds=20), follow_people),
        Timer("keys.retire", timedelta(hours=1), retire_replaced),
        Timer("sessions.forget", timedelta(hours=1), forget),
        Timer("imports.forget", timedelta(hours=1), _forget_workbooks),
    ],
)
