"""The pages of certificates, and the certificates themselves as PDF."""

from services.scheduling.certificates.ui import issuing, printing, verifying
from services.scheduling.certificates.ui.asking import blueprint

__all__ = ["blueprint", "issuing", "printing", "verifying"]
