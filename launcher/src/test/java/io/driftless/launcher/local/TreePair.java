package io.driftless.launcher.local;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Engine.VerifyDepth;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.path.EntryPath;
import io.driftless.plan.Itemised;
import io.driftless.plan.Mode;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Metadata;
import io.driftless.tree.TargetId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import reactor.core.publisher.Flux;

/** A source and a target in memory, and what a comparison says of them. */
final class TreePair {
    static final FolderId FOLDER = new FolderId("photos");
    static final TargetId TARGET = new TargetId("backup");

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Times of the two are never the same by chance. */
    final MemoryTree source = new MemoryTree(() -> Instant.ofEpochSecond(1_000_000));

    final MemoryTree target = new MemoryTree(() -> Instant.ofEpochSecond(2_000_000));

    static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    TreeComparison comparison(Mode mode) {
        return new TreeComparison(
                FOLDER, TARGET, mode, new MemoryTreeReader(source), new MemoryTreeReader(target));
    }

    List<TargetChange> plan(Mode mode) {
        return all(comparison(mode).plan());
    }

    /** The plan as it is printed. */
    List<String> lines(Mode mode) {
        return lines(comparison(mode));
    }

    static List<String> lines(TreeComparison comparison) {
        return all(comparison.plan()).stream()
                .flatMap(change -> Itemised.of(change.action()).stream())
                .map(Itemised::toString)
                .toList();
    }

    List<Deviation> verify(Mode mode, VerifyDepth depth) {
        return all(comparison(mode).verify(depth));
    }

    static <T> List<T> all(Flux<T> found) {
        return Objects.requireNonNull(found.collectList().block(PATIENCE));
    }

    /** Makes the target as the source is. */
    void copy() {
        target.delete(EntryPath.ROOT);
        SortedMap<EntryPath, Entry> entries = source.snapshot();
        entries.forEach((path, entry) -> {
            switch (entry) {
                case Entry.FileEntry _ -> target.write(path, source.bytes(path).orElseThrow());
                case Entry.DirectoryEntry _ -> target.mkdir(path);
                case Entry.SymlinkEntry link -> target.symlink(path, link.target());
            }
        });
        new TreeMap<>(entries).descendingMap().forEach(this::describe);
    }

    private void describe(EntryPath path, Entry entry) {
        Metadata metadata = entry.metadata();
        target.chmod(path, metadata.mode());
        target.chown(path, metadata.uid(), metadata.gid());
        target.touch(path, metadata.modified());
    }
}
