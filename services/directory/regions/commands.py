"""What may be done with regions."""

from services.directory.regions.model import Region
from services.directory.regions.policies import ancestry, level_of, parent_of, tree
from shared.db import Transaction
from shared.ids import named


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


def _enter(tx: Transaction, *, code: str, name: str, name_en: str) -> Region:
    region = Region.enter(
        code=code, name=name, name_en=name_en, level=level_of(code), parent_code=parent_of(code)
    )
    tx.db.add(region)
    tx.emit(region.state())
    return region
