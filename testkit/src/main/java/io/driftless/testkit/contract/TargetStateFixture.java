package io.driftless.testkit.contract;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.change.Change;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetState.Work;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Words to write the rules of {@link TargetStateContract} with. */
abstract class TargetStateFixture {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final UUID INCARNATION = UUID.fromString("6b1f5a0e-0000-4000-8000-000000000001");
    static final int ALL = 1000;

    private static final Timestamp WRITTEN = new Timestamp(1_700_000_000, 123_456_789);

    /** What the entries should be, kept beside the state. */
    private final NavigableMap<EntryPath, Entry> expected = new TreeMap<>();

    private long seq;

    /** A state that knows nothing, the same one for one test. */
    protected abstract TargetState state();

    /**
     * The state after its process ended, opened by the next one; from then on {@link #state} is
     * this one.
     *
     * @param isCrash true where the process was killed: nothing is called on the old object before
     */
    protected abstract TargetState reopened(boolean isCrash);

    /** Collects the changes and folds them; the state must accept the root. */
    final void fold(Change... changes) {
        Arrays.stream(changes).forEach(this::expect);
        does(state().collect(List.of(changes)));
        boolean isFolded = get(state().fold(INCARNATION, ++seq, root()));
        if (!isFolded) {
            throw new AssertionError("the state did not accept the root of its entries");
        }
    }

    final void fold(Entry... entries) {
        fold(Arrays.stream(entries).map(Change.Put::new).toArray(Change[]::new));
    }

    /** Folds the entries and settles everything, so that nothing is left to do. */
    final void foldAndApply(Entry... entries) {
        fold(entries);
        for (Kind kind : Kind.values()) {
            settle(
                    kind,
                    work(kind).stream()
                            .map(item -> new Settled.Right(applied(item.desired().orElseThrow())))
                            .toArray(Settled[]::new));
        }
    }

    private void expect(Change change) {
        switch (change) {
            case Change.Put(Entry entry) -> expected.put(entry.path(), entry);
            case Change.Remove(EntryPath path) -> expected.remove(path);
        }
    }

    /** The root of what was folded so far. */
    final PageHash root() {
        return rootOf(expected.values().toArray(Entry[]::new));
    }

    static PageHash rootOf(Entry... entries) {
        NavigableMap<EntryPath, Entry> sorted = new TreeMap<>();
        Arrays.stream(entries).forEach(entry -> sorted.put(entry.path(), entry));
        ManifestBuilder manifest = new ManifestBuilder((name, page) -> {});
        sorted.values().forEach(manifest::add);
        return manifest.finish().root();
    }

    final List<Work> work(Kind kind) {
        return work(kind, NOW);
    }

    final List<Work> work(Kind kind, Instant now) {
        return get(state().work(kind, now, ALL));
    }

    final List<String> paths(Kind kind) {
        return work(kind).stream().map(item -> item.path().toString()).toList();
    }

    final void settle(Kind kind, Settled... results) {
        does(state().settle(kind, List.of(results)));
    }

    static Change remove(String path) {
        return new Change.Remove(path(path));
    }

    static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    static Entry.FileEntry file(String path, String text) {
        return new Entry.FileEntry(path(path), metadata(0644), content(text));
    }

    static Entry.DirectoryEntry directory(String path) {
        return new Entry.DirectoryEntry(path(path), metadata(0755));
    }

    static Entry.SymlinkEntry symlink(String path, String target) {
        return new Entry.SymlinkEntry(path(path), metadata(0777), LinkTarget.parse(target));
    }

    private static Metadata metadata(int mode) {
        return new Metadata(mode, 1000, 1000, WRITTEN);
    }

    static Content content(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<BlockRef> blocks =
                bytes.length == 0
                        ? List.of()
                        : List.of(new BlockRef(Sha256.block(bytes), bytes.length));
        return new Content(Sha256.content(blocks), bytes.length, new Content.Blocks.Inline(blocks));
    }

    /** What is applied after an entry was made as desired. */
    static Applied applied(Entry entry) {
        Optional<Content> content =
                entry instanceof Entry.FileEntry file
                        ? Optional.of(file.content())
                        : Optional.empty();
        Stat.Kind kind =
                switch (entry) {
                    case Entry.FileEntry _ -> Stat.Kind.FILE;
                    case Entry.DirectoryEntry _ -> Stat.Kind.DIRECTORY;
                    case Entry.SymlinkEntry _ -> Stat.Kind.SYMLINK;
                };
        long size = content.map(Content::sizeBytes).orElse(0L);
        long inode = 1_000_000L + entry.path().hashCode();
        Stat stat = new Stat(kind, size, entry.metadata(), WRITTEN, 7, inode, 1);
        return new Applied(entry.path(), stat, content);
    }

    static void does(Mono<Void> action) {
        action.block(PATIENCE);
    }

    static <T> T get(Mono<T> answer) {
        @Nullable T value = answer.block(PATIENCE);
        return Objects.requireNonNull(value, "no answer");
    }
}
