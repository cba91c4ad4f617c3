package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.CommitLog.Taken;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.GarbageIndex;
import io.driftless.port.PackIndex;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import io.driftless.tree.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * One new folder in the database under test, and words for what is done to it. Folders are new for
 * each test, so tests may share a database.
 */
abstract class IndexRules {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    static final int ALL = 100_000;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long DEVICE = 42;

    final FolderId folder = new FolderId("f-" + UUID.randomUUID());
    final UUID incarnation = UUID.randomUUID();

    protected abstract IndexFixture fixture();

    @BeforeEach
    void openFolder() {
        get(rows().open(folder, incarnation));
    }

    final FolderIndex rows() {
        return fixture().rows();
    }

    final PackIndex packs() {
        return fixture().packs();
    }

    final CommitLog commits() {
        return fixture().commits();
    }

    final GarbageIndex garbage() {
        return fixture().garbage();
    }

    static <T> T get(Mono<T> work) {
        return Objects.requireNonNull(work.block(PATIENCE));
    }

    static void does(Publisher<?> work) {
        Mono.from(work).block(PATIENCE);
    }

    // ---- Entries and rows

    static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    static Entry file(String path, String text) {
        Metadata metadata = new Metadata(0644, 1000, 1000, Trees.TIME);
        return new Entry.FileEntry(path(path), metadata, Trees.contentOf(text));
    }

    static Entry symlink(String path, String target) {
        Metadata metadata = new Metadata(0777, 1000, 1000, Trees.TIME);
        return new Entry.SymlinkEntry(path(path), metadata, LinkTarget.parse(target));
    }

    static Entry directory(String path) {
        return directory(path(path));
    }

    static Entry directory(EntryPath path) {
        return new Entry.DirectoryEntry(path, new Metadata(0755, 1000, 1000, Trees.TIME));
    }

    private static final Timestamp CHANGED = new Timestamp(1_700_000_001, 5);

    static Stat stat(Entry entry, long inode) {
        return stat(entry, inode, 1);
    }

    static Stat stat(Entry entry, long inode, int links) {
        Stat.Kind kind =
                switch (entry) {
                    case Entry.FileEntry _ -> Stat.Kind.FILE;
                    case Entry.DirectoryEntry _ -> Stat.Kind.DIRECTORY;
                    case Entry.SymlinkEntry _ -> Stat.Kind.SYMLINK;
                };
        long size = entry instanceof Entry.FileEntry file ? file.content().sizeBytes() : 0;
        return new Stat(kind, size, entry.metadata(), CHANGED, DEVICE, inode, links);
    }

    static Stat stat(Stat.Kind kind, long size, Entry entry, long device, long inode) {
        return new Stat(kind, size, entry.metadata(), CHANGED, device, inode, 1);
    }

    static RowWrite put(Entry entry, Optional<Version> expected) {
        return put(entry, stat(entry, entry.path().hashCode() & 0xFFFFFFFFL), expected);
    }

    static RowWrite put(Entry entry, Stat stat, Optional<Version> expected) {
        return new RowWrite(
                entry.path(),
                expected,
                new State.Ok(),
                Optional.of(stat),
                Optional.of(entry),
                Optional.empty());
    }

    static RowWrite removal(String path, Version expected) {
        return removal(path(path), Optional.of(expected));
    }

    static RowWrite removal(EntryPath path, Optional<Version> expected) {
        return new RowWrite(
                path,
                expected,
                new State.Removed(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A row in a state without an entry, as of something never readable. */
    static RowWrite bare(String path, State state) {
        return new RowWrite(
                path(path),
                Optional.empty(),
                state,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    final List<Optional<Version>> write(RowWrite... writes) {
        return get(rows().write(folder, List.of(writes)));
    }

    /** Writes a row that must not be lost. */
    final Version writes(RowWrite write) {
        return write(write).getFirst().orElseThrow();
    }

    final Version writesNew(Entry entry) {
        return writes(put(entry, Optional.empty()));
    }

    final Optional<Row> row(String path) {
        return get(rows().rows(folder, List.of(path(path)))).stream().findFirst();
    }

    final List<Row> dirtyRows() {
        return get(rows().dirtyRows(folder, Optional.empty(), ALL));
    }

    static List<EntryPath> pathsOf(Collection<Row> rows) {
        return rows.stream().map(Row::path).toList();
    }

    static List<EntryPath> paths(String... texts) {
        return Arrays.stream(texts).map(EntryPath::parse).toList();
    }

    // ---- Commits

    final Lease lease() {
        return get(commits().lease(folder, "holder", Duration.ofMinutes(5))).orElseThrow();
    }

    final Commit commit(long seq) {
        return commit(seq, seq - 1);
    }

    /**
     * @param parent the number of the one before; 0 for none
     */
    final Commit commit(long seq, long parent) {
        return new Commit(
                folder,
                incarnation,
                seq,
                page("root " + seq),
                parent == 0 ? Optional.empty() : Optional.of(page("root " + parent)),
                page("rules"),
                "",
                new Commit.Summary(3, 4),
                NOON,
                new Commit.Changes.None(),
                Signature.NONE);
    }

    static PageHash page(String text) {
        return Sha256.page(text.getBytes(StandardCharsets.UTF_8));
    }

    final Draft draft(long seq, List<Entry> puts, List<EntryPath> removals, List<Taken> taken) {
        return new Draft(commit(seq), puts, removals, taken, Set.of(), Pages.NONE);
    }

    /** Commits what the caller is sure can be committed. */
    final void commits(Draft draft) {
        assertThat(get(commits().commit(lease(), draft))).isEqualTo(Optional.<Refusal>empty());
    }

    /** Commits the rows as they are now. */
    final void commitsRows(long seq, String... paths) {
        commits(draftOf(seq, get(rows().rows(folder, paths(paths)))));
    }

    final Draft draftOf(long seq, List<Row> rows) {
        return draft(
                seq,
                rows.stream().flatMap(row -> row.entry().stream()).toList(),
                rows.stream().filter(row -> row.entry().isEmpty()).map(Row::path).toList(),
                taken(rows));
    }

    static List<Taken> taken(List<Row> rows) {
        return rows.stream().map(row -> new Taken(row.path(), row.version())).toList();
    }
}
