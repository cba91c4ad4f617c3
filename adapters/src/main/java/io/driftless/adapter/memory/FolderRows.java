package io.driftless.adapter.memory;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Taken;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Inode;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.port.IndexRecovery.Span;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The observed rows of one folder. */
final class FolderRows {
    private static final int MAX_EXAMPLES = 10;

    private final NavigableMap<EntryPath, Row> rows = new TreeMap<>();

    /** Of each dirty row the version since which it is. */
    private final Map<EntryPath, Version> dirtySince = new HashMap<>();

    private final Map<ContentId, List<BlockRef>> contents = new HashMap<>();

    /** Paths whose row went with a commit, at the version of their removal. */
    private final Map<EntryPath, Version> gone = new HashMap<>();

    private final Map<EntryPath, Progress> progress = new HashMap<>();

    private record Progress(Stat stat, List<BlockRef> blocks) {}

    private final Set<EntryPath> mounts = new HashSet<>();

    /** Spread evenly: chance is the seed's. */
    List<Row> sample(int count) {
        List<Row> known = select(row -> row.state() instanceof State.Ok && !row.path().isRoot());
        int every = Math.max(1, known.size() / count);
        return IntStream.iterate(0, at -> at < known.size(), at -> at + every)
                .limit(count)
                .mapToObj(known::get)
                .toList();
    }

    Set<EntryPath> mounts() {
        return Set.copyOf(mounts);
    }

    void keepMounts(Set<EntryPath> mounted, Set<EntryPath> unmounted) {
        mounts.addAll(mounted);
        mounts.removeAll(unmounted);
    }

    List<Row> of(Collection<EntryPath> paths) {
        Set<EntryPath> wanted = new HashSet<>(paths);
        return wanted.stream().sorted().filter(rows::containsKey).map(rows::get).toList();
    }

    List<Row> below(EntryPath directory, EntryPath after, Optional<EntryPath> through, int limit) {
        EntryPath begin = after.compareTo(directory) > 0 ? after : directory;
        return after(Optional.of(begin))
                .takeWhile(row -> directory.isAncestorOf(row.path()))
                .takeWhile(row -> through.isEmpty() || row.path().compareTo(through.get()) <= 0)
                .limit(limit)
                .toList();
    }

    List<Row> children(EntryPath directory, Optional<EntryPath> after, int limit) {
        EntryPath begin = after.filter(path -> path.compareTo(directory) > 0).orElse(directory);
        return after(Optional.of(begin))
                .takeWhile(row -> directory.isAncestorOf(row.path()))
                .filter(row -> row.path().parent().equals(directory))
                .limit(limit)
                .toList();
    }

    List<Row> ofInodes(Collection<Inode> inodes) {
        Set<Inode> wanted = new HashSet<>(inodes);
        return select(row -> row.stat().filter(stat -> wanted.contains(inode(stat))).isPresent());
    }

    private static Inode inode(Stat stat) {
        return new Inode(stat.device(), stat.inode());
    }

    List<Row> all(Optional<EntryPath> after, int limit) {
        return after(after).limit(limit).toList();
    }

    List<Row> dirty(Optional<EntryPath> after, int limit) {
        return after(after).filter(Row::dirty).limit(limit).toList();
    }

    List<Row> due(boolean isLarge, Instant dueBy, int limit) {
        Comparator<Row> oldestFirst = Comparator.comparing(row -> due(row).orElseThrow());
        return rows.values().stream()
                .filter(row -> isLargePending(row) == isLarge)
                .filter(row -> due(row).filter(due -> isDue(due, dueBy)).isPresent())
                .sorted(oldestFirst.thenComparing(Row::path))
                .limit(limit)
                .toList();
    }

    private static boolean isDue(Instant due, Instant by) {
        return !due.isAfter(by) || due.isAfter(by.plus(FolderIndex.LONGEST_WAIT));
    }

    private static boolean isLargePending(Row row) {
        return code(row.state()).filter(ErrorCode.LARGE_PENDING::equals).isPresent();
    }

    private static Optional<Instant> due(Row row) {
        return row.state() instanceof State.Waiting waiting
                ? Optional.of(waiting.due())
                : Optional.empty();
    }

    List<Tally> tally() {
        Map<ErrorCode, List<EntryPath>> byCode = new EnumMap<>(ErrorCode.class);
        for (Row row : rows.values()) {
            code(row.state())
                    .ifPresent(code ->
                            byCode.computeIfAbsent(code, _ -> new ArrayList<>()).add(row.path()));
        }
        List<EntryPath> groups = hardLinked();
        if (!groups.isEmpty()) {
            byCode.put(ErrorCode.HARD_LINKED, groups);
        }
        return byCode.entrySet().stream().map(FolderRows::tally).toList();
    }

