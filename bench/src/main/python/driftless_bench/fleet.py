"""The services, agents and servers as processes of their own that can be killed, stopped and cut off one by one."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence

from .bridge import HOST
from .farstore import newest_application
from .processes import Failure, Program
from .tools import free_port

START_SECONDS = 120.0
FOLDER = "chaos"
BUCKET = "chaos"
SERVICES = ("watcher-service", "indexer-service", "indexer-service", "transfer-service", "transfer-service", "reconciler-service")
AGENT = "target-agent"
JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "--sun-misc-unsafe-memory-access=allow")
SERVICE_MEMORY, SERVER_MEMORY = "-Xmx384m", "-Xmx512m"

SETTINGS = """\
driftless:
  folder:
    id: {folder}
    source: {source}
  kafka:
    bootstrap-servers: {kafka}
    client:
{client}
  postgres:
    host: {postgres[0]}
    port: {postgres[1]}
    database: {postgres[2]}
    user: {postgres[3]}
    password: {postgres[4]}
    connections: 5
  store.s3:
    endpoint: {s3[0]}
    bucket: {bucket}
    access-key: {s3[1]}
    secret-key: {s3[2]}
  transfer:
    signing-key: {key}
    sweep: 5s
    lease-life: 5s
    resend: 10s
    removal-ratio: 1
  reconcile:
    source-run-every: 20s
    collect-every: 20s
    search-every: 30s
    retain-for: 1m
    retain-commits: 5
    grace: 1m
    check-packs: 50
    api.port: 0
