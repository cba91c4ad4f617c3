package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Found;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** A source that goes away, is another, or is partly covered by a mount; one of them at a time. */
final class SourceLosses {
    private final FolderId folder;
    private final MemoryTree source;
    private final FolderIndex index;
    private final Random random;
    private boolean isLost;

    SourceLosses(FolderId folder, MemoryTree source, FolderIndex index, Random random) {
        this.folder = folder;
        this.source = source;
        this.index = index;
        this.random = random;
    }

    boolean isLost() {
        return isLost;
    }

    /**
     * Whether it can be told from any other: something that is known of it is there. What is found
     * under the name of a source of which nothing is known is the source.
     */
    boolean isRecognisable() {
        List<FolderIndex.Row> rows =
                Objects.requireNonNull(index.sample(folder, Integer.MAX_VALUE).block());
        return rows.stream()
                .anyMatch(row ->
                        source.look(row.path()) instanceof Found.Present there
                                && row.stat().filter(there.stat()::isSameTuple).isPresent());
    }

    /** Gives how to bring it back. */
    Runnable one(int kind) {
        Optional<EntryPath> directory =
                source.snapshot().values().stream()
                        .filter(Entry.DirectoryEntry.class::isInstance)
                        .map(Entry::path)
                        .filter(path -> !path.isRoot() && isKnown(path))
                        .findFirst();
        isLost = true;
        if (kind == 0) {
            source.hideRoot();
        } else if (kind == 1 || directory.isEmpty()) {
            source.swapRoot();
            new SourceEdits(source, random).some(random.nextInt(5));
        } else {
            source.mount(directory.get());
        }
        boolean isMount = kind == 2 && directory.isPresent();
        return () -> {
            if (isMount) {
                source.unmount(directory.get());
            } else {
                source.showRoot();
            }
            isLost = false;
        };
    }

    /** What is a mount when it is seen first is one for good, until somebody says otherwise. */
    private boolean isKnown(EntryPath path) {
        List<FolderIndex.Row> rows =
                Objects.requireNonNull(index.rows(folder, List.of(path)).block());
        return rows.stream().anyMatch(row -> row.state() instanceof FolderIndex.State.Ok);
    }
}
