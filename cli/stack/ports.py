"""Ports of the stack: chosen free, kept for the next time, moved when somebody else has taken one meanwhile."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Collection

from cli.stack.state import StackState

# Below those from which systems give outgoing connections theirs (32768 on Linux, 49152 elsewhere): a port that a
# server is about to listen on could otherwise become the near end of anybody's connection meanwhile.
_RANGE = range(20_000, 32_768)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on now, and that nobody else is given within the next minute.

    A connection that its server has closed keeps the port for about a minute: who asks for it plainly is refused, a
    server that may reuse addresses, as servers do, can listen on it. So two processes that choose at the same moment
    choose different ports, though nothing listens on either yet.
    """
    while True:
        port = secrets.choice(_RANGE)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.listen(1)
            with socket.create_connection(("127.0.0.1", port)) as client:
                listener.accept()[0].close()
                client.recv(1)
        return port


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