    /** The first name of each file that has several here. */
    private List<EntryPath> hardLinked() {
        Map<Inode, List<EntryPath>> names = new LinkedHashMap<>();
        for (Row row : rows.values()) {
            row.stat()
                    .filter(stat -> row.state() instanceof State.Ok)
                    .filter(stat -> stat.kind() == Stat.Kind.FILE && stat.links() > 1)
                    .map(stat -> new Inode(stat.device(), stat.inode()))
                    .ifPresent(inode ->
                            names.computeIfAbsent(inode, _ -> new ArrayList<>()).add(row.path()));
        }
        return names.values().stream()
                .filter(group -> group.size() > 1)
                .map(List::getFirst)
                .toList();
    }

    private static Tally tally(Map.Entry<ErrorCode, List<EntryPath>> rows) {
        List<EntryPath> paths = rows.getValue();
        List<EntryPath> examples =
                List.copyOf(paths.subList(0, Math.min(paths.size(), MAX_EXAMPLES)));
        return new Tally(rows.getKey(), paths.size(), examples);
    }

    private static Optional<ErrorCode> code(State state) {
        return switch (state) {
            case State.Ok _, State.Removed _ -> Optional.empty();
            case State.Waiting waiting -> Optional.of(waiting.code());
            case State.Skipped skipped -> Optional.of(skipped.code());
        };
    }

    Optional<Version> write(RowWrite write, Version began, Supplier<Version> nextVersion) {
        Optional<Row> before = Optional.ofNullable(rows.get(write.path()));
        boolean isAsExpected = before.map(Row::version).equals(write.expected());
        if (!isAsExpected || before.isEmpty() && isGoneSince(write.path(), began)) {
            return Optional.empty();
        }
        Version version = nextVersion.get();
        boolean dirty = before.filter(Row::dirty).isPresent() || differs(write, before);
        if (dirty) {
            dirtySince.putIfAbsent(write.path(), version);
        }
        rows.put(
                write.path(),
                new Row(write.path(), version, write.state(), write.stat(), write.entry(), dirty));
        write.blocks().ifPresent(blocks -> contents.put(contentOf(write), List.copyOf(blocks)));
        if (code(write.state()).isEmpty()) {
            progress.remove(write.path());
        }
        return Optional.of(version);
    }

    private boolean isGoneSince(EntryPath path, Version began) {
        return Optional.ofNullable(gone.get(path))
                .filter(at -> at.compareTo(began) > 0)
                .isPresent();
    }

    private void drop(Row removed) {
        rows.remove(removed.path());
        gone.put(removed.path(), removed.version());
    }

    private static boolean differs(RowWrite write, Optional<Row> before) {
        boolean isRemoved = write.state() instanceof State.Removed;
        boolean wasRemoved = before.filter(row -> row.state() instanceof State.Removed).isPresent();
        return !before.flatMap(Row::entry).equals(write.entry()) || (isRemoved && !wasRemoved);
    }

