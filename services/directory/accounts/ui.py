"""The pages that look after accounts: list, invitation, one account and what may be done with it."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

import segno
from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from services.directory.accounts.commands import (
    MOST_SLIPS,
    TO_A_SCHOOL,
    disable,
    enable,
    give,
    invite,
    issue_link,
    liaison,
    links_for_liaisons,
    move,
    new_link,
    take,
)
from services.directory.accounts.model import ROLES
from services.directory.accounts.policies import KEEPERS, MAY, roles_given_by
from services.directory.accounts.queries import (
    account_within,
    accounts_listed,
    contains,
    groups_offered,
    manages,
    schools_with_passwords,
    scope_names,
)
from services.directory.accounts.schemas import grant_in, name_in, school_in
from services.directory.regions.queries import regions_within
from services.directory.schools.model import School
from services.directory.schools.queries import schools_within
from shared.auth import Grant, holders
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal, TongxingError
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.lists import listing
from shared.web.scopes import narrowed

blueprint = Blueprint("accounts", __name__, template_folder="../templates")

Page = str | Response | tuple[str, int]


@blueprint.get("/directory/accounts")
@MAY["see"]
def index() -> str:
    """The accounts of the places that the reader looks after."""
    wanted = listing(sorts=("name",), filters=("q",), default="name")
    with reading() as db:
        found = accounts_listed(
            db,
            narrowed(_seen()),
            words=wanted.get("q"),
            descending=wanted.descending,
            offset=wanted.offset,
            limit=wanted.size,
        )
        names = scope_names(db, {grant.scope for row in found.rows for grant in row.grants})
    return render_template(
        "directory/accounts.html",
        accounts=found.rows,
        total=found.total,
        wanted=wanted,
        names=names,
        ROLES=ROLES,
        may_manage=MAY["manage"].allows(signed_in()),
    )


@blueprint.get("/directory/accounts/new")
@MAY["manage"]
def new() -> Page:
    """The form of an invitation."""
    return _invitation({"school": request.args.get("school", ""), "role": "liaison"})


@blueprint.post("/directory/accounts")
@MAY["manage"]
def create() -> Page:
    """Make an account and show the link that lets its holder choose login and password."""
    typed, id_, by = dict(request.form.items()), uuid7(), signed_in()
    try:
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
            )
        )
    except (Invalid, Forbidden, NotFound) as error:
        return _invitation(typed, error)
    return _link_page(name, secret)


@blueprint.get("/directory/accounts/slips")
@MAY["manage"]
def slips() -> Page:
    """Choose the schools whose liaisons get a slip."""
    return _slips()


@blueprint.post("/directory/accounts/slips")
@MAY["manage"]
def print_slips() -> Page:
    """A sheet of QR slips to print, shown this once."""
    by, said = signed_in(), request.form.getlist("school")
    try:
        schools = [school_in(each) for each in said]
        made = command(lambda tx: links_for_liaisons(tx, by=by, school_ids=schools))
    except (Invalid, Forbidden, Refusal, NotFound) as error:
        return _slips(set(said), error)
    runtime = edge().runtime
    base = runtime.settings.base_url
    return render_template(
        "directory/slips_sheet.html",
        slips=[{"name": name, "code": _code(f"{base}/sign-in/{secret}")} for name, secret in made],
        until=runtime.clock() + TO_A_SCHOOL,
        address=f"{base}/sign-in".partition("://")[2],
    )


@blueprint.get("/directory/accounts/<uuid:account_id>")
@MAY["see"]
def page(account_id: UUID) -> Page:
    """One account: what it may do, and since when."""
    return _page(account_id)


@blueprint.post("/directory/accounts/<uuid:account_id>/links")
@MAY["manage"]
def link(account_id: UUID) -> Page:
    """A new link with which its holder chooses a password."""
    by = signed_in()
    return _link_page(*command(lambda tx: new_link(tx, by=by, account_id=account_id)))


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
    by, said = signed_in(), request.form.get("school", "")
    return _done(account_id, lambda tx: move(tx, by=by, account_id=account_id, school_id=school_in(said)))


@blueprint.post("/directory/schools/<uuid:school_id>/links")
@holders("administrator")  # whoever holds a link signs in as that school
def issue(school_id: UUID) -> str:
    """Make a link that signs the school's liaison in at once, and show it this once."""

    def work(tx: Transaction) -> tuple[str, str]:
        school = tx.load(School, school_id)
        account = liaison(tx, school_id=school.id, school_name=school.name)
        return school.name, issue_link(tx, account=account, lasts=TO_A_SCHOOL)

    return _link_page(*command(work), back="/directory/schools")


def _seen() -> frozenset[str]:
    return signed_in().reads(*KEEPERS)


def _invitation(typed: dict[str, str], error: TongxingError | None = None) -> tuple[str, int]:
    page = render_template(
        "directory/invitation.html",
        typed=typed,
        error=error,
        field=error.field if error else None,
        **_offered(),
    )
    return page, error.status if error else HTTPStatus.OK


def _offered() -> dict[str, object]:
    """The roles and places that who asks may give."""
    scopes = signed_in().scopes(*KEEPERS)
    with reading() as db:
        return {
            "schools": schools_within(db, scopes),
            "regions": [
                region
                for region in regions_within(db, scopes)
                if contains(db, scopes, f"region:{region.code}")
            ],
            "groups": [group for group in groups_offered(db) if contains(db, scopes, f"group:{group[0]}")],
            "everywhere": "all" in scopes,
            "roles": {role: ROLES[role] for role in roles_given_by(signed_in())},
        }


def _page(account_id: UUID, error: TongxingError | None = None) -> tuple[str, int]:
    with reading() as db:
        account = account_within(db, account_id, _seen())
        names = scope_names(db, {grant.scope for grant in account.grants})
        may_manage = manages(db, by=signed_in(), grants=account.grants)
    page = render_template(
        "directory/account.html",
        account=account,
        names=names,
        ROLES=ROLES,
        error=error,
        typed={"role": "liaison", **request.form.to_dict()},
        may_manage=may_manage,
        own=account_id == signed_in().account,
        **_offered(),
    )
    return page, error.status if error else HTTPStatus.OK


def _slips(chosen: set[str] | None = None, error: TongxingError | None = None) -> tuple[str, int]:
    with reading() as db:
        schools = schools_within(db, signed_in().scopes(*KEEPERS))
        settled = schools_with_passwords(db)
    if chosen is None:
        chosen = {str(school.id) for school in [s for s in schools if s.id not in settled][:MOST_SLIPS]}
    page = render_template(
        "directory/slips.html", schools=schools, chosen=chosen, error=error, most=MOST_SLIPS
    )
    return page, error.status if error else HTTPStatus.OK


def _code(link: str) -> Markup:
    """The link as a QR code. It holds nothing but squares, so that it may stand in the page as it is."""
    drawn = segno.make(link, error="m", micro=False).svg_inline(scale=3, border=2)
    return Markup(drawn)  # noqa: S704  drawn by us from a link of ours


def _done(account_id: UUID, work: Callable[[Transaction], object]) -> Page:
    try:
        command(work)
    except (Invalid, Refusal, Forbidden) as error:
        return _page(account_id, error)
    return redirect(f"/directory/accounts/{account_id}", 303)


def _link_page(name: str, secret: str, back: str = "/directory/accounts") -> str:
    base = edge().runtime.settings.base_url
    return render_template("directory/link.html", name=name, link=f"{base}/sign-in/{secret}", back=back)
