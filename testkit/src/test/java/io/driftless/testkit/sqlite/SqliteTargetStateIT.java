package io.driftless.testkit.sqlite;

import io.driftless.adapter.sqlite.SqliteTargetState;
import io.driftless.port.TargetState;
import io.driftless.testkit.contract.TargetStateContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class SqliteTargetStateIT extends TargetStateContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir Path directory;

    private final List<SqliteTargetState> opened = new ArrayList<>();
    private final Scheduler thread = Schedulers.newSingle("state");
    private Path file;

    @BeforeEach
    void openANewFile() {
        file = directory.resolve("0/state.db");
        open();
    }

    @AfterEach
    void closeAll() {
        opened.forEach(state -> state.close().block(PATIENCE));
        thread.dispose();
    }

    @Override
    protected TargetState state() {
        return opened.getLast();
    }

    /**
     * After a crash the next owner finds what the disk held: a copy, as this process still lives.
     */
    @Override
    protected TargetState reopened(boolean isCrash) {
        if (isCrash) {
            file = copy(file, directory.resolve(opened.size() + "/state.db"));
        }
        return open();
    }

    private TargetState open() {
        SqliteTargetState state =
                Objects.requireNonNull(
                        SqliteTargetState.open(file, "agent", thread).block(PATIENCE));
        opened.add(state);
        return state;
    }

    private static Path copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            for (String suffix : List.of("", "-wal")) {
                Path part = Path.of(from + suffix);
                if (Files.exists(part)) {
                    Files.copy(part, Path.of(to + suffix));
                }
            }
            return to;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
