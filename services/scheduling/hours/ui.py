"""One's own hours and certificates, those of a school's people, and the rules by which hours are counted."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.certificates.queries import certificates_held_by
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.hosting.queries import hosts_offered, regions
from services.scheduling.hours.commands import set_rule
from services.scheduling.hours.model import Rule
from services.scheduling.hours.policies import rule_for, total
from services.scheduling.hours.queries import FIVE_YEARS, learned_by, rules_of, standings
from services.scheduling.hours.schemas import RuleForm
from services.scheduling.plans.model import ZONE
from shared.auth import SIGNED_IN, covers, holders, readers
from shared.auth.states import person_of
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.roster import roster_schools
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

blueprint = Blueprint("hours", __name__, url_prefix="/scheduling/hours", template_folder="../templates")

Page = str | tuple[str, int]

_OF_SCHOOL = readers(*PLANNERS, "liaison")


@blueprint.get("")
@SIGNED_IN
def own() -> Page:
    """What the reader has learned in five years, and the certificates of it."""
    now = edge().runtime.clock()
    with reading() as db:
        person = person_of(db, signed_in().account)
        learned = learned_by(db, person, since=now - FIVE_YEARS) if person else []
        certificates = certificates_held_by(db, person) if person else []
        rule = rule_for(rules_of(db), region="", on=now.astimezone(ZONE).date())
    return render_template(
        "scheduling/hours.html",
        person=person,
        learned=learned,
        sum=total(one.hours for one in learned),
        needed=rule.five_years,
        certificates=certificates,
    )


@blueprint.get("/schools/<uuid:school_id>")
@_OF_SCHOOL
def of_school(school_id: UUID) -> Page:
    """Everybody of a school, who has the fewest hours first."""
    name, found, rule = _school(school_id)
    return render_template(
        "scheduling/hours_school.html",
        school_id=school_id,
        name=name,
        standings=found,
        needed=rule.five_years,
        rule=rule,
        reached=sum(one.hours >= rule.five_years for one in found),
    )


@blueprint.get("/schools/<uuid:school_id>/export.xlsx")
@_OF_SCHOOL
def exported(school_id: UUID) -> Response:
    """The same as a workbook."""
    name, found, rule = _school(school_id)
    columns = (
        Sentence(zh="姓名", en="Name"),
        Sentence(zh="学科", en="Subject"),
        Sentence(zh="五年学时", en="Hours in five years"),
        Sentence(zh="还差", en="Still needed"),
    )
    rows = (
        (one.name, one.subject, float(one.hours), float(max(rule.five_years - one.hours, 0))) for one in found
    )
    return workbook(f"{name} {say(Sentence(zh='学时', en='hours'))}", [say(each) for each in columns], rows)


@blueprint.get("/rules")
@holders(*PLANNERS)
def rules() -> Page:
    """The rules of the reader's regions, and the form for the next."""
    return _rules()


@blueprint.post("/rules")
@holders(*PLANNERS)
def added() -> Page | Response:
    """Let a region count by these from a day on."""
    scopes = signed_in().scopes(*PLANNERS)
    try:
        rule: Rule = RuleForm().load(request.form)
        command(lambda tx: set_rule(tx, rule, scopes=scopes).id)
    except ValidationError as error:
        return _rules(errors={name: say(sentence) for name, sentence in sentences(error).items()})
    except (Invalid, Forbidden, Refusal) as error:
        return _rules(errors={error.field or "": say(error.sentence)})
    return redirect(url_for("hours.rules"), 303)


def _rules(*, errors: dict[str, str] | None = None) -> Page:
    scopes = signed_in().scopes(*PLANNERS)
    with reading() as db:
        known = regions(db)
        hosts = hosts_offered(scopes, known)
        codes = {host[0] for host in hosts}
        there = [rule for rule in rules_of(db) if rule.region_code in codes]
    html = render_template(
        "scheduling/hour_rules.html",
        rules=there,
        default=Rule(),
        hosts=hosts,
        names={code: say(name) for code, name in hosts},
        typed=request.form,
        errors=errors or {},
    )
    return (html, 422) if errors else html


def _school(school_id: UUID) -> tuple[str, list, Rule]:  # type: ignore[type-arg]  # standings
    asks, now = signed_in(), edge().runtime.clock()
    schools = roster_schools.c
    with reading() as db:
        row = db.execute(roster_schools.select().where(schools.school_id == school_id)).first()
        scopes = asks.reads(*PLANNERS, "liaison")
        if row is None or not any(
            covers(scope, region=row.region_code, school=str(school_id)) for scope in scopes
        ):
            raise NotFound(Sentence(zh="没有找到这所学校，或者它不在你的范围内。", en="There is no such school, or it is outside your scope."))  # fmt: skip
        rule = rule_for(rules_of(db), region=row.region_code, on=now.astimezone(ZONE).date())
        found = standings(db, school_id, since=now - FIVE_YEARS)
    return row.name, found, rule
