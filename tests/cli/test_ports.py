"""A chosen port is kept for who chose it, although nothing listens on it yet."""

import socket

import pytest

from cli.stack.ports import free_port, settle_ports
from cli.stack.state import StackState


def test_a_chosen_port_is_refused_to_others_and_open_to_its_server() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port), reuse_port=False):  # it may reuse addresses, as servers do
        pass


def test_ports_chosen_at_once_differ_and_are_never_the_near_end_of_a_connection() -> None:
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == len(ports)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert max(ports) < client.getsockname()[1]


def test_a_kept_port_that_somebody_listens_on_is_moved() -> None:
    state = StackState()
    settle_ports(state, ["first", "second"], busy=[])
    before = dict(state.ports)
    with socket.create_server(("127.0.0.1", before["first"])):
        settle_ports(state, ["first", "second"], busy=[])
        assert state.ports["first"] != before["first"]
        assert state.ports["second"] == before["second"]
        settle_ports(state, ["first", "second"], busy=["first"])
