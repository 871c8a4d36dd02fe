"""Finding a thing by the code or the name that somebody wrote; names that several things share are never guessed."""

from collections.abc import Mapping

from shared.sheets.words import close


class Names:
    """Things with a code and a name. What is not found is looked up in `beyond`, which counts less."""

    def __init__(self, known: Mapping[str, str] | None = None, *, beyond: "Names | None" = None) -> None:
        """known: names by code."""
        self._names: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        self._found: dict[tuple[str, bool], tuple[str, ...]] = {}
        self._beyond = beyond
        for code, name in (known or {}).items():
            self.enter(code, name)

    def __len__(self) -> int:
        return len(self._names) + (len(self._beyond) if self._beyond else 0)

    def enter(self, code: str, name: str) -> None:
        """Know one more."""
        self._names[code] = name
        self._by_name.setdefault(_same(name), []).append(code)
        self._found.clear()

    def name(self, code: str) -> str:
        """The name under a code, or an empty text."""
        return self._names.get(code) or (self._beyond.name(code) if self._beyond else "")

    def find(self, written: str, *, shortened: bool = False) -> tuple[str, ...]:
        """The codes of what may be meant: one, none, or several that share the name.

        shortened: a name may lack its end (海西 for 海西蒙古族藏族自治州), as long as it has two characters.
        """
        asked = (written, shortened)
        if asked not in self._found:
            self._found[asked] = self._find(written, shortened=shortened)
        return self._found[asked]

    def _find(self, written: str, *, shortened: bool) -> tuple[str, ...]:
        if written in self._names:
            return (written,)
        name = _same(written)
        found = self._by_name.get(name, [])
        if not found and shortened and len(name) > 1:
            found = [
                code for known, codes in self._by_name.items() if known.startswith(name) for code in codes
            ]
        if not found and self._beyond:
            return self._beyond.find(written, shortened=shortened)
        return tuple(found)


def _same(name: str) -> str:
    return close(name).replace(" ", "").lower()
