"""The invitation of one person, and the link of a school's liaison."""

from http import HTTPStatus
from uuid import UUID

from flask import render_template, request

from services.directory.accounts.commands import TO_A_SCHOOL, invite, issue_link, liaison
from services.directory.accounts.model import ROLES
from services.directory.accounts.policies import KEEPERS, MAY, OF_A_SCHOOL
from services.directory.accounts.queries import account_of, scope_names
from services.directory.accounts.schemas import grant_in, name_in
from services.directory.accounts.ui.asking import (
    Page,
    blueprint,
    id_in,
    link_page,
    offered,
    searching,
)
from services.directory.people.model import Person
from services.directory.people.queries import person_within
from services.directory.schools.model import School
from shared.auth import holders
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, TongxingError
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say


@blueprint.get("/directory/accounts/new")
@MAY["manage"]
def new() -> Page:
    """The form of an invitation, for a school or a person where the address names one."""
    asked = request.args
    typed = {name: asked.get(name, "") for name in ("school", "person")}
    return _invitation(typed | {"role": asked.get("role", "liaison")})


@blueprint.post("/directory/accounts")
@MAY["manage"]
def create() -> Page:
    """Make an account and show the link that lets its holder choose login and password."""
    typed, id_, by = dict(request.form.items()), uuid7(), signed_in()
    if searching(typed):
        return _invitation(typed)
    try:
        person = _person(typed)
        if person is not None:
            typed["name"] = typed.get("name", "").strip() or person.name
            if typed.get("role") in OF_A_SCHOOL and not typed.get("school"):
                typed["school"] = str(person.school_id or "")
        name = name_in(typed)
        grant, until = grant_in(typed)
        secret = command(
            lambda tx: invite(
                tx,
                by=by,
                id_=id_,
                name=name,
                grant=grant,
                until=until,
                mail=typed.get("mail", "").strip().lower()[:200],
                phone=typed.get("phone", "").strip()[:40],
                person_id=person.id if person else None,
            )
        )
    except (Invalid, Forbidden, NotFound) as error:
        return _invitation(typed, error)
    with reading() as db:
        where = scope_names(db, {grant.scope})[grant.scope]
    return link_page(name, secret, said=f"{say(ROLES[grant.role])} · {say(where)}")


@blueprint.post("/directory/schools/<uuid:school_id>/links")
@holders("administrator")  # whoever holds a link signs in as that school
def issue(school_id: UUID) -> str:
    """Make a link that signs the school's liaison in at once, and show it this once."""

    def work(tx: Transaction) -> tuple[str, str]:
        school = tx.load(School, school_id)
        account = liaison(tx, school_id=school.id, school_name=school.name)
        return school.name, issue_link(tx, account=account, lasts=TO_A_SCHOOL)

    name, secret = command(work)
    return link_page(name, secret, said=say(ROLES["liaison"]), back="/directory/schools")


def _person(typed: dict[str, str]) -> Person | None:
    """The person that was chosen, if any was. Raises NotFound outside the scopes, Invalid for one with an account."""
    chosen = id_in(typed.get("person"))
    if chosen is None:
        return None
    with reading() as db:
        person = person_within(db, chosen, signed_in().scopes(*KEEPERS))
        if account_of(db, person.id) is not None:
            raise Invalid(
                Sentence(
                    zh=f"{person.name}已经有账号。请在账号列表中找到它，再给一个角色。",
                    en=f"{person.name} has an account. Find it in the list of accounts, and give one more role.",
                ),
                field="person",
            )
        if person.left_at is not None:
            raise Invalid(
                Sentence(zh=f"{person.name}已经离开。", en=f"{person.name} has left."), field="person"
            )
        return person


def _invitation(typed: dict[str, str], error: TongxingError | None = None) -> tuple[str, int]:
    with reading() as db:
        choices = offered(db, typed)
    page = render_template(
        "directory/invitation.html",
        typed=typed,
        error=error,
        field=error.field if error else None,
        **choices,
    )
    return page, error.status if error else HTTPStatus.OK