server.port: 0
"""


class Part:
    """One process that is started again under the same name, with all it said in one log."""

    def __init__(self, name: str, log: Path, command: Callable[[], Sequence[str]], environment: Optional[Mapping[str, str]] = None):
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self._program: Optional[Program] = None
        self.is_paused = False

    def start(self) -> None:
        self._program = Program(list(self._command()), self.log, self._environment)

    @property
    def pid(self) -> int:
        return self._program.pid

    def is_running(self) -> bool:
        return bool(self._program) and self._program.is_running()

    def signal(self, number: int) -> None:
        if self.is_running():
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.is_paused = False
        self._program.end(signal.SIGKILL)

    def pause(self) -> None:
        self.is_paused = True
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.is_paused = False
        self.signal(signal.SIGCONT)

    def end(self) -> None:
        if self._program:
            self.resume()
            self._program.end()

    def exit_status(self) -> int:
        return self._program.end().status

    def tail(self) -> str:
        return self._program.tail()


class Server(Part):
    """One of the servers; keeps its port."""

    def __init__(self, kind: str, home: Path, java: str, application: Path) -> None:
        self.kind = kind
        self.port = free_port()
        self.said: list[str] = []
        self._lines: queue.Queue = queue.Queue()
        code = Path(__file__).parents[2] / "java" / "io" / "driftless" / "bench" / "Server.java"
        classes = f"{application}/driftless.jar:{application}/lib/*"
        options = ["--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED", SERVER_MEMORY, "-cp", classes]
        words = [java, *options, str(code), kind, str(home / kind), str(self.port)]
        super().__init__(kind, home / f"{kind}.log", lambda: words)

    def start(self) -> None:
        self._program = Program(list(self._command()), self.log, None, lambda at, line: self._lines.put(line.decode()))

    def await_start(self) -> None:
        try:
            self.said = self._lines.get(timeout=START_SECONDS).split()
        except queue.Empty:
            raise Failure(f"{self.kind} did not start: {self.tail()}") from None


@dataclass(frozen=True)
class Node:
    """A machine with a target: its agent is in a network of its own, behind a bridge that can be cut."""

    agent: Part
    bridge: Part
    target: Path
    state: Path
    is_overlay: bool

    def cut(self) -> None:
        self.bridge.signal(signal.SIGUSR1)

    def mend(self) -> None:
        self.bridge.signal(signal.SIGUSR2)

    def forget(self) -> None:
        """The agent has to be dead."""
        shutil.rmtree(self.state, ignore_errors=True)


class Fleet:
    """All of it, in one directory."""

    def __init__(
        self, checkout: Path, java: str, home: Path, source: Path, modes: Sequence[str], services: Sequence[str] = SERVICES
    ) -> None:
        self._checkout, self._java, self._home = checkout, java, home
        application = newest_application(checkout / "driftless")
        self.servers = [Server(kind, home, java, application) for kind in ("kafka", "postgres", "s3")]
        self._start_servers()
        self._write_settings(source)
        self.services = [self._service(number, module) for number, module in enumerate(services, 1)]
        self.outside = self._outside()
        self.nodes = [self._node(number, mode) for number, mode in enumerate(modes, 1)]

    @property
    def kafka(self) -> Server:
        return self.servers[0]

    @property
    def postgres(self) -> Server:
        return self.servers[1]

    @property
    def agents(self) -> list[Part]:
        return [node.agent for node in self.nodes]

    @property
    def parts(self) -> list[Part]:
        return [*self.servers, *self.services, *self.agents]

    def _start_servers(self) -> None:
        for server in self.servers:
            server.start()
        for server in self.servers:
            server.await_start()

    def _write_settings(self, source: Path) -> None:
        kafka, postgres, s3 = (server.said for server in self.servers)
        (self._home / "s3" / "data" / BUCKET).mkdir(exist_ok=True)
        self._client = _properties(Path(kafka[1]))
        client = "\n".join(f"      {name}: '{value}'" for name, value in self._client.items())
        self._key = self._home / "folder.key"
        text = SETTINGS.format(
            folder=FOLDER, source=source, kafka=kafka[0], client=client, postgres=postgres, s3=s3, bucket=BUCKET, key=self._key
        )
        (self._home / "application.yaml").write_text(text)

    def _jar(self, module: str) -> str:
        jars = list((self._checkout / module / "target").glob(f"driftless-{module}-*-app.jar"))
        if len(jars) != 1:
            raise Failure(f"the executable jar of {module} is not built; make it: mvn -B package -DskipTests")
        return str(jars[0])

    def _words(self, module: str) -> list[str]:
        return [self._java, *JAVA, SERVICE_MEMORY, "-jar", self._jar(module)]

    def _service(self, number: int, module: str) -> Part:
        words = ["env", "-C", str(self._home), *self._words(module)]
        return Part(f"{module}-{number}", self._home / f"{module}-{number}.log", lambda: words)

    def _outside(self) -> Part:
        pairs = [f"{self._socket(server)}={HOST}:{server.port}" for server in (self.servers[0], self.servers[2])]
        return self._bridge("outside", ["outside", *pairs], [])

    def _socket(self, server: Server) -> Path:
        return self._home / f"{server.kind}.sock"

    def _bridge(self, name: str, words: Sequence[str], before: Sequence[str]) -> Part:
        command = [*before, sys.executable, "-m", "driftless_bench.bridge", *words]
        return Part(f"bridge-{name}", self._home / f"bridge-{name}.log", lambda: command)

    def _node(self, number: int, mode: str) -> Node:
        home = self._home / f"node-{number}"
        home.mkdir()
        pairs = [f"{server.port}={self._socket(server)}" for server in (self.servers[0], self.servers[2])]
        bridge = self._bridge(f"node-{number}", ["inside", *pairs], ["unshare", "--net"])
        target, state = home / "target", home / "state"
        words = ["env", "-C", str(home), *self._words(AGENT)]
        agent = Part(
            f"agent-{number}",
            self._home / f"agent-{number}.log",
            lambda: ["nsenter", f"--net=/proc/{bridge.pid}/ns/net", *words],
            self._agent_environment(number, mode, target, state),
        )
        return Node(agent, bridge, target, state, mode == "overlay")

    def _agent_environment(self, number: int, mode: str, target: Path, state: Path) -> dict[str, str]:
        kafka, _, s3 = (server.said for server in self.servers)
        settings = {
            "folder.id": FOLDER,
            "kafka.bootstrapservers": kafka[0],
            **{f"kafka.client.{name}": value for name, value in self._client.items()},
            "store.s3.endpoint": s3[0],
            "store.s3.bucket": BUCKET,
            "store.s3.accesskey": s3[1],
            "store.s3.secretkey": s3[2],
            "agent.target": f"node-{number}",
            "agent.directory": str(target),
            "agent.mode": mode,
            "agent.statedirectory": str(state),
            "agent.publickey": f"{self._key}.pub",
            "agent.scanevery": "10s",
            # Nobody is asked: an agent that lost its state knows nothing of what it put there.
            "agent.extrasratio": "1",
            "agent.proveafter": "5s",
        }
        named = {f"DRIFTLESS_{name}".upper().replace(".", "_"): value for name, value in settings.items()}
        return {**named, "SERVER_PORT": "0"}

    def start(self) -> None:
        """Everything but the servers, which run."""
        self.outside.start()
        for node in self.nodes:
            node.bridge.start()
        for service in self.services:
            service.start()
        self._await_key()
        for agent in self.agents:
            agent.start()

    def _await_key(self) -> None:
        """The transfer service makes the pair; agents do not start without their half."""
        deadline = time.monotonic() + START_SECONDS
        while not Path(f"{self._key}.pub").exists():
            if time.monotonic() > deadline:
                raise Failure(f"no transfer service made a key, as {self._home}/*.log tell")
            time.sleep(0.2)

    def heal(self) -> None:
        """Everything runs and nothing is cut."""
        for node in self.nodes:
            node.mend()
        for part in self.parts:
            if part.is_paused:
                part.resume()
        for server in self.servers:
            if not server.is_running():
                server.start()
        for part in [*self.services, *self.agents]:
            if not part.is_running():
                part.start()

    def end(self) -> None:
        bridges = [self.outside, *(node.bridge for node in self.nodes)]
        for part in [*self.agents, *self.services, *bridges, *reversed(self.servers)]:
            part.end()

    def objects(self) -> list[Path]:
        """Packs, pages and locations, as files of the S3 server."""
        return [
            Path(place) / name
            for kind in ("packs", "pages", "locations")
            # Not by glob: what is deleted meanwhile is an error to it.
            for place, _, names in os.walk(self._home / "s3" / "data" / BUCKET / "f" / FOLDER / kind)
            for name in names
        ]

    def postmaster(self) -> Optional[int]:
        """The process of PostgreSQL itself; none while it is not there."""
        found = subprocess.run(["pgrep", "-P", str(self.postgres.pid), "postgres"], capture_output=True, text=True, check=False)
        pids = [int(pid) for pid in found.stdout.split()]
        return pids[0] if pids else None


def _properties(file: Path) -> dict[str, str]:
    found = {}
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name.replace("\\", "")] = value.replace("\\", "")
    return found
