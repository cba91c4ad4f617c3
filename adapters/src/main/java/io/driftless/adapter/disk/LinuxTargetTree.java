package io.driftless.adapter.disk;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A target's tree on a Linux file system. What becomes visible does so by one rename; what leaves
 * does so by a rename into the stage, where it is compared before it goes. Nothing is written
 * through a symlink or into another file system that is mounted below the root.
 *
 * <p>Where this user may not set an owner, files keep this user's and lose their set-id bits; the
 * stat of the outcome shows it. Calls may be made at the same time from several threads.
 */
public final class LinuxTargetTree extends ReadableTarget {
    /**
     * Up to so many are synced one by one: a sync of the file system waits for everybody's data.
     */
    private static final int MAX_SINGLE_SYNCS = 64;

    private static final int PARALLEL_SYNCS = 8;

    private final Claim claim;
    private final Trash trash;
    private final Renames renames;
    private final Extents extents = new Extents();
    private final Scheduler io;

    /**
     * @param root where the target is or will be made by {@link #claim}; the directory that has the
     *     name now, or is made then, is the one that counts
     * @param io where the blocking calls run
     */
    public LinuxTargetTree(Path root, Scheduler io, InstantSource clock, TrashLimits limits) {
        this(root, io, new Trash(limits, clock), new Renames(true));
    }

    LinuxTargetTree(Path path, Scheduler io, Trash trash, Renames renames) {
        this(new Root(path), io, trash, renames);
    }

    private LinuxTargetTree(Root root, Scheduler io, Trash trash, Renames renames) {
        super(new LinuxTreeReader(root, io));
        this.claim = new Claim(root);
        this.trash = trash;
        this.renames = renames;
        this.io = io;
    }

    @Override
    public Mono<Optional<Marker>> claim(Marker owner) {
        return Mono.fromCallable(() -> claim.take(owner)).subscribeOn(io);
    }

    @Override
    public Mono<Ground> ground() {
        return Mono.fromCallable(claim::ground).subscribeOn(io);
    }

    @Override
    public Mono<Void> mark(Marker marker) {
        return Mono.<Void>fromRunnable(() -> claim.mark(marker)).subscribeOn(io);
    }

    @Override
    public Mono<Void> release() {
        return Mono.<Void>fromRunnable(claim::release).subscribeOn(io);
    }

    @Override
    public Mono<List<Outcome>> stage(List<SmallFile> files) {
        return each(files, (workspace, file) -> new Staging(workspace).write(file));
    }

    @Override
    public Mono<Long> openPartial(ContentId content) {
        return one(workspace -> new Partials(workspace).open(content));
    }

    @Override
    public Mono<Void> writePartial(ContentId content, long offset, ByteBuffer bytes) {
        return run(workspace -> new Partials(workspace).write(content, offset, bytes));
    }

    @Override
    public Mono<Boolean> copyIntoPartial(
            ContentId content, long offset, BlockRef block, EntryPath from, long fromOffset) {
        Partials.Copy copy = new Partials.Copy(block, offset, from, fromOffset);
        return one(workspace -> new Partials(workspace).copyInto(content, copy, extents));
    }

    @Override
    public Mono<Boolean> partialHolds(ContentId content, long offset, BlockRef block) {
        return one(workspace -> new Partials(workspace).holds(content, offset, block));
    }

    @Override
    public Mono<Outcome> finishPartial(Entry.FileEntry entry, StageName name) {
        return one(workspace ->
                workspace.withSpace(() -> new Partials(workspace).finish(entry, name)));
    }

    @Override
    public Mono<List<Outcome>> takeOver(List<TakeOver> files) {
        return each(files, (workspace, file) -> new Staging(workspace).takeOver(file));
    }

    @Override
    public Mono<Void> makeDurable(List<StageName> names) {
        return sync(names, (workspace, name) -> new Durability(workspace).syncStaged(name));
    }

    @Override
    public Mono<List<Outcome>> place(List<Placement> placements) {
        return each(placements, (workspace, placement) -> new Placing(workspace).place(placement));
    }

    @Override
    public Mono<List<Outcome>> makeDirectories(List<Placement> placements) {
        return each(
                placements,
                (workspace, placement) -> new Attributes(workspace).makeDirectory(placement));
    }

    @Override
    public Mono<List<Outcome>> remove(List<Removal> removals) {
        return each(removals, (workspace, removal) -> new Removing(workspace).remove(removal));
    }

    @Override
    public Mono<List<Outcome>> setMetadata(List<MetadataChange> changes) {
        return each(changes, (workspace, change) -> new Attributes(workspace).set(change));
    }

    @Override
    public Mono<List<Outcome>> moveToTrash(List<EntryPath> paths) {
        return each(paths, (workspace, path) -> new Removing(workspace).moveToTrash(path));
    }

    @Override
    public Mono<Void> syncDirectories(List<EntryPath> directories) {
        return sync(
                directories, (workspace, path) -> new Durability(workspace).syncDirectory(path));
    }

    @Override
    public Mono<List<Leftover>> leftovers() {
        return one(workspace -> new Leftovers(workspace).all());
    }

    @Override
    public Mono<Void> discard(List<StageName> names) {
        return run(workspace -> new Leftovers(workspace).discard(names));
    }

    @Override
    public Mono<Void> keep(List<StageName> names) {
        return run(workspace -> new Leftovers(workspace).keep(names));
    }

    @Override
    public Mono<Void> dropPartialsExcept(List<ContentId> wanted) {
        return run(workspace -> {
            new Partials(workspace).dropExcept(wanted);
            workspace.bin().expire();
        });
    }

    private Workspace open() {
        return new Workspace(claim.open(), renames, trash);
    }

    private <T> Mono<T> one(Function<Workspace, T> work) {
        return Mono.fromCallable(
                        () -> {
                            try (Workspace workspace = open()) {
                                return work.apply(workspace);
                            }
                        })
                .subscribeOn(io);
    }

    private Mono<Void> run(Consumer<Workspace> work) {
        return Mono.<Void>fromRunnable(
                        () -> {
                            try (Workspace workspace = open()) {
                                work.accept(workspace);
                            }
                        })
                .subscribeOn(io);
    }

    private <T> Mono<List<Outcome>> each(List<T> items, BiFunction<Workspace, T, Outcome> work) {
        return one(workspace -> {
            List<Outcome> outcomes = new ArrayList<>(items.size());
            for (T item : items) {
                outcomes.add(workspace.withSpace(() -> work.apply(workspace, item)));
            }
            return outcomes;
        });
    }

    private <T> Mono<Void> sync(List<T> items, BiConsumer<Workspace, T> work) {
        return items.size() > MAX_SINGLE_SYNCS
                ? run(workspace -> new Durability(workspace).syncAll())
                : Flux.fromIterable(items)
                        .flatMap(
                                item -> run(workspace -> work.accept(workspace, item)),
                                PARALLEL_SYNCS)
                        .then();
    }
}
