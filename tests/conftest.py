"""What every test may ask for. A test that awaits gets a database; a test that does not, gets none."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from inspect import iscoroutinefunction

import pytest
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

from awards import data_dir
from awards.db import AnyDatabase, Transaction, bind, transaction
from awards.publication.pack import keys
from awards.web.templating import environment
from tests.browser.chromium import CHROMIUM
from tests.databases import ENGINE, ENGINES_DIFFER, Databases, make_databases

pytest_plugins = ["tests.serving"]


if folder := os.environ.get("AWARDS_TEST_TEMPLATES"):
    environment(data_dir("templates")).bytecode_cache = FileSystemBytecodeCache(folder)

# No test asserts a time, and the same commit gives the same answer; the drill draws afresh.
settings.register_profile(
    "house",
    deadline=None,
    max_examples=100 if "AWARDS_DRILL" in os.environ else 30,
    derandomize="AWARDS_DRILL" not in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)  # `-m engine` chooses among what is marked here
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """
    What is about the other engine or a browser that is not here is no test, rather than a skipped one: nothing hides
    among what is skipped. `make test` says which of its parts it left out, and fails for it with CI=true.
    """
    away = [item for item in items if not _is_about_this_machine(item)]
    config.hook.pytest_deselected(items=away)
    items[:] = [item for item in items if item not in set(away)]
    for item in items:
        where = item.nodeid.startswith(ENGINES_DIFFER)
        if where or item.get_closest_marker("commits") or item.get_closest_marker("only"):
            item.add_marker("engine")


def pytest_collection_finish() -> None:
    """What was imported lives to the end: the collector of garbage need not look at it, nor so often, as in the service."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _is_about_this_machine(item: pytest.Item) -> bool:
    if item.get_closest_marker("browser") and CHROMIUM is None:
        return False
    only = item.get_closest_marker("only")
    if only is not None and only.args != (ENGINE,):
        return False
    return not (item.get_closest_marker("stops_the_server") and "AWARDS_TEST_POSTGRES" in os.environ)


@pytest.fixture(scope="session", autouse=True)
def signing_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    keys.bind(tmp_path_factory.mktemp("signing"))


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    made = make_databases()
    yield made
    made.close()


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[AnyDatabase]:
    """Every table, no row. Tests share it: each undoes what it did."""
    engine = await databases.shared()
    bind(engine)
    await engine.start()
    yield engine
    await databases.drop(engine)


@pytest.fixture
async def tx(database: AnyDatabase) -> AsyncIterator[Transaction]:
    """The test, and the app it calls, live in one transaction that is undone; theirs are savepoints in it."""
    async with transaction() as level:
        level.discard()
        yield level


@pytest.fixture
async def own_database(databases: Databases, database: AnyDatabase) -> AsyncIterator[AnyDatabase]:
    """A database of the test's own, where what is committed stays and other connections see it."""
    engine = await databases.fresh()
    bind(engine)
    await engine.start()
    yield engine
    bind(database)
    await databases.drop(engine)


@pytest.fixture(autouse=True)
def database_of_the_test(request: pytest.FixtureRequest) -> None:
    if iscoroutinefunction(request.function):
        request.getfixturevalue("own_database" if request.node.get_closest_marker("commits") else "tx")
