"""The only SQL of the workers: a module for each side of the engine, and one `Database` that has them all."""

from workers.db.engine import EngineCalls
from workers.db.holds import HoldCalls
from workers.db.imports import ImportCalls, RowChunk
from workers.db.release import ReleaseCalls
from workers.db.servicetitan import ServiceTitanCalls
from workers.db.session import when_reachable
from workers.db.tasks import TaskCalls


class Database(EngineCalls, ImportCalls, TaskCalls, ServiceTitanCalls, HoldCalls, ReleaseCalls):
    """Everything that a worker may ask of the database."""


__all__ = ["Database", "RowChunk", "when_reachable"]
