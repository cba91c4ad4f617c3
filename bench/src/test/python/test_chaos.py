"""Tests of what bench/chaos is made of: damage and the way out that can be cut."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
from pathlib import Path

MAIN = Path(__file__).parents[2] / "main" / "python"
sys.path.insert(0, str(MAIN))

from driftless_bench import chaos  # noqa: E402
from driftless_bench.damage import Damage  # noqa: E402


class Damages(unittest.TestCase):
    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        self.root = Path(self._home.name) / "root"
        for number in range(30):
            directory = self.root / f"d{number % 3}"
            directory.mkdir(parents=True, exist_ok=True)
            (directory / f"f{number}").write_bytes(os.urandom(200 + number))
        (self.root / ".driftless" / "trash").mkdir(parents=True)

    def tearDown(self):
        self._home.cleanup()

    def test_is_of_every_kind_and_spares_what_is_ours(self):
        damage = Damage(self.root, 1, is_overlay=False)
        done = [damage.do() for _ in range(300)]
        kinds = {kind for kind in damage.kinds if any(one and one.startswith(kind) for one in done)}

        self.assertEqual(set(damage.kinds), kinds)
        self.assertEqual(["our own directory .driftless"], [one for one in done if one and ".driftless" in one])

    def test_owes_nothing_while_nobody_takes_anything(self):
        damage = Damage(self.root, 2, is_overlay=False)
        for _ in range(40):
            damage.do()

        self.assertGreater(len(damage.owed), 3)
        self.assertEqual({}, damage.lost())

    def test_finds_what_is_lost_and_what_is_in_the_trash(self):
        damage = Damage(self.root, 3, is_overlay=False)
        kept, lost = damage.kinds["extra"](), damage.kinds["extra"]()
        (self.root / kept).rename(self.root / ".driftless" / "trash" / "kept")
        (self.root / lost).unlink()

        damage.kinds["our own directory"]()

        self.assertEqual([lost], list(damage.lost().values()))

    def test_keeps_size_and_time_when_it_overwrites(self):
        damage = Damage(self.root, 4, is_overlay=False)
        before = {path: (path.stat().st_size, path.stat().st_mtime_ns, path.read_bytes()) for path in self.root.glob("d*/f*")}
        changed = self.root / damage.kinds["overwrite"]()

        size, time_of_change, data = before[changed]
        self.assertEqual((size, time_of_change), (changed.stat().st_size, changed.stat().st_mtime_ns))
        self.assertNotEqual(data, changed.read_bytes())


class Bridges(unittest.TestCase):
    """Without a network of its own: the two halves on one."""

    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._echo, daemon=True).start()
        path = f"{self._home.name}/socket"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._outer = self._start("outside", f"{path}=127.0.0.1:{self._server.getsockname()[1]}")
        self._inner = self._start("inside", f"{self._port}={path}")

    def tearDown(self):
        for process in (self._inner, self._outer):
            process.kill()
            process.wait()
            process.stdout.close()
        self._server.close()
        self._home.cleanup()

    def _start(self, *words):
        # The loopback address is up here, and only root may say so again.
        code = "import sys, asyncio; from driftless_bench import bridge; bridge.raise_loopback = lambda: None; asyncio.run(bridge.main(sys.argv[1:]))"
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, env=dict(os.environ, PYTHONPATH=str(MAIN))
        )
        self.assertEqual(b"listening\n", process.stdout.readline())
        return process

    def _echo(self):
        def serve(connection):
            with connection:
                while data := connection.recv(1024):
                    connection.sendall(data)

        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def _connect(self):
        connection = socket.create_connection(("127.0.0.1", self._port))
        connection.settimeout(0.5)
        self.addCleanup(connection.close)
        return connection

    def test_passes_on_and_keeps_silent_while_cut(self):
        connection = self._connect()
        connection.sendall(b"one")
        self.assertEqual(b"one", connection.recv(10))

        self._inner.send_signal(10)  # SIGUSR1
        time.sleep(0.2)
        connection.sendall(b"two")
        with self.assertRaises(socket.timeout):
            connection.recv(10)
        late = self._connect()
        late.sendall(b"three")
        with self.assertRaises(socket.timeout):
            late.recv(10)

        self._inner.send_signal(12)  # SIGUSR2
        time.sleep(0.2)
        with self.assertRaises((ConnectionError, socket.timeout)):
            if not connection.recv(10):
                raise ConnectionError
        again = self._connect()
        again.sendall(b"four")
        self.assertEqual(b"four", again.recv(10))


class Judging(unittest.TestCase):
    def test_sees_bytes_that_differ_and_what_an_overlay_may_hold(self):
        with tempfile.TemporaryDirectory() as home:
            source, target = Path(home, "source"), Path(home, "target")
            for root in (source, target):
                root.mkdir()
                (root / "file").write_text("text")
                os.utime(root / "file", (1_000, 1_000))
            (target / "extra").write_text("more")
            for root in (source, target):
                os.utime(root, (2_000, 2_000))

            def found(is_overlay):
                return chaos.differences(source, types.SimpleNamespace(target=target, is_overlay=is_overlay))

            self.assertEqual([], found(True))
            self.assertEqual(["*deleting   extra"], found(False))
            (target / "file").write_text("tex_")
            os.utime(target / "file", (1_000, 1_000))
            self.assertEqual(1, len(found(True)))


if __name__ == "__main__":
    unittest.main()
