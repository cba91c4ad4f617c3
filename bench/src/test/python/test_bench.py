"""Tests of the measuring itself: python3 -m unittest discover -s bench/src/test/python"""

import asyncio
import os
import random
import sys
import tempfile
import time
import types
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "main" / "python"))

from driftless_bench import delayproxy, latency, measure, processes, report, tools, trees  # noqa: E402
from driftless_bench.measure import Usage  # noqa: E402
from driftless_bench.scenarios import Row, Table  # noqa: E402

DELAY = 0.05


class Trees(unittest.TestCase):
    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        self.one = Path(self._home.name) / "one"
        trees.make_small_files(self.one, 10, 1, 100)

    def tearDown(self):
        self._home.cleanup()

    def copy(self):
        other = self.one.parent / "other"
        self.assertEqual(os.spawnlp(os.P_WAIT, "cp", "cp", "-a", str(self.one), str(other)), 0)
        return other

    def test_the_same_seed_makes_the_same_tree(self):
        again = self.one.parent / "again"
        trees.make_small_files(again, 10, 1, 100)

        self.assertEqual(trees.compare(self.one, again, False).count, 0)

    def test_finds_every_kind_of_difference(self):
        for change, what in (
            (lambda file: file.unlink(), "missing"),
            (lambda file: file.with_name("more").write_text("more"), "extra"),
            (lambda file: file.chmod(0o600), "mode"),
            (lambda file: os.utime(file, (1, 1)), "modification time"),
            (lambda file: _turn_a_bit(file), "content"),
        ):
            with self.subTest(what):
                other = self.copy()
                directory = next(other.rglob("f000003.bin")).parent
                times = directory.stat()
                change(directory / "f000003.bin")
                os.utime(directory, ns=(times.st_atime_ns, times.st_mtime_ns))

                found = trees.compare(self.one, other, False)

                self.assertEqual((found.count, found.examples[0].split(": ")[1]), (1, what))
                trees.shutil.rmtree(other)

    def test_leaves_the_tools_own_directory_out(self):
        other = self.copy()
        times = other.stat()
        (other / ".driftless").mkdir()
        os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))

        self.assertEqual(trees.compare(self.one, other, False).count, 0)

    def test_changes_the_share_that_is_asked_for(self):
        other = self.copy()
        trees.change_files(other, 0.2, random.Random(1))

        self.assertEqual(trees.compare(self.one, other, True).count, 2)


def _turn_a_bit(file):
    times = file.stat()
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


class Accounting(unittest.TestCase):
    """What is under the clock here burns CPU in a child, holds memory and reads a file."""

    def setUp(self):
        processes.adopt_orphans()
        self._home = tempfile.TemporaryDirectory()
        self.log = Path(self._home.name) / "log"

    def tearDown(self):
        self._home.cleanup()

    def run_python(self, code):
        return measure.run([lambda: processes.Program([sys.executable, "-c", code], self.log)], 60)

    def test_counts_cpu_of_children_that_were_left_behind(self):
        burn = "import time; e = time.process_time() + 0.3\nwhile time.process_time() < e: pass"
        done = self.run_python(f"import os\nif os.fork() == 0:\n exec({burn!r})")

        self.assertGreaterEqual(done.cpu_seconds, 0.3)
        self.assertEqual(done.left_behind, 0)

    def test_sees_the_peak_of_memory(self):
        done = self.run_python("import time; held = bytearray(b'1' * (200 << 20)); time.sleep(0.2)")

        self.assertGreater(done.peak_memory_bytes, 200 << 20)

    def test_sees_the_bytes_read(self):
        data = self.log.with_name("data")
        data.write_bytes(bytes(5 << 20))
        done = self.run_python(f"open({str(data)!r}, 'rb').read()")

        self.assertGreaterEqual(done.bytes_read, 5 << 20)

    def test_ends_what_takes_too_long(self):
        began = time.monotonic()
        with self.assertRaises(processes.Failure):
            measure.run([lambda: processes.Program(["sleep", "60"], self.log)], 0.1)

        self.assertLess(time.monotonic() - began, 30)

    def test_tells_why_a_program_failed(self):
        with self.assertRaisesRegex(processes.Failure, "exit status 3: no luck"):
            measure.check_exits(self.run_python("import sys; sys.stderr.write('no luck'); sys.exit(3)"))


