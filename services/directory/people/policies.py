"""Who may see what of somebody's personal data (个人信息保护法 §6: no more than the purpose needs)."""

from uuid import UUID

from shared.auth import Principal, covers


def may_see_personal(asks: Principal, *, region: str, school: UUID | None) -> bool:
    """Whether phones, birth months and id digits are shown: to who looks after the place, and to no other reader."""
    scopes = asks.scopes("administrator", "coordinator", "liaison")
    return any(covers(scope, region=region, school=str(school) if school else None) for scope in scopes)


def masked_phone(phone: str) -> str:
    """What everybody else sees: 10007580488 → 100••••0488."""
    return f"{phone[:3]}••••{phone[-4:]}" if phone else ""
