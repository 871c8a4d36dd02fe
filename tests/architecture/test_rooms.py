from grimp import ImportGraph

from tests.architecture.rooms import strays


def graph_of(*imports: str) -> ImportGraph:
    """A graph of lines such as `services.a.app -> services.a.b.api`; a line without an arrow is a lone module."""
    graph = ImportGraph()
    for line in imports:
        importer, _, imported = line.partition(" -> ")
        graph.add_module(importer)
        if imported:
            graph.add_import(importer=importer, imported=imported)
    return graph


def test_a_service_as_drawn_in_the_architecture_is_in_order() -> None:
    graph = graph_of(
        "services.exchange.app -> services.exchange.reactions",
        "services.exchange.app -> services.exchange.placements.api",
        "services.exchange.placements",
        "services.exchange.placements.api -> services.exchange.placements.schemas",
        "services.exchange.placements.schemas -> services.exchange.placements.queries",
        "services.exchange.placements.commands -> services.exchange.placements.policies",
        "services.exchange.placements.policies -> services.exchange.placements.model",
        "services.exchange.placements.model -> services.exchange.base",
        "services.exchange.migrations.versions.e0001_first -> sqlalchemy",
    )

    assert list(strays(graph)) == []


def test_a_capability_lends_its_model_and_queries_and_to_commands_its_commands() -> None:
    graph = graph_of(
        "services.exchange.funds",
        "services.exchange.placements",
        "services.exchange.funds.commands -> services.exchange.placements.queries",
        "services.exchange.funds.model -> services.exchange.placements.model",
        "services.exchange.funds.ui -> services.exchange.placements.ui",
        "services.exchange.funds.commands -> services.exchange.placements.commands",
        "services.exchange.funds.commands -> services.exchange.placements.policies",
        "services.exchange.funds.api -> services.exchange.placements.commands",
    )

    assert list(strays(graph)) == [
        "services.exchange.funds.api must not import services.exchange.placements.commands",
        "services.exchange.funds.commands must not import services.exchange.placements.policies",
        "services.exchange.funds.ui must not import services.exchange.placements.ui",
    ]


def test_imports_run_downwards() -> None:
    graph = graph_of(
        "services.exchange.funds",
        "services.exchange.funds.model -> services.exchange.funds.queries",
        "services.exchange.funds.queries -> services.exchange.funds.commands",
        "services.exchange.reactions -> services.exchange.app",
    )

    assert list(strays(graph)) == [
        "services.exchange.funds.model must not import services.exchange.funds.queries",
        "services.exchange.funds.queries must not import services.exchange.funds.commands",
        "services.exchange.reactions must not import services.exchange.app",
    ]


def test_a_file_that_is_no_room_is_found_wherever_it_lies() -> None:
    graph = graph_of(
        "services.exchange.funds",
        "services.exchange.funds.utils",
        "services.exchange.funds.model.deeper.still",
        "services.exchange.utils",
    )

    assert [sentence.split(" is in no room")[0] for sentence in strays(graph)] == [
        "services.exchange.funds.model.deeper.still",
        "services.exchange.funds.utils",
        "services.exchange.utils",
    ]


def test_a_room_may_be_a_package_whose_files_import_each_other_and_nothing_that_the_room_may_not() -> None:
    graph = graph_of(
        "services.exchange.funds",
        "services.exchange.funds.policies.clock -> services.exchange.funds.policies.notation",
        "services.exchange.funds.policies.clock -> services.exchange.funds.queries",
        "services.exchange.placements.commands -> services.exchange.funds.policies.clock",
    )

    assert list(strays(graph)) == [
        "services.exchange.funds.policies.clock must not import services.exchange.funds.queries",
        "services.exchange.placements.commands must not import services.exchange.funds.policies.clock",
    ]
