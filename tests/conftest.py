"""Fixtures for tests on real databases; what each gives is in `tests/support`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support import pgtap, schedule
from tests.support.databases import Database, Target, Targets
from tests.support.pooler import WAYS, reached

IN_CI = os.environ.get("CI") == "true"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[Targets.KEY] = Targets()
    config.addinivalue_line("markers", "pgtap: a file of SQL tests")


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[Targets.KEY].close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return pgtap.collect(file_path, parent)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """SQL tests come first: what breaks them breaks much of the rest."""
    items.sort(key=lambda item: item.get_closest_marker("pgtap") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return schedule.scheduler(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:  # noqa: ARG001 - the signature is pytest's
    report = yield
    _refuse_skip_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:  # noqa: ARG001
    report = yield
    _refuse_skip_in_ci(report)
    return report


def _refuse_skip_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI everything runs: a missing part is a failure, not a reason to look away."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true does not allow: {report.longrepr}"


@pytest.fixture(scope="session")
def targets(pytestconfig: pytest.Config) -> Targets:
    """Servers and templates, for tests that need more than a copy of the usual database."""
    return pytestconfig.stash[Targets.KEY]


@pytest.fixture
def database(targets: Targets) -> Iterator[Database]:
    """A database of the test's own on PostgreSQL with pg_cron, built from sql/: for tests that commit."""
    with targets.copy() as copy:
        yield copy


@pytest.fixture(params=[Target.SOURCE, Target.EMBEDDED], ids=lambda target: target.value)
def any_database(targets: Targets, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of the test's own, once with pg_cron and once embedded."""
    with targets.copy(request.param) as copy:
        yield copy


@pytest.fixture(params=WAYS)
def reached_database(database: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of the test's own, which workers reach directly, and through a transaction pooler where there is."""
    with reached(database, request.param) as found:
        yield found


@pytest.fixture(scope="module")
def module_database(targets: Targets) -> Iterator[Database]:
    """A database that the tests of a module share."""
    with targets.copy() as copy:
        yield copy


@pytest.fixture
def db(module_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection to the module's database, rolled back after the test."""
    with module_database.connect() as connection:
        yield connection


@pytest.fixture
def worker_conn(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The test's own database as a worker sees it, each statement committed."""
    with database.connect("outbound_worker", autocommit=True) as connection:
        yield connection
