"""What may be done with regions."""

from collections.abc import Iterable

from services.directory.regions.model import Region
from services.directory.regions.policies import ancestry, below, level_of, parent_of, tree
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.ids import named
from shared.text import Sentence


def enter_region(tx: Transaction, *, code: str, name: str = "", name_en: str = "") -> Region:
    """A region and, before it, those that it lies in, as far as the register does not have them.

    Without a name it gets that of the standard, or where the standard does not know it either, its code.
    """
    for node in ancestry(code):
        if tx.db.get(Region, named("region", node.code)) is None:
            _enter(tx, code=node.code, name=node.name, name_en="")
    known = tree().get(code)
    found = tx.db.get(Region, named("region", code))
    return found or _enter(tx, code=code, name=name or (known.name if known else code), name_en=name_en)


def enter_of_standard(tx: Transaction, *, code: str, with_below: bool, scopes: Iterable[str]) -> list[Region]:
    """A region of the standard, with all that lies in it where that is wanted; those that are there stay as they are.

    Raises Forbidden for who does not look after everything, and Invalid for a code that the standard does not have.
    """
    if "all" not in scopes:
        raise Forbidden(
            Sentence(zh="只有平台管理员可以添加区域。", en="Only administrators of all regions add regions.")
        )
    if code not in tree():
        raise Invalid(
            Sentence(
                zh="国家标准的区划中没有这个代码。", en="The national standard has no region of this code."
            ),
            field="code",
        )
    codes = [code, *(node.code for node in below(code))] if with_below else [code]
    return [enter_region(tx, code=each) for each in codes]


def _enter(tx: Transaction, *, code: str, name: str, name_en: str) -> Region:
    region = Region.enter(
        code=code, name=name, name_en=name_en, level=level_of(code), parent_code=parent_of(code)
    )
    tx.db.add(region)
    tx.emit(region.state())
    return region
