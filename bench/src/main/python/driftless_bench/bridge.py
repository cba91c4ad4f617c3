"""A way out of a network of its own that can be cut: what is said to a port in there is said to a server out here.

    python3 -m driftless_bench.bridge outside SOCKET=HOST:PORT ...
    unshare --net python3 -m driftless_bench.bridge inside PORT=SOCKET ...

The halves meet at sockets in the file system, which every network shares. The inner one listens on its loopback address,
under the port that the server has outside, so that a server may name itself to its clients. SIGUSR1 cuts: connections
stay, but nothing goes through them and nothing is answered, as with a cable that is pulled. SIGUSR2 mends: what was
connected is reset, new connections go through. Prints a word when it listens.
"""

from __future__ import annotations

import asyncio
import fcntl
import signal
import socket
import struct
import sys
from typing import Sequence

CHUNK = 256 * 1024
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
HOST = "127.0.0.1"


def raise_loopback() -> None:
    """In a new network it is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))


class Bridge:
    """Passes bytes on in both directions while it is not cut."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._connections: set[asyncio.Task] = set()

    def cut(self) -> None:
        self._open.clear()

    def mend(self) -> None:
        for connection in list(self._connections):
            connection.cancel()
        self._open.set()

    async def listen_inside(self, port: int, path: str) -> None:
        await asyncio.start_server(lambda r, w: self._accept(r, w, asyncio.open_unix_connection(path)), HOST, port)

    async def listen_outside(self, path: str, host: str, port: int) -> None:
        await asyncio.start_unix_server(lambda r, w: self._accept(r, w, asyncio.open_connection(host, port)), path)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connecting) -> None:
        task = asyncio.create_task(self._serve(reader, writer, connecting))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connecting) -> None:
        other = None
        try:
            await self._open.wait()
            other_reader, other = await connecting
            passing = [asyncio.create_task(self._pass(reader, other)), asyncio.create_task(self._pass(other_reader, writer))]
            try:
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in passing:
                    task.cancel()
                await asyncio.gather(*passing, return_exceptions=True)
        except OSError:
            pass  # The server is not there: whoever asked sees the connection end.
        finally:
            connecting.close()
            for end in (writer, other):
                if end:
                    end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            await self._open.wait()
            writer.write(data)
            await writer.drain()


async def main(arguments: Sequence[str]) -> None:
    where, pairs = arguments[0], [pair.split("=", 1) for pair in arguments[1:]]
    bridge = Bridge()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, bridge.cut)
    loop.add_signal_handler(signal.SIGUSR2, bridge.mend)
    if where == "inside":
        raise_loopback()
        for port, path in pairs:
            await bridge.listen_inside(int(port), path)
    else:
        for path, address in pairs:
            host, _, port = address.rpartition(":")
            await bridge.listen_outside(path, host, int(port))
    print("listening", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
