"""By which form somebody is appraised: the agreement's, the nearest region's newest, or the default."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.queries import terms_of
from services.exchange.appraisals.model import AppraisalForm, Dimension, Form
from services.exchange.appraisals.policies import DEFAULTS
from services.exchange.placements.model import KINDS, Placement
from services.exchange.rules.model.rulebook import ancestry
from services.exchange.rules.queries import regions_named


def form_for(db: Session, placement: Placement) -> tuple[Form, str]:
    """By which form a placement is appraised, and whose it is: the agreement's, the region's newest, or the default.

    Three queries at most.
    """
    usual = DEFAULTS.get(placement.kind, DEFAULTS["rotation"])
    roles = {each.name: each.roles for each in usual.dimensions}
    found = forms_held(db, placement.origin_region)[placement.kind]
    base = Form.of(found.form) if found else usual
    if placement.agreement_id and placement.agreement_version:
        terms = terms_of(db, placement.agreement_id, placement.agreement_version)
        if terms and terms.dimensions:
            dimensions = tuple(
                Dimension(name=each.name, weight=each.weight, roles=roles.get(each.name, ("host",)))
                for each in terms.dimensions
            )
            form = Form(
                dimensions=dimensions,
                gate=base.gate,
                levels=base.levels,
                excellent_share=base.excellent_share,
            )
            return form, f"协议第 {placement.agreement_version} 版的考核维度"
    if found:
        name = regions_named(db, [found.region_code]).get(found.region_code)
        return base, f"{name.zh if name else found.region_code}考核表第 {found.number} 版"
    return usual, "默认考核表（区域尚未制定）"


def forms_of(db: Session, region: str) -> Sequence[AppraisalForm]:
    """The forms that a region decided on, the newest of each kind first. One query."""
    return db.scalars(
        sa.select(AppraisalForm)
        .where(AppraisalForm.region_code == region)
        .order_by(AppraisalForm.kind, AppraisalForm.number.desc())
    ).all()


def forms_held(db: Session, region: str) -> dict[str, AppraisalForm | None]:
    """For each kind the form that holds in a region: its own newest, or of the nearest region above; None for the default. One query."""
    codes = ancestry(region)
    newest: dict[tuple[str, str], AppraisalForm] = {
        (each.kind, each.region_code): each
        for each in db.scalars(
            sa.select(AppraisalForm)
            .where(AppraisalForm.region_code.in_(codes))
            .order_by(AppraisalForm.number)
        )
    }
    return {
        kind: next((newest[kind, code] for code in codes if (kind, code) in newest), None) for kind in KINDS
    }


def newest_number(db: Session, region: str, kind: str) -> int:
    """The number of a region's newest form of a kind; 0 where it has none. One query."""
    number = db.scalar(
        sa.select(sa.func.max(AppraisalForm.number)).where(
            AppraisalForm.region_code == region, AppraisalForm.kind == kind
        )
    )
    return number or 0
