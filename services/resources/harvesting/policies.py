"""The protocol of harvesters, OAI-PMH 2.0: what a request may say, and how long answers go on."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

#: Verb → arguments that it needs, and those that it may have.
ARGUMENTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "GetRecord": (frozenset({"metadataPrefix", "identifier"}), frozenset()),
}
#: Records of one answer.
AT_ONCE = 100

_LISTS = frozenset({"ListIdentifiers", "ListRecords"})
_DAY, _SECOND = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"


class ProtocolError(Exception):
    """What the protocol calls an error: its code, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        """An error."""
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that follows the protocol. after: the last record that was heard, when a list goes on."""

    verb: str
    identifier: str = ""
    set_: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, UUID] | None = None


def asked_of(said: Sequence[tuple[str, str]]) -> Asked:
    """What a request asks. Raises ProtocolError."""
    given = dict(said)
    if len(given) != len(said):
        raise ProtocolError("badArgument", "An argument is given twice.")
    verb = given.pop("verb", "")
    if verb not in ARGUMENTS:
        raise ProtocolError("badVerb", "There is no such verb.")
    if verb in _LISTS and "resumptionToken" in given:
        if len(given) > 1:
            raise ProtocolError("badArgument", "resumptionToken stands alone.")
        return _gone_on(verb, given["resumptionToken"])
    needed, allowed = ARGUMENTS[verb]
    if missing := needed - given.keys():
        raise ProtocolError("badArgument", f"Missing: {', '.join(sorted(missing))}.")
    if unknown := given.keys() - needed - allowed:
        raise ProtocolError("badArgument", f"Not an argument of {verb}: {', '.join(sorted(unknown))}.")
    if "resumptionToken" in given:
        raise ProtocolError("badResumptionToken", "No list of sets is that long.")
    if given.get("metadataPrefix", "oai_dc") != "oai_dc":
        raise ProtocolError("cannotDisseminateFormat", "Records are told as oai_dc.")
    since, until = _range(given)
    return Asked(verb, given.get("identifier", ""), given.get("set", ""), since, until)


def token_of(asked: Asked, after: tuple[datetime, UUID]) -> str:
    """What a harvester sends to hear the rest."""
    moment, last = after
    said = [
        asked.set_,
        asked.since.isoformat() if asked.since else "",
        asked.until.isoformat() if asked.until else "",
        moment.isoformat(),
        str(last),
    ]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def stamp(moment: datetime) -> str:
    """A moment as the protocol writes it."""
    return moment.astimezone(UTC).strftime(_SECOND)


def _range(given: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    since, until = _moment(given.get("from")), _moment(given.get("until"), end=True)
    if len({len(given[name]) for name in ("from", "until") if name in given}) > 1:
        raise ProtocolError("badArgument", "from and until differ in granularity.")
    if since is not None and until is not None and since > until:
        raise ProtocolError("badArgument", "from is later than until.")
    return since, until


def _gone_on(verb: str, token: str) -> Asked:
    try:
        set_, since, until, moment, last = json.loads(
            base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        )
        return Asked(
            verb,
            "",
            str(set_),
            _aware(since) if since else None,
            _aware(until) if until else None,
            (_aware(moment), UUID(last)),
        )
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise ProtocolError("badResumptionToken", "This is no token of ours.") from None


def _aware(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError(said)
    return moment


def _moment(said: str | None, *, end: bool = False) -> datetime | None:
    if said is None:
        return None
    form = _SECOND if "T" in said else _DAY
    try:
        moment = datetime.strptime(said, form).replace(tzinfo=UTC)
    except ValueError:
        raise ProtocolError("badArgument", "A moment is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.") from None
    return moment.replace(hour=23, minute=59, second=59) if end and form == _DAY else moment
