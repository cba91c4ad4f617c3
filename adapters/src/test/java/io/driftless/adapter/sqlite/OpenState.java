package io.driftless.adapter.sqlite;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.tree.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A state with the thread it runs on. */
final class OpenState implements AutoCloseable {
    static final UUID INCARNATION = UUID.fromString("6b1f5a0e-0000-4000-8000-000000000001");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Path file;
    final SqliteTargetState state;
    private final Scheduler thread;
    private long seq;

    private OpenState(Path file, Scheduler thread) {
        this.file = file;
        this.thread = thread;
        this.state = get(SqliteTargetState.open(file, "agent-1", thread));
    }

    static OpenState of(Path file) {
        Scheduler thread = Schedulers.newSingle("state");
        try {
            return new OpenState(file, thread);
        } catch (RuntimeException failure) {
            thread.dispose();
            throw failure;
        }
    }

    /** Opens what the disk would hold if this process were killed now. */
    OpenState killedAndReopened(Path directory) {
        try {
            Files.createDirectories(directory);
            for (String suffix : List.of("", "-wal")) {
                Path part = Path.of(file + suffix);
                if (Files.exists(part)) {
                    Files.copy(part, directory.resolve(part.getFileName()));
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return of(directory.resolve(file.getFileName()));
    }

    boolean fold(List<Change> changes, PageHash root) {
        get(state.collect(changes));
        return get(state.fold(INCARNATION, ++seq, root));
    }

    TargetState.Position position() {
        return get(state.position());
    }

    static PageHash rootOf(SortedMap<EntryPath, Entry> tree) {
        return rootOf(tree, new HashMap<>());
    }

    /** Also puts every page into the map. */
    static PageHash rootOf(SortedMap<EntryPath, Entry> tree, Map<PageHash, Page> pages) {
        ManifestBuilder builder = new ManifestBuilder(pages::put);
        tree.values().forEach(builder::add);
        return builder.finish().root();
    }

    static <T extends @Nullable Object> T get(Mono<T> mono) {
        return mono.block(PATIENCE);
    }

    @Override
    public void close() {
        get(state.close());
        thread.dispose();
    }
}
