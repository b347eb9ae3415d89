"""Ports of the stack: chosen free, kept for the next time, moved when somebody else has taken one meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Collection

from cli.stack.cluster import free_port
from cli.stack.state import StackState


def settle_ports(state: StackState, names: Collection[str], busy: Collection[str]) -> None:
    """Give each of `names` a port; those in `busy` are in use by our own running parts and stay."""
    for name in names:
        port = state.ports.get(name)
        if name in busy or (port is not None and _is_free(port)):
            continue
        taken = set(state.ports.values())
        port = free_port()
        while port in taken:
            port = free_port()
        state.ports[name] = port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # a port whose last connections are still fading away can be listened on
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
