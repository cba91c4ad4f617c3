"""The command line of bench/run."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Sequence

from . import report
from .processes import Failure, Program, adopt_orphans, reap_orphans
from .scenarios import Bench, Scenario, Table, all_scenarios
from .tools import Driftless, Lane, Listener, Said

HOME = Path(__file__).parents[5]
PAGE = HOME / "docs" / "BENCHMARKS.md"
RESULTS = HOME / "bench" / "results"
MIN_REPEAT = 3
BUILD_SECONDS = 1800.0
QUICK_SPACE_SHARE = 20


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def parse(arguments: Sequence[str], scenarios: Sequence[Scenario]) -> argparse.Namespace:
    names = [scenario.name for scenario in scenarios]
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures ./driftless against rsync -a, rsync -a --fsync (to a daemon over loopback) and cp -a.",
        epilog="Scenarios: " + "; ".join(f"{one.name}: {one.title}" for one in scenarios) + ".",
    )
    parser.add_argument("scenario", nargs="*", help="what to measure; everything when none is named")
    parser.add_argument("--repeat", type=int, default=MIN_REPEAT, help="runs of each, of which the median is shown (3)")
    parser.add_argument("--quick", action="store_true", help="small data: shows that it works, not how fast")
    parser.add_argument("--real", type=Path, metavar="DIR", help="the real tree (/usr/share); it is copied, not touched")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where trees are made; on the disk to be measured ($TMPDIR)")
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", help="for each run (1800)")
    parser.add_argument("--no-check", action="store_true", help="do not prove that each target equals the source")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/BENCHMARKS.md")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.scenario if name not in names]
    if unknown:
        parser.error(f"no scenario is named {', '.join(unknown)}; there are {', '.join(names)}")
    if chosen.repeat < (1 if chosen.quick else MIN_REPEAT):
        parser.error(f"--repeat must be at least {MIN_REPEAT}, with --quick at least 1")
    if chosen.quick and chosen.write_docs:
        parser.error("--quick figures do not belong into the documentation")
    if chosen.real and not chosen.real.is_dir():
        parser.error(f"--real {chosen.real} is no directory")
    return chosen


def warm_up(driftless: Path, directory: Path) -> str:
    """Builds where needed, fills the caches that outlive a run, shows that it works at all; gives the path of its Java."""
    say("building and warming up")
    source = directory / "source"
    source.mkdir(parents=True)
    (source / "file").write_text("one\n")
    lane = Lane(directory / "lane", source).prepare()
    build = Program([str(driftless), "--version"], directory / "build.log")
    if build.finish(BUILD_SECONDS).status != 0:
        raise Failure(f"./driftless --version failed: {build.tail()}")
    return _java_of(Driftless(driftless), lane)


def _java_of(tool: Driftless, lane: Lane) -> str:
    """The script becomes the Java process, which is seen as long as it runs."""
    said, found = Said(), []
    listener = Listener(said)

    def hear(at: float, line: bytes) -> None:
        if not found and b'"ready"' in line:
            found.append(os.readlink(f"/proc/{listener.program.pid}/exe"))
        listener(at, line)

    words = ["sync", "--json", "--source", str(lane.source), "--target", str(lane.targets[0]), "--state", str(lane.home / "state")]
    listener.program = Program([str(tool.program), *words], lane.home / "driftless.log", on_line=hear)
    done = listener.program.finish(BUILD_SECONDS)
    reap_orphans()
    if done.status != 0 or not found:
        raise Failure(f"./driftless sync of one file failed with exit status {done.status}: {listener.program.tail()}")
    return found[0]


def check_space(bench: Bench, chosen: Sequence[Scenario]) -> None:
    needed = max(scenario.space(bench) for scenario in chosen) // (QUICK_SPACE_SHARE if bench.is_quick else 1)
    free = shutil.disk_usage(bench.work).free
    if free < needed * 1.1:
        raise Failure(f"{bench.work} has {free >> 30} GiB free, {needed * 11 // 10 >> 30} are needed; name another by --work")


def measure(bench: Bench, chosen: Sequence[Scenario]) -> tuple[list[Table], bool]:
    """The tables, and whether they are all; what was measured before an interruption is not thrown away."""
    tables: list[Table] = []
    try:
        for scenario in chosen:
            say(f"{scenario.name}: {scenario.title}")
            tables.append(scenario.run(bench))
    except KeyboardInterrupt:
        return tables, False
    return tables, True


def write(machine: report.Machine, tables: Sequence[Table], options: argparse.Namespace, into_page: bool) -> None:
    markdown = report.run_markdown(machine, tables, options.repeat)
    print(markdown)
    RESULTS.mkdir(exist_ok=True)
    name = RESULTS / datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    name.with_suffix(".md").write_text(markdown)
    name.with_suffix(".json").write_text(report.run_json(machine, tables, options.repeat))
    say(f"written to {name}.md and .json")
    if into_page:
        report.write_page(PAGE, markdown)
        say(f"written to {PAGE}")


def main(arguments: Sequence[str]) -> int:
    scenarios = all_scenarios()
    options = parse(arguments, scenarios)
    chosen = [one for one in scenarios if not options.scenario or one.name in options.scenario]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    adopt_orphans()
    work = Path(tempfile.mkdtemp(prefix="driftless-bench-", dir=options.work)).resolve()
    try:
        machine = report.Machine.look(shlex.join(["bench/run", *arguments]), work, HOME)
        if machine.is_busy:
            say(f"warning: the load average is {machine.load[0]} on {machine.cores} cores; the figures will say little")
        driftless = HOME / "driftless"
        java = warm_up(driftless, work / "warm-up")
        bench = Bench(
            driftless=driftless,
            java=java,
            work=work,
            repeat=options.repeat,
            is_quick=options.quick,
            timeout=options.timeout,
            real=options.real,
            is_checked=not options.no_check,
            say=say,
        )
        check_space(bench, chosen)
        tables, is_whole = measure(bench, chosen)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if tables:
        write(machine, tables, options, is_whole and options.write_docs)
    if not is_whole:
        raise KeyboardInterrupt
    failed = [table.name for table in tables if table.has_failed]
    if failed:
        say(f"not everything was measured: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        say(f"bench/run: {failure}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("bench/run: interrupted")
        sys.exit(130)
