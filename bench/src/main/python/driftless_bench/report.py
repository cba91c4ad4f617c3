"""Tables for people, JSON for machines, and the page of the documentation."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Optional, Sequence

from .measure import Usage
from .scenarios import Row, Table

BEGIN = "<!-- What is between these marks is written by `bench/run --write-docs`. -->"
END = "<!-- End of what is written. -->"
ABSENT = "–"

Column = tuple[str, Callable[[Usage], str]]


@dataclass(frozen=True)
class Machine:
    """Where and when it was measured; the load is that of before."""

    began: str
    command: str
    commit: str
    cores: int
    processor: str
    memory_gib: float
    kernel: str
    file_system: str
    rsync: str
    load: list[float]

    @staticmethod
    def look(command: str, work: Path, home: Path) -> "Machine":
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return Machine(
            began=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            command=command,
            commit=_commit(home),
            cores=len(os.sched_getaffinity(0)),
            processor=_processor(),
            memory_gib=round(memory / (1 << 30), 1),
            kernel=f"{platform.system()} {platform.release()}",
            file_system=_file_system(work),
            rsync=" ".join(_said("rsync", "--version").split()[:3]),
            load=[round(load, 2) for load in os.getloadavg()],
        )

    @property
    def is_busy(self) -> bool:
        return self.load[0] > 0.5 * self.cores

    def markdown(self) -> str:
        busy = " **The machine was busy: these figures say little.**" if self.is_busy else ""
        return (
            f"`{self.command}` on {self.began}, commit {self.commit}. {self.cores} cores ({self.processor}),"
            f" {self.memory_gib} GiB of memory, {self.kernel}, {self.file_system}, {self.rsync};"
            f" load average before: {', '.join(str(load) for load in self.load)}.{busy}"
        )


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except OSError:
        return ""


def _commit(home: Path) -> str:
    commit = _said("git", "-C", str(home), "rev-parse", "--short=10", "HEAD") or "unknown"
    return commit + (" with changes" if _said("git", "-C", str(home), "status", "--porcelain") else "")


def _file_system(directory: Path) -> str:
    """The type of what is mounted nearest above; the last mount there is the one that is seen."""
    types = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, kind = line.partition(" - ")
        types[Path(fields.split()[4])] = kind.split()[0]
    return next((types[above] for above in [directory, *directory.parents] if above in types), "unknown")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _seconds(value: Optional[float]) -> str:
    return ABSENT if value is None else f"{value:.2f}"


def _mib(value: Optional[float]) -> str:
    if value is None:
        return ABSENT
    mib = value / (1 << 20)
    return "0" if value == 0 else f"{mib:.3f}" if mib < 0.1 else f"{mib:,.1f}"


def _whole(name: str) -> Callable[[Usage], str]:
    return lambda usage: f"{usage.extra[name]:,.0f}" if name in usage.extra else ABSENT


WORK: list[Column] = [
    ("start-up s", lambda usage: _seconds(usage.startup_seconds)),
    ("time s", lambda usage: _seconds(usage.seconds)),
    ("start-up CPU s", lambda usage: _seconds(usage.startup_cpu_seconds)),
    ("CPU s", lambda usage: _seconds(usage.cpu_seconds)),
    ("peak RSS MiB", lambda usage: _mib(usage.peak_memory_bytes)),
    ("read at source MiB", lambda usage: _mib(usage.source_bytes)),
    ("stored MiB", lambda usage: _mib(usage.stored_bytes)),
    ("fetched MiB", lambda usage: _mib(usage.fetched_bytes)),
]
FAR: list[Column] = [*WORK, ("requests", _whole("requests")), ("most at once", _whole("peak_in_flight"))]
LATENCY: list[Column] = [
    ("files", _whole("probes")),
    ("p50 ms", _whole("p50_millis")),
    ("p95 ms", _whole("p95_millis")),
    ("max ms", _whole("max_millis")),
    ("CPU s", lambda usage: _seconds(usage.cpu_seconds)),
    ("peak RSS MiB", lambda usage: _mib(usage.peak_memory_bytes)),
]
EDITS: list[Column] = [
    ("edits", _whole("edits")),
    ("made in s", lambda usage: _seconds(usage.extra.get("edit_seconds"))),
    ("equal after s", lambda usage: _seconds(usage.seconds)),
    ("runs before", _whole("runs_before")),
    ("runs after", _whole("runs_after")),
    ("entries looked at", _whole("looked")),
    ("allowed", _whole("allowed")),
    ("entries of directories", _whole("entries_of_directories")),
    ("CPU s", lambda usage: _seconds(usage.cpu_seconds)),
    ("peak RSS MiB", lambda usage: _mib(usage.peak_memory_bytes)),
]
STORM: list[Column] = [
    ("changes", _whole("changes")),
    ("made in s", lambda usage: _seconds(usage.extra.get("made_seconds"))),
    ("caught up after s", lambda usage: _seconds(usage.seconds)),
    ("files amid", _whole("probes")),
    ("p50 ms", _whole("p50_millis")),
    ("max ms", _whole("max_millis")),
    ("CPU s", lambda usage: _seconds(usage.cpu_seconds)),
    ("peak RSS MiB", lambda usage: _mib(usage.peak_memory_bytes)),
]
MANY: list[Column] = [
    ("time s", lambda usage: _seconds(usage.seconds)),
    ("entries looked at", _whole("looked")),
    ("entries a second", _whole("per_second")),
    ("rows written", _whole("rows")),
    ("calls at the source", _whole("max_calls")),
    ("CPU s", lambda usage: _seconds(usage.cpu_seconds)),
    ("peak RSS MiB", lambda usage: _mib(usage.peak_memory_bytes)),
]
DRIFT: list[Column] = [
    ("mirror s", lambda usage: _seconds(usage.extra.get("max_mirror"))),
    ("overlay s", lambda usage: _seconds(usage.extra.get("max_overlay"))),
]
COLUMNS = {"drift": DRIFT, "latency": LATENCY, "s3rtt": FAR, "edits": EDITS, "many": MANY, "storm": STORM}


def table_markdown(table: Table) -> str:
    columns = COLUMNS.get(table.name, WORK)
    lines = [f"## {table.title}", "", *([table.data, ""] if table.data else [])]
    lines += ["| | " + " | ".join(title for title, _ in columns) + " |", "|---|" + "---:|" * len(columns)]
    lines += [_row_markdown(row, columns) for row in table.rows]
    notes = dict.fromkeys([*table.notes, *(note for row in table.rows for note in _row_notes(row))])
    return "\n".join([*lines, *(f"\n{note}" for note in notes)]) + "\n"


def _row_markdown(row: Row, columns: Sequence[Column]) -> str:
    if row.failure or not row.usages:
        why = _escaped(row.failure or "not measured")
        return f"| {row.name} | **{why}** |" + " |" * (len(columns) - 1)
    usage = row.typical()
    return f"| {row.name} | " + " | ".join(value(usage) for _, value in columns) + " |"


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _row_notes(row: Row) -> list[str]:
    if row.failure or not row.usages:
        return []
    usage = row.typical()
    notes = list(usage.notes)
    if usage.outcome_seconds is not None:
        stopping = usage.seconds - usage.outcome_seconds
        notes.append(f"{row.name}: converged {usage.outcome_seconds:.2f} s after `ready`, stopped {stopping:.2f} s later.")
    return notes


def run_markdown(machine: Machine, tables: Sequence[Table], repeat: int) -> str:
    head = f"{machine.markdown()} Median of {repeat}.\n"
    return "\n".join([head, *(table_markdown(table) for table in tables)])


def run_json(machine: Machine, tables: Sequence[Table], repeat: int) -> str:
    scenarios = [
        {
            "name": table.name,
            "title": table.title,
            "data": table.data,
            "notes": table.notes,
            "rows": [
                {
                    "name": row.name,
                    "failure": row.failure,
                    "median": asdict(row.typical()) if row.usages else None,
                    "runs": [asdict(usage) for usage in row.usages],
                }
                for row in table.rows
            ],
        }
        for table in tables
    ]
    return json.dumps({"machine": asdict(machine), "repeat": repeat, "scenarios": scenarios}, indent=2) + "\n"


def write_page(page: Path, markdown: str) -> None:
    """Puts the figures between the marks of the page; what stands around them stays."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks the marks between which figures are written")
    page.write_text(f"{before}{BEGIN}\n\n{markdown}\n{END}{after}")
