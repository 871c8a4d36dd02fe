"""The rooms of a service and who may look into which: architecture §2 as an import-linter contract.

Exhaustive: a module that is no known room breaks the contract, so that nobody adds a `utils.py` unnoticed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

#: What each room of a capability may import, of its own capability and (see LENT) of others.
LOOKS_INTO: dict[str, frozenset[str]] = {
    "base": frozenset(),
    "model": frozenset({"base", "model"}),
    "policies": frozenset({"model"}),
    "queries": frozenset({"policies", "model", "queries"}),
    "commands": frozenset({"commands", "queries", "policies", "model"}),
    "schemas": frozenset({"commands", "queries", "policies", "model"}),
    "api": frozenset({"schemas", "commands", "queries", "policies", "model"}),
    "ui": frozenset({"schemas", "commands", "queries", "policies", "model"}),
    "reactions": frozenset({"commands", "queries", "policies", "model"}),
    "cli": frozenset({"commands", "queries", "policies", "model"}),
    "demonstration": frozenset({"commands", "queries", "policies", "model"}),
    "migrations": frozenset({"base", "model"}),
}
#: What a capability lends to the others of its service.
LENT = frozenset({"base", "model", "queries"})
#: A verb may be made of verbs: an agenda's import drafts programmes, a release claims hours. One command then still
#: does one thing through whichever door; api and ui go through the commands of their own capability.
LENT_TO_COMMANDS = LENT | {"commands"}
#: Rooms of the service itself; the others belong to a capability. `app` wires, and so may import all.
OF_THE_SERVICE = frozenset({"app", "base", "cli", "reactions", "demonstration", "migrations"})


@dataclass(frozen=True, slots=True)
class Room:
    """Where a module lies. `capability` is None for the rooms of the service, `name` None for a bare package.

    A room is a file, or a package of files of one idea each (ADR 0010) that may import each other.
    """

    service: str
    capability: str | None
    name: str | None


def room_of(module: str) -> Room | None:
    """The room that `services.X.…` lies in, or None if architecture §2 knows no such room."""
    match module.split(".")[1:]:
        case [service]:
            return Room(service, None, None)
        case [service, name, *deeper] if name in OF_THE_SERVICE and (not deeper or name == "migrations"):
            return Room(service, None, name)
        case [service, name] if name.startswith(
            "demonstration_"
        ):  # what a service shows first may be several stories
            return Room(service, None, "demonstration")
        case [service, capability] if capability not in LOOKS_INTO:
            return Room(service, capability, None)
        case [service, capability, name, *within] if (
            name in LOOKS_INTO.keys() - OF_THE_SERVICE and len(within) <= 1
        ):
            return Room(service, capability, name)
    return None


def strays(graph: ImportGraph) -> Iterator[str]:
    """One sentence for every module without a room and every import that goes the wrong way."""
    for module in sorted(m for m in graph.modules if m.startswith("services.")):
        room = room_of(module)
        # A file beside app.py that has no name of ours would pass for a capability: that has rooms in it.
        if room and room.capability and not room.name and not graph.find_children(module):
            room = None
        if room is None:
            yield f"{module} is in no room: {', '.join(sorted({'app', *LOOKS_INTO}))}"
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            other = room_of(imported) if imported.startswith(f"services.{room.service}.") else None
            if other and not _may_import(room, other):
                yield f"{module} must not import {imported}"


def _may_import(room: Room, other: Room) -> bool:
    if room.name == "app":
        return True
    if room.name is None or other.name is None:
        return False
    if room == other:
        return True
    at_home = room.capability in {None, other.capability}
    lent = LENT_TO_COMMANDS if room.name == "commands" else LENT
    return other.name in LOOKS_INTO[room.name] and (at_home or other.name in lent)


class RoomsContract(Contract):
    """`strays` as `lint-imports` runs it."""

    type_name = "rooms"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  import-linter's signature
        """Kept where nothing strays."""
        found = list(strays(graph))
        return ContractCheck(kept=not found, metadata={"strays": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """A line for every stray."""
        for sentence in check.metadata["strays"]:
            output.print_error(sentence)
