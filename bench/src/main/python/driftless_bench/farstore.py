"""A block store far away: an S3 server behind a proxy that delays what goes through it, first as fast as Driftless asks, then
with one request in flight."""

from __future__ import annotations

import json
import queue
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import trees
from .measure import Usage
from .processes import Failure, Program
from .tools import Driftless, Lane, S3Store
from .trees import KIB, MIB

BUCKET = "bench"
ONE_WAY_MILLIS = 50
START_SECONDS = 120.0


@dataclass(frozen=True)
class Distance:
    """How far the store is, and how many requests may be under way at once; 0 for as many as there are."""

    name: str
    one_way_millis: int
    max_in_flight: int


DISTANCES = (
    Distance("driftless, no delay", 0, 0),
    Distance("driftless, 100 ms", ONE_WAY_MILLIS, 0),
    Distance("driftless, 100 ms, one request in flight", ONE_WAY_MILLIS, 1),
)


def work(bench, directory: Path, table) -> None:
    source = directory / "source"
    trees.make_small_files(source / "small", bench.pick(2_000, 100), KIB, 32 * KIB)
    trees.make_large_files(source / "large", 4, bench.pick(128, 8) * MIB)
    table.data = (
        f"First sync of {trees.size_of(source)}, `--store s3://…`, S3Proxy in a process of its own that served one such sync"
        " before."
    )
    table.notes.append(
        "CPU and memory are Driftless' own, without the S3 server and the proxy. One request in flight: the proxy lets a"
        " request through when the one before it is answered."
    )
    server_home = directory / "server"
    server_home.mkdir()
    server = S3Process(bench.java, bench.driftless, server_home)
    try:
        _through_proxy(server, DISTANCES[0], Lane(directory / "warm-up", source).prepare(), _warm_up(bench))
        for number in range(bench.repeat):
            for distance in DISTANCES[number % len(DISTANCES) :] + DISTANCES[: number % len(DISTANCES)]:
                lane = Lane(directory / f"{DISTANCES.index(distance)}-{number}", source).prepare()
                _through_proxy(server, distance, lane, _attempt(bench, table))
    finally:
        server.program.end()


def _through_proxy(server: "S3Process", distance: Distance, lane: Lane, use) -> None:
    proxy = ProxyProcess(server.endpoint, distance, lane.home)
    try:
        use(distance, server.store(proxy.port, lane.home.name), proxy, lane)
    finally:
        proxy.program.end()
        server.forget(lane.home.name)
        shutil.rmtree(lane.home, ignore_errors=True)


def _warm_up(bench):
    def use(distance: Distance, store: S3Store, proxy: "ProxyProcess", lane: Lane) -> None:
        FarDriftless(bench, distance, store, proxy).sync(lane, bench.timeout)

    return use


def _attempt(bench, table):
    from .scenarios import attempt

    def use(distance: Distance, store: S3Store, proxy: "ProxyProcess", lane: Lane) -> None:
        attempt(bench, table, FarDriftless(bench, distance, store, proxy), lane)

    return use


class FarDriftless(Driftless):
    """With what the proxy saw of it."""

    def __init__(self, bench, distance: Distance, store: S3Store, proxy: "ProxyProcess") -> None:
        super().__init__(bench.driftless, distance.name, store)
        self._distance = distance
        self._proxy = proxy

    def sync(self, lane: Lane, timeout: float) -> Usage:
        try:
            usage = super().sync(lane, timeout)
        except Failure as failure:
            raise Failure(f"not available: {failure}") from None
        seen = self._proxy.report()
        if not seen["requests"]:
            raise Failure("not measurable: no request went through the proxy")
        usage.extra["requests"] = seen["requests"]
        usage.extra["peak_in_flight"] = seen["peakInFlight"]
        return usage


class _Speaking:
    """A program that says on its first line how it is reached."""

    def __init__(self, name: str, command: list[str], home: Path, environment=None) -> None:
        lines: queue.Queue = queue.Queue()
        self.program = Program(command, home / f"{name}.log", environment, lambda at, line: lines.put(line.decode()))
        try:
            self.said = lines.get(timeout=START_SECONDS).split()
        except queue.Empty:
            self.program.end()
            raise Failure(f"not available: the {name} did not start: {self.program.tail()}") from None


class S3Process(_Speaking):
    def __init__(self, java: str, driftless: Path, home: Path) -> None:
        self._data = home / "s3"
        code = Path(__file__).parents[2] / "java" / "io" / "driftless" / "bench" / "Server.java"
        application = newest_application(driftless)
        classes = f"{application}/driftless.jar:{application}/lib/*"
        command = [java, "--sun-misc-unsafe-memory-access=allow", "-Xmx1g", "-cp", classes, str(code), "s3", str(self._data)]
        super().__init__("S3 server", command, home)
        if len(self.said) != 3:
            self.program.end()
            raise Failure(f"not available: the S3 server did not start: {self.program.tail()}")
        self.endpoint = self.said[0]

    def forget(self, prefix: str) -> None:
        shutil.rmtree(self._data / "data" / BUCKET / prefix, ignore_errors=True)

    def store(self, port: int, prefix: str) -> S3Store:
        (self._data / "data" / BUCKET).mkdir(exist_ok=True)
        environment = {
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.said[1],
            "AWS_SECRET_ACCESS_KEY": self.said[2],
            "AWS_SESSION_TOKEN": "",
        }
        return S3Store(f"s3://{BUCKET}/{prefix}", environment)


def newest_application(driftless: Path) -> Path:
    """What the script runs: names sort by time."""
    found = sorted(path for path in (driftless.parent / "launcher/target/app").glob("*") if path.suffix != ".part")
    if not found:
        raise Failure("not available: the build of ./driftless was not found")
    return found[-1]


class ProxyProcess(_Speaking):
    def __init__(self, endpoint: str, distance: Distance, home: Path) -> None:
        self._report = home / "proxy.json"
        options = ["--to", endpoint.rpartition("/")[2], "--delay-ms", str(distance.one_way_millis)]
        options += ["--max-in-flight", str(distance.max_in_flight), "--report", str(self._report)]
        super().__init__("proxy", [sys.executable, "-m", "driftless_bench.delayproxy", *options], home)
        self.port = int(self.said[0])

    def report(self) -> dict:
        """What went through; ends it."""
        self.program.end()
        return json.loads(self._report.read_text())
