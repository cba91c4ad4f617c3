package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of the server of one data directory, found from outside. */
final class ServerProcesses {
    private static final Path PROC = Path.of("/proc");
    private static final Duration ORDERLY = Duration.ofSeconds(5);
    private static final Duration FORCED = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Path data;

    ServerProcesses(Path data) {
        this.data = data;
    }

    /** How far a server is. */
    enum State {
        /** Its process is young, or it stops. */
        UNKNOWN,
        /** It brings its data in order: after a crash this takes as long as there is to repair. */
        RECOVERING,
        /** It takes connections. */
        READY
    }

    /** What a server has written about itself. */
    private record PidFile(long pid, State state) {}

    /** Empty, too, where a power failure left nothing of what was written. */
    private Optional<PidFile> pidFile() throws IOException {
        Path file = data.resolve("postmaster.pid");
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1); // any bytes are text
        } catch (NoSuchFileException notRunning) {
            return Optional.empty();
        }
        if (lines.isEmpty() || !lines.getFirst().matches("\\d{1,18}")) {
            return Optional.empty();
        }
        State state = state(lines.size() >= 8 ? lines.get(7).strip() : "");
        return Optional.of(new PidFile(Long.parseLong(lines.getFirst()), state));
    }

    private static State state(String word) {
        return switch (word) {
            case "starting" -> State.RECOVERING;
            case "ready" -> State.READY;
            default -> State.UNKNOWN;
        };
    }

    /** Of the server with this number. */
    State state(long pid) throws IOException {
        return pidFile()
                .filter(file -> file.pid() == pid)
                .map(PidFile::state)
                .orElse(State.UNKNOWN);
    }

    /**
     * Ends what an earlier server left running, and takes away its pid file: the server refuses one
     * that is damaged, and would take a program that has the number by now for itself. Only for
     * whoever holds the directory's lock.
     */
    void clear() throws IOException, InterruptedException {
        Optional<PidFile> before = pidFile();
        List<ProcessHandle> running = running();
        if (before.isPresent() && running.stream().anyMatch(p -> p.pid() == before.get().pid())) {
            interrupt(before.get().pid());
        }
        if (!await(ORDERLY)) {
            running().forEach(ProcessHandle::destroyForcibly);
            if (!await(FORCED)) {
                throw new SyncException(
                        ErrorCode.STATE_IN_USE,
                        "A PostgreSQL server in " + data + " cannot be stopped: " + running());
            }
        }
        if (seesAll() || before.flatMap(file -> ProcessHandle.of(file.pid())).isPresent()) {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        }
    }

    /** Whether every process of the server is found, also without its pid file. */
    private static boolean seesAll() {
        return Files.isDirectory(PROC.resolve("self"));
    }

    /** Asks for a fast shutdown: sessions are cut, what was committed is kept. */
    static void interrupt(long pid) {
        signal("INT", pid);
    }

    /** Asks to stop at once; the next start recovers. */
    static void quit(long pid) {
        signal("QUIT", pid);
    }

    /** Java can only terminate or kill, and to terminate means here to wait for the last client. */
    private static void signal(String name, long pid) {
        Command.of("sh", "-c", "kill -" + name + " " + pid).succeeds();
    }

    private boolean await(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!running().isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return true;
    }

    /**
     * All of the server's processes work in its data directory; elsewhere than on Linux only its
     * first is found.
     */
    private List<ProcessHandle> running() throws IOException {
        List<ProcessHandle> found = new ArrayList<>();
        if (!seesAll()) {
            pidFile()
                    .flatMap(file -> ProcessHandle.of(file.pid()))
                    .filter(ServerProcesses::isPostgres)
                    .ifPresent(found::add);
            return found;
        }
        Path real = data.toRealPath();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (worksIn(real, process)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info().command().filter(name -> name.endsWith("postgres")).isPresent();
    }

    private static boolean worksIn(Path directory, Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(directory);
        } catch (IOException endedOrNotOurs) {
            return false;
        }
    }
}
