"""A proxy that makes an HTTP/1.1 server far away: what goes through it arrives later, in each direction.

    python3 -m driftless_bench.delayproxy --to HOST:PORT --delay-ms 50 [--max-in-flight 1] --report FILE

Prints its port. Bandwidth is not limited. A new connection costs one round trip more, as its handshake would. It follows
requests and responses only as far as needed to know when each begins and ends; bytes are passed on as they are. With
`--max-in-flight` further requests wait before they are sent on, for their turn. When it is ended it writes what it saw.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

CHUNK = 256 * 1024
MAX_HEAD = 64 * 1024
BODILESS_STATUS = (204, 304)
GONE = (OSError, asyncio.IncompleteReadError)


@dataclass
class Seen:
    """What went through."""

    requests: Counter = field(default_factory=Counter)
    in_flight: int = 0
    peak_in_flight: int = 0
    bytes_up: int = 0
    bytes_down: int = 0

    def begin(self, method: str) -> None:
        self.requests[method] += 1
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)

    def report(self) -> dict:
        return {
            "requests": sum(self.requests.values()),
            "methods": dict(self.requests),
            "peakInFlight": self.peak_in_flight,
            "bytesUp": self.bytes_up,
            "bytesDown": self.bytes_down,
        }


class Late:
    """Passes bytes on after a delay, in order. Memory is bounded: a full queue makes the sender wait."""

    def __init__(self, writer: asyncio.StreamWriter, delay: float) -> None:
        self._writer = writer
        self._delay = delay
        self._queue: asyncio.Queue = asyncio.Queue(maxsize=4096)
        self._task = asyncio.create_task(self._pass_on())

    async def send(self, data: bytes) -> None:
        await self._queue.put((asyncio.get_running_loop().time() + self._delay, data))

    async def _pass_on(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                due, data = await self._queue.get()
                if due > loop.time():
                    await asyncio.sleep(due - loop.time())
                if data is None:
                    return
                self._writer.write(data)
                await self._writer.drain()
        finally:
            self._writer.close()

    async def finish(self) -> None:
        """After everything has arrived."""
        if not self._task.done():
            await asyncio.wait({asyncio.create_task(self.send(None)), self._task}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.gather(self._task, return_exceptions=True)

    def cancel(self) -> None:
        self._task.cancel()


@dataclass(frozen=True)
class Head:
    """The first lines of a request or response, as far as they say where it ends."""

    raw: bytes
    first: list[str]
    length: Optional[int]
    is_chunked: bool

    @staticmethod
    async def read(reader: asyncio.StreamReader) -> Optional["Head"]:
        try:
            raw = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                raise
            return None
        lines = raw.decode("latin-1").split("\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = fields.get("content-length")
        is_chunked = "chunked" in fields.get("transfer-encoding", "").lower()
        return Head(raw, lines[0].split(" ", 2), int(length) if length else None, is_chunked)


async def pass_body(reader: asyncio.StreamReader, head: Head, ends_with_connection: bool, send) -> None:
    if head.is_chunked:
        await _pass_chunks(reader, send)
    elif head.length is not None:
        await _pass_bytes(reader, head.length, send)
    elif ends_with_connection:
        while data := await reader.read(CHUNK):
            await send(data)


async def _pass_bytes(reader: asyncio.StreamReader, length: int, send) -> None:
    while length:
        data = await reader.read(min(CHUNK, length))
        if not data:
            raise ConnectionError("the connection ended inside a body")
        length -= len(data)
        await send(data)


async def _pass_chunks(reader: asyncio.StreamReader, send) -> None:
    while True:
        line = await reader.readuntil(b"\r\n")
        await send(line)
        length = int(line.split(b";")[0], 16)
        if length:
            await _pass_bytes(reader, length + 2, send)
            continue
        while line != b"\r\n":  # What may trail the last chunk ends with an empty line.
            line = await reader.readuntil(b"\r\n")
            await send(line)
        return


class Connection:
    """One connection of a client, and ours to the server."""

    def __init__(self, proxy: "Proxy", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._seen = proxy.seen
        self._client = reader
        self._to_client = Late(writer, proxy.delay)
        self._methods: deque[str] = deque()

    async def serve(self) -> None:
        proxy = self._proxy
        server, writer = await asyncio.open_connection(*proxy.to, limit=MAX_HEAD)
        to_server = Late(writer, proxy.delay)
        await asyncio.sleep(2 * proxy.delay)
        tasks = {asyncio.create_task(self._requests(to_server)), asyncio.create_task(self._responses(server))}
        try:
            _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # Whoever ends first leaves the other nothing to wait for: a client that closes has got its responses.
            for task in pending:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            for end in ends:
                if isinstance(end, Exception) and not isinstance(end, GONE):
                    print(f"delayproxy: {end!r}", file=sys.stderr, flush=True)
        finally:
            for _ in self._methods:
                proxy.end()
            await self._to_client.finish()
            to_server.cancel()

    async def _requests(self, to_server: Late) -> None:
        async def send(data: bytes) -> None:
            self._seen.bytes_up += len(data)
            await to_server.send(data)

        while head := await Head.read(self._client):
            await self._proxy.begin(head.first[0])
            self._methods.append(head.first[0])
            await send(head.raw)
            await pass_body(self._client, head, False, send)

    async def _responses(self, server: asyncio.StreamReader) -> None:
        async def send(data: bytes) -> None:
            self._seen.bytes_down += len(data)
            await self._to_client.send(data)

        while head := await Head.read(server):
            status = int(head.first[1])
            await send(head.raw)
            if status < 200:
                continue  # Such as 100 Continue: the response is still to come.
            if self._methods[0] != "HEAD" and status not in BODILESS_STATUS:
                await pass_body(server, head, True, send)
            await asyncio.sleep(self._proxy.delay)  # It is in flight until the client has it.
            self._methods.popleft()
            self._proxy.end()


class Proxy:
    """Accepts connections until it is closed."""

    def __init__(self, to: tuple[str, int], delay: float, max_in_flight: int) -> None:
        self.to = to
        self.delay = delay
        self.seen = Seen()
        self._turns = asyncio.Semaphore(max_in_flight) if max_in_flight else None
        self._connections: set[asyncio.Task] = set()

    async def begin(self, method: str) -> None:
        if self._turns:
            await self._turns.acquire()
        self.seen.begin(method)

    def end(self) -> None:
        self.seen.in_flight -= 1
        if self._turns:
            self._turns.release()

    async def listen(self) -> asyncio.AbstractServer:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=MAX_HEAD)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Connection(self, reader, writer).serve()
        except GONE:
            writer.close()  # One side went away, as clients and servers do.

    async def close(self) -> None:
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--to", required=True)
    options.add_argument("--delay-ms", type=float, required=True)
    options.add_argument("--max-in-flight", type=int, default=0)
    options.add_argument("--report", type=Path, required=True)
    chosen = options.parse_args()
    host, _, port = chosen.to.rpartition(":")
    proxy = Proxy((host, int(port)), chosen.delay_ms / 1000, chosen.max_in_flight)
    server = await proxy.listen()
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    server.close()
    await proxy.close()
    chosen.report.write_text(json.dumps(proxy.seen.report()))


if __name__ == "__main__":
    asyncio.run(main())
