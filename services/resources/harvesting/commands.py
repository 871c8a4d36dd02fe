"""Writing down what harvesters are to hear."""

from services.resources.harvesting.model import PublicRecord
from services.resources.items.model.item import Item
from shared.db import Transaction


def tell_harvesters(tx: Transaction, item: Item) -> None:
    """What readers get of an item has changed: harvesters hear it, if it is or was open to everybody."""
    public = "all" in item.audiences and item.current_id is not None and item.state != "retired"
    record = tx.db.get(PublicRecord, item.id)
    if record is None and public:
        tx.db.add(PublicRecord(item_id=item.id, changed_at=tx.now, public=True))
    elif record is not None and (public or record.public):
        record.changed_at, record.public = tx.now, public
