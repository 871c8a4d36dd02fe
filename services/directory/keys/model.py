"""The public half of the key that signs tokens."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.contracts.directory import KeyChanged


class SigningKey(Base):
    """A key by its thumbprint (RFC 7638); the private half lies in a file, never here."""

    __tablename__ = "signing_keys"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    jwk: Mapped[dict[str, Any]]
    retired: Mapped[bool]

    def state(self) -> KeyChanged:
        """The key as it is now, for everybody who verifies."""
        return KeyChanged(key_id=self.key_id, version=self.version, jwk=self.jwk, retired=self.retired)
