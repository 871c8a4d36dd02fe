"""One account, and what may be done with it."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import redirect, render_template, request

from services.directory.accounts.commands import (
    disable,
    enable,
    give,
    identify,
    move,
    new_link,
    take,
)
from services.directory.accounts.model import ROLES
from services.directory.accounts.policies import MAY
from services.directory.accounts.queries import account_within, manages, others_of, scope_names
from services.directory.accounts.schemas import grant_in, school_in
from services.directory.accounts.ui.asking import Page, blueprint, id_in, link_page, offered, searching, seen
from shared.auth import Grant
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, TongxingError
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in


@blueprint.get("/directory/accounts/<uuid:account_id>")
@MAY["see"]
def page(account_id: UUID) -> Page:
    """One account: what it may do, since when, and what has become of its holder."""
    return _page(account_id)


@blueprint.post("/directory/accounts/<uuid:account_id>/links")
@MAY["manage"]
def link(account_id: UUID) -> Page:
    """A new link with which its holder chooses a password."""
    by = signed_in()
    name, secret = command(lambda tx: new_link(tx, by=by, account_id=account_id))
    return link_page(name, secret, back=f"/directory/accounts/{account_id}")


@blueprint.post("/directory/accounts/<uuid:account_id>/disabling")
@MAY["manage"]
def stop(account_id: UUID) -> Page:
    """Disable it, with a reason."""
    by, reason = signed_in(), request.form.get("reason", "").strip()[:300]
    return _done(account_id, lambda tx: disable(tx, by=by, account_id=account_id, reason=reason))


@blueprint.post("/directory/accounts/<uuid:account_id>/enabling")
@MAY["manage"]
def start(account_id: UUID) -> Page:
    """Enable it."""
    by = signed_in()
    return _done(account_id, lambda tx: enable(tx, by=by, account_id=account_id))


@blueprint.post("/directory/accounts/<uuid:account_id>/grants")
@MAY["manage"]
def add_grant(account_id: UUID) -> Page:
    """Give one more role, for good or until a day."""
    by, typed = signed_in(), dict(request.form.items())
    if searching(typed):
        return _page(account_id)

    def work(tx: Transaction) -> object:
        grant, until = grant_in(typed)
        return give(tx, by=by, account_id=account_id, grant=grant, until=until)

    return _done(account_id, work)


@blueprint.post("/directory/accounts/<uuid:account_id>/grants/removal")
@MAY["manage"]
def remove_grant(account_id: UUID) -> Page:
    """Take a role."""
    by, said = signed_in(), request.form.get("grant", "")

    def work(tx: Transaction) -> object:
        try:
            return take(tx, by=by, account_id=account_id, grant=Grant.parse(said))
        except ValueError as error:
            raise Invalid(Sentence(zh="没有这样的权限。", en="There is no such grant.")) from error

    return _done(account_id, work)


@blueprint.post("/directory/accounts/<uuid:account_id>/school")
@MAY["manage"]
def change_school(account_id: UUID) -> Page:
    """The holder works at another school; the roles of the old one follow."""
    by, typed = signed_in(), dict(request.form.items())
    if searching(typed):
        return _page(account_id)
    said = typed.get("school", "")
    return _done(account_id, lambda tx: move(tx, by=by, account_id=account_id, school_id=school_in(said)))


@blueprint.post("/directory/accounts/<uuid:account_id>/person")
@MAY["manage"]
def say_who(account_id: UUID) -> Page:
    """Say who of the register its holder is, so that the account follows them."""
    by, typed = signed_in(), dict(request.form.items())
    if searching(typed):
        return _page(account_id)

    def work(tx: Transaction) -> object:
        person = id_in(typed.get("person"))
        if person is None:
            raise Invalid(Sentence(zh="请选择这个人。", en="Choose the person."), field="person")
        return identify(tx, by=by, account_id=account_id, person_id=person)

    return _done(account_id, work)


def _page(account_id: UUID, error: TongxingError | None = None) -> tuple[str, int]:
    typed = {"role": "liaison", **request.form.to_dict()}
    with reading() as db:
        account = account_within(db, account_id, seen())
        names = scope_names(db, {grant.scope for grant in account.grants})
        may_manage = manages(db, by=signed_in(), grants=account.grants)
        others = others_of(db, account, seen())
        choices = offered(db, typed)
    page = render_template(
        "directory/account.html",
        account=account,
        others=others,
        names=names,
        ROLES=ROLES,
        error=error,
        typed=typed,
        may_manage=may_manage,
        own=account_id == signed_in().account,
        **choices,
    )
    return page, error.status if error else HTTPStatus.OK


def _done(account_id: UUID, work: Callable[[Transaction], object]) -> Page:
    try:
        command(work)
    except (Invalid, Refusal, Forbidden) as error:
        return _page(account_id, error)
    return redirect(f"/directory/accounts/{account_id}", 303)
