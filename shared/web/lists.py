"""A list as its address describes it: filters, order and page, and links that change one and keep the rest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from flask import request

from shared.errors import Invalid
from shared.text import Sentence

#: Rows on a page unless a list says otherwise.
SIZE = 25

#: The last page that an address may name; whoever needs a row behind it filters.
LAST_PAGE = 10_000

#: Characters of a filter that count.
LONGEST = 200

#: Rows that can be ticked for one action.
MOST_CHOSEN = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """What a reader wants to see of a list. `filters` are the ones that are set, in the list's own order."""

    path: str
    sort: str
    descending: bool = False
    filters: tuple[tuple[str, str], ...] = ()
    page: int = 1
    size: int = SIZE
    default: str = ""
    last: int = LAST_PAGE

    @property
    def offset(self) -> int:
        """Rows before the first of this page."""
        return (self.page - 1) * self.size

    def get(self, name: str) -> str:
        """What is filtered for under this name, or nothing."""
        return dict(self.filters).get(name, "")

    def pages(self, total: int) -> int:
        """How many pages of so many rows can be turned to; one where there are none."""
        return max(1, min(self.last, -(-total // self.size)))

    @property
    def order(self) -> str:
        """The order as an address says it."""
        return f"-{self.sort}" if self.descending else self.sort

    @property
    def address(self) -> str:
        """The address of exactly this."""
        said = [*self.filters]
        if self.order != self.default:
            said.append(("sort", self.order))
        if self.page > 1:
            said.append(("page", str(self.page)))
        return f"{self.path}?{urlencode(said)}" if said else self.path

    def sorted_by(self, column: str) -> str:
        """Where a column's head leads: sorted by it, the other way round where it is already; the first page."""
        again = column == self.sort and not self.descending
        return replace(self, sort=column, descending=again, page=1).address

    def without(self, name: str) -> str:
        """Where a filter's ✕ leads: all the rest stays; the first page."""
        return replace(self, filters=tuple(each for each in self.filters if each[0] != name), page=1).address

    def only(self, name: str, value: str) -> str:
        """Where a chip leads that filters for a value: the rest stays; the first page."""
        rest = tuple(each for each in self.filters if each[0] != name)
        return replace(self, filters=(*rest, (name, value)), page=1).address

    def at(self, page: int) -> str:
        """Where a page of it is."""
        return replace(self, page=page).address

    def exported(self, path: str) -> str:
        """The address under which `path` exports all rows that match, in this order."""
        return replace(self, path=path, page=1).address


def listing(
    *,
    sorts: Collection[str],
    filters: Collection[str] = (),
    default: str,
    size: int = SIZE,
    last: int = LAST_PAGE,
) -> Listing:
    """The list that the present address asks for.

    `default` is the order without `?sort=`; a leading `-` means the greatest first. last: the last page. Raises Invalid where the address
    names a column or a filter that the list does not have: a filter left out in silence would show too much.
    """
    unknown = sorted(set(request.args) - {"sort", "page", *filters})
    if unknown:
        raise Invalid(
            Sentence(
                zh=f"这个列表不能按“{unknown[0][:40]}”筛选。",
                en=f"This list has no filter “{unknown[0][:40]}”.",
            ),
            field=unknown[0],
        )
    order = request.args.get("sort") or default
    column = order.removeprefix("-")
    if column not in sorts:
        raise Invalid(
            Sentence(
                zh=f"这个列表不能按“{column[:40]}”排序。",
                en=f"This list cannot be sorted by “{column[:40]}”.",
            ),
            field="sort",
        )
    return Listing(
        path=request.path,
        sort=column,
        descending=order.startswith("-"),
        filters=tuple((name, said) for name in filters if (said := _said(name))),
        page=_page(last),
        size=size,
        default=default,
        last=last,
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a bulk action is about: the rows that were ticked, or, where `ids` is none, all that match the filters of the list."""

    ids: frozenset[UUID] | None
    filters: Mapping[str, str]

    def get(self, name: str) -> str:
        """What the list was filtered for under this name, or nothing."""
        return self.filters.get(name, "")


def chosen() -> Chosen:
    """What the posted form of `lists.bulk` is about. Raises Invalid where nothing is ticked, or what no form sends."""
    which, ids = request.form.get("which", "these"), request.form.getlist("id")
    filters = {name: _typed(value) for name, value in parse_qsl(urlsplit(request.form.get("list", "")).query)}
    if which == "all":
        return Chosen(None, filters)
    try:
        ticked = frozenset(map(UUID, ids[: MOST_CHOSEN + 1]))
    except ValueError:
        ticked = frozenset()
    if which != "these" or not 0 < len(ticked) <= MOST_CHOSEN:
        raise Invalid(
            Sentence(
                zh=f"请先勾选要处理的行，一次最多 {MOST_CHOSEN} 行。",
                en=f"Tick the rows first, at most {MOST_CHOSEN} at a time.",
            ),
            field="id",
        )
    return Chosen(ticked, filters)


def _said(name: str) -> str:
    return _typed(request.args.get(name, ""))


def _typed(text: str) -> str:
    """What was typed, without what nobody can type, such as NUL, which PostgreSQL refuses."""
    return "".join(sign for sign in text[:LONGEST] if sign.isprintable()).strip()


def _page(last: int) -> int:
    said = request.args.get("page") or "1"
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(last)) and 1 <= int(said) <= last):
        raise Invalid(
            Sentence(
                zh=f"页码要在 1 到 {last} 之间；更靠后的行请先筛选。",
                en=f"A page is a number from 1 to {last}. Filter to reach the rows behind it.",
            ),
            field="page",
        )
    return int(said)