class Figures(unittest.TestCase):
    def test_shows_the_median_of_each_figure_and_the_longest_wait(self):
        usages = [Usage(seconds, cpu_seconds=cpu, extra={"max_millis": seconds}) for seconds, cpu in ((3, 1), (1, None), (2, 3))]

        middle = measure.typical(usages)

        self.assertEqual((middle.seconds, middle.cpu_seconds, middle.extra["max_millis"]), (2, 2, 3))

    def test_percentiles_are_values_that_were_seen(self):
        found = latency.percentiles([number / 1000 for number in range(1, 101)])

        self.assertEqual([round(found[name]) for name in ("p50_millis", "p95_millis", "max_millis")], [50, 95, 100])

    def test_a_table_says_what_could_not_be_measured(self):
        table = Table("small", "Small", "", [Row("driftless", failure="broke | badly"), Row("cp -a", [Usage(1.0)])])

        text = report.table_markdown(table)

        self.assertIn("**broke \\| badly**", text)
        self.assertTrue(table.has_failed)

    def test_the_page_keeps_what_stands_around_the_figures(self):
        with tempfile.TemporaryDirectory() as home:
            page = Path(home) / "page.md"
            page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
            report.write_page(page, "new")

            self.assertEqual(page.read_text(), f"before\n{report.BEGIN}\n\nnew\n{report.END}\nafter\n")

    def test_takes_what_the_outcome_says(self):
        said = tools.Said()
        listener = tools.Listener(said)
        listener(1.0, b'{"type":"ready"}')
        listener(3.0, b'{"type":"outcome","bytesReadAtSource":8,"bytesStored":2,"targets":[{"bytesFetched":3}]}')
        program, exit = types.SimpleNamespace(began=0.5), types.SimpleNamespace(at=4.0)
        done = measure.Run([program], [exit], seconds=3.5, cpu_seconds=1, peak_memory_bytes=5, left_behind=0)

        usage = tools.Driftless.usage(done, said)

        self.assertEqual((usage.source_bytes, usage.stored_bytes, usage.fetched_bytes), (8, 2, 3))
        self.assertEqual((usage.startup_seconds, usage.seconds, usage.outcome_seconds), (0.5, 3.0, 2.0))


class FarAway(unittest.IsolatedAsyncioTestCase):
    """A proxy in front of a server that answers at once."""

    async def asyncSetUp(self):
        self.at_server = 0
        self.most_at_server = 0
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.server_port = server.sockets[0].getsockname()[1]
        self.servers = [server]
        self.proxies = []

    async def asyncTearDown(self):
        for server in self.servers:
            server.close()
        for proxy in self.proxies:
            await proxy.close()
        await asyncio.sleep(DELAY)  # Until the server has seen that its clients are gone.

    async def proxy(self, max_in_flight=0):
        proxy = delayproxy.Proxy(("127.0.0.1", self.server_port), DELAY, max_in_flight)
        self.proxies.append(proxy)
        self.servers.append(await proxy.listen())
        self.port = self.servers[-1].sockets[0].getsockname()[1]
        return proxy

    async def answer(self, reader, writer):
        try:
            await self.answer_all(reader, writer)
        except asyncio.IncompleteReadError:
            pass  # The client went away, as one test wants it to.
        writer.close()
        await writer.wait_closed()

    async def answer_all(self, reader, writer):
        while head := await delayproxy.Head.read(reader):
            self.at_server += 1
            self.most_at_server = max(self.most_at_server, self.at_server)
            body = await reader.readexactly(head.length or 0)
            await asyncio.sleep(0.01)
            self.at_server -= 1
            if head.first[0] == "HEAD":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            elif head.first[1] == "/chunked":
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    async def connect(self):
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, connection, method, path, body=b""):
        reader, writer = connection
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await delayproxy.Head.read(reader)
        if method == "HEAD":
            return b""
        return await (reader.readuntil(b"0\r\n\r\n") if head.is_chunked else reader.readexactly(head.length))

    async def test_every_request_takes_a_round_trip_and_a_new_connection_one_more(self):
        await self.proxy()
        connection = await self.connect()
        waits = []
        for _ in range(2):
            began = time.monotonic()
            self.assertEqual(await self.ask(connection, "PUT", "/", b"x" * 1_000_000), b"x" * 1_000_000)
            waits.append(time.monotonic() - began)

        self.assertGreaterEqual(waits[0], 4 * DELAY)
        self.assertTrue(2 * DELAY <= waits[1] < waits[0], waits)
        connection[1].close()

    async def test_knows_where_responses_of_every_kind_end(self):
        proxy = await self.proxy()
        connection = await self.connect()
        for method, path, body in (("HEAD", "/", b""), ("GET", "/chunked", b"3\r\nabc\r\n0\r\n\r\n"), ("GET", "/", b"")):
            self.assertEqual(await self.ask(connection, method, path), body)
        connection[1].close()

        self.assertEqual(proxy.seen.report()["methods"], {"HEAD": 1, "GET": 2})
        self.assertEqual(proxy.seen.report()["peakInFlight"], 1)

    async def test_lets_as_many_requests_through_as_are_asked(self):
        proxy = await self.proxy()
        await self.ask_at_once(4)

        self.assertEqual(proxy.seen.peak_in_flight, 4)

    async def test_holds_requests_back_until_it_is_their_turn(self):
        proxy = await self.proxy(max_in_flight=1)
        began = time.monotonic()
        await self.ask_at_once(4)

        self.assertEqual((proxy.seen.peak_in_flight, self.most_at_server), (1, 1))
        self.assertGreaterEqual(time.monotonic() - began, 4 * 2 * DELAY)

    async def test_a_client_that_went_away_gives_its_turn_back(self):
        await self.proxy(max_in_flight=1)
        _, writer = await self.connect()
        writer.write(b"PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\n")
        await asyncio.sleep(3 * DELAY)
        writer.close()

        await asyncio.wait_for(self.ask_at_once(1), 10)

    async def ask_at_once(self, count):
        connections = [await self.connect() for _ in range(count)]
        await asyncio.gather(*(self.ask(connection, "GET", "/") for connection in connections))
        for _, writer in connections:
            writer.close()


if __name__ == "__main__":
    unittest.main()