    static void checkBlocks(RowWrite write) {
        boolean needsBlocks =
                write.state() instanceof State.Ok
                        && write.entry().flatMap(FolderRows::listed).isPresent();
        if (needsBlocks != write.blocks().isPresent()) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "The blocks of "
                            + write.path()
                            + " must be given exactly where it is ok and its entry does not hold"
                            + " them.");
        }
    }

    private static ContentId contentOf(RowWrite write) {
        return write.entry().flatMap(FolderRows::listed).orElseThrow().id();
    }

    private static Optional<Content> listed(Entry entry) {
        return entry instanceof Entry.FileEntry file && file.content().isListed()
                ? Optional.of(file.content())
                : Optional.empty();
    }

    List<BlockRef> blocksOf(ContentId content) {
        List<BlockRef> blocks = contents.get(content);
        if (blocks == null) {
            throw new SyncException(
                    ErrorCode.BLOCK_MISSING,
                    "No list of blocks is kept for content " + content + ".");
        }
        return blocks;
    }

    /**
     * @param through what a full scan found
     */
    boolean isSeen(Version through) {
        return rows.values().stream()
                .noneMatch(row ->
                        row.state() instanceof State.Waiting
                                ? isLargePending(row)
                                : isDirtySince(row, through));
    }

    private boolean isDirtySince(Row row, Version through) {
        Version since = dirtySince.get(row.path());
        return since != null && since.compareTo(through) <= 0;
    }

    boolean isSettled(Version through) {
        boolean isClean =
                dirtySince.values().stream().noneMatch(since -> since.compareTo(through) <= 0);
        return isClean && select(row -> row.state() instanceof State.Waiting).isEmpty();
    }

    void saveProgress(EntryPath path, Stat stat, List<BlockRef> blocks) {
        progress.put(path, new Progress(stat, List.copyOf(blocks)));
    }

    List<BlockRef> progress(EntryPath path, Stat stat) {
        Progress saved = progress.get(path);
        return saved != null && saved.stat().isSameTuple(stat) ? saved.blocks() : List.of();
    }

    /**
     * A commit took this version of the row: settles the flag, or what is newer stays to be taken.
     */
    void settle(Taken taken) {
        Row row = rows.get(taken.path());
        if (row == null || !row.dirty()) {
            return;
        }
        if (!row.version().equals(taken.version())) {
            dirtySince.merge(
                    taken.path(), new Version(taken.version().value() + 1), FolderRows::later);
            return;
        }
        dirtySince.remove(taken.path());
        if (row.state() instanceof State.Removed) {
            drop(row);
        } else {
            rows.put(
                    taken.path(),
                    new Row(
                            row.path(),
                            row.version(),
                            row.state(),
                            row.stat(),
                            row.entry(),
                            false));
        }
    }

    /**
     * A commit took the path out though nobody saw it gone: if a row says it is there, it is dirty,
     * and is looked at again before that is believed.
     */
    void doubt(EntryPath path) {
        Row row = rows.get(path);
        if (row == null || row.dirty() || row.entry().isEmpty()) {
            return;
        }
        State waiting = new State.Waiting(ErrorCode.ENTRY_VANISHED, 1, Instant.EPOCH);
        dirtySince.put(path, row.version());
        rows.put(path, new Row(path, row.version(), waiting, row.stat(), row.entry(), true));
    }

    /**
     * What is committed is so by a manifest.
     *
     * @param isParked paths that wait for somebody
     */
    void restore(
            Span span,
            Map<EntryPath, Entry> committed,
            Predicate<EntryPath> isParked,
            Supplier<Version> nextVersion) {
        contents.putAll(span.contents());
        for (Row row : List.copyOf(FolderCommits.between(rows, span).values())) {
            Optional<Entry> wanted = Optional.ofNullable(committed.get(row.path()));
            if (!row.entry().equals(wanted) && !row.dirty() && !isParked.test(row.path())) {
                release(row.path());
            }
        }
        committed.values().forEach(entry -> seed(entry, nextVersion));
    }

    /** What is committed and has no row gets one that nobody looked at. */
    void seed(Entry entry, Supplier<Version> nextVersion) {
        rows.computeIfAbsent(entry.path(), path -> unseen(entry, nextVersion.get()));
    }

    /** Gives those that were mount points before, or are now, but not both. */
    Set<EntryPath> replaceMounts(Set<EntryPath> now) {
        Set<EntryPath> changed = new TreeSet<>(mounts);
        changed.addAll(now);
        changed.removeIf(path -> mounts.contains(path) && now.contains(path));
        mounts.clear();
        mounts.addAll(now);
        return changed;
    }

    /** What was observed at and below a path. */
    void forgetAt(EntryPath top, Predicate<EntryPath> isParked) {
        Predicate<EntryPath> isForgotten =
                path -> (path.equals(top) || top.isAncestorOf(path)) && !isParked.test(path);
        dirtySince.keySet().removeIf(isForgotten);
        rows.keySet().removeIf(isForgotten);
    }

    private static Row unseen(Entry entry, Version version) {
        return new Row(
                entry.path(), version, new State.Ok(), Optional.empty(), Optional.of(entry), false);
    }

    /** If a row says that the path is there, it is dirty. */
    void remind(EntryPath path) {
        Row row = rows.get(path);
        if (row == null || row.dirty() || row.entry().isEmpty()) {
            return;
        }
        dirtySince.put(path, row.version());
        rows.put(path, new Row(path, row.version(), row.state(), row.stat(), row.entry(), true));
    }

    /** The row is no longer dirty, though no commit took it: it is parked. */
    boolean withhold(EntryPath path, Version version) {
        Row row = rows.get(path);
        boolean isAsGiven = row != null && row.dirty() && row.version().equals(version);
        if (isAsGiven) {
            dirtySince.remove(path);
            mark(Objects.requireNonNull(row), false);
        }
        return isAsGiven;
    }

    /** A parked row is dirty again. */
    void release(EntryPath path) {
        Row row = rows.get(path);
        if (row != null && !row.dirty()) {
            dirtySince.put(path, row.version());
            mark(row, true);
        }
    }

    /** The row of a path that went with its directory while it was parked. */
    void dropRemoved(EntryPath path) {
        Row row = rows.get(path);
        if (row != null && !row.dirty() && row.state() instanceof State.Removed) {
            drop(row);
        }
    }

    private void mark(Row row, boolean dirty) {
        rows.put(
                row.path(),
                new Row(row.path(), row.version(), row.state(), row.stat(), row.entry(), dirty));
    }

    private static Version later(Version one, Version other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private Stream<Row> after(Optional<EntryPath> after) {
        return after.map(path -> rows.tailMap(path, false)).orElse(rows).values().stream();
    }

    private List<Row> select(Predicate<Row> wanted) {
        return rows.values().stream().filter(wanted).toList();
    }
}
