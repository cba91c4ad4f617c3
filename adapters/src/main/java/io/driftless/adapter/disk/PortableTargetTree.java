package io.driftless.adapter.disk;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A target's tree with what every Java platform has. Its own directory has the same layout as that
 * of {@link LinuxTargetTree}, so that either may go on where the other stopped. It differs in this:
 *
 * <ul>
 *   <li>Replacing a file leaves its name without one for an instant.
 *   <li>What comes into being between a look and the rename that follows at once is not noticed.
 *   <li>A symlink with two slashes side by side cannot be made, and says so; a time before 1970
 *       with a fraction of a second cannot be set, and the outcome's stat shows it.
 *   <li>Where others may write to the target they can lead the setting of set-id bits, and of owner
 *       and times of symlinks, astray by exchanging directories at that instant ({@link
 *       PortableTouch}).
 * </ul>
 */
public final class PortableTargetTree extends ReadableTarget {
    private final PortableClaim claim;
    private final PortableTrash trash;
    private final Scheduler io;

    /**
     * @param path where the target is or will be made by {@link #claim}
     * @param io where the blocking calls run
     */
    public PortableTargetTree(Path path, Scheduler io, InstantSource clock, TrashLimits limits) {
        this(new PortableRoot(path), io, new PortableTrash(limits, clock));
    }

    private PortableTargetTree(PortableRoot root, Scheduler io, PortableTrash trash) {
        super(new PortableTreeReader(root, io));
        this.claim = new PortableClaim(root);
        this.trash = trash;
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
        return each(
                "stage",
                files,
                file -> file.entry().path(),
                (workspace, file) -> new PortableStaging(workspace).write(file));
    }

    @Override
    public Mono<Long> openPartial(ContentId content) {
        return ask(
                "open", content, workspace -> new PortableStaging(workspace).openPartial(content));
    }

    @Override
    public Mono<Void> writePartial(ContentId content, long offset, ByteBuffer bytes) {
        return act(
                "write",
                content,
                workspace -> new PortableStaging(workspace).writePartial(content, offset, bytes));
    }

    @Override
    public Mono<Boolean> copyIntoPartial(
            ContentId content, long offset, BlockRef block, EntryPath from, long fromOffset) {
        PortableStaging.Copy copy = new PortableStaging.Copy(block, offset, from, fromOffset);
        return ask(
                "write",
                content,
                workspace -> new PortableStaging(workspace).copyIntoPartial(content, copy));
    }

    @Override
    public Mono<Boolean> partialHolds(ContentId content, long offset, BlockRef block) {
        return ask(
                "read",
                content,
                workspace -> new PortableStaging(workspace).partialHolds(content, offset, block));
    }

    @Override
    public Mono<Outcome> finishPartial(Entry.FileEntry entry, StageName name) {
        return each(
                        "stage",
                        List.of(entry),
                        Entry.FileEntry::path,
                        (workspace, file) ->
                                new PortableStaging(workspace).finishPartial(file, name))
                .map(List::getFirst);
    }

    @Override
    public Mono<List<Outcome>> takeOver(List<TakeOver> files) {
        return each(
                "take over",
                files,
                TakeOver::from,
                (workspace, file) -> new PortableStaging(workspace).takeOver(file));
    }

    @Override
    public Mono<Void> makeDurable(List<StageName> names) {
        return act(
                "sync",
                "the stage",
                workspace -> {
                    for (StageName name : names) {
                        new PortableStaging(workspace).makeDurable(name);
                    }
                });
    }

    @Override
    public Mono<List<Outcome>> place(List<Placement> placements) {
        return each(
                "place",
                placements,
                placement -> placement.entry().path(),
                (workspace, placement) -> new PortablePlacing(workspace).place(placement));
    }

    @Override
    public Mono<List<Outcome>> makeDirectories(List<Placement> placements) {
        return each(
                "make directory",
                placements,
                placement -> placement.entry().path(),
                (workspace, placement) -> new PortablePlacing(workspace).makeDirectory(placement));
    }

    @Override
    public Mono<List<Outcome>> remove(List<Removal> removals) {
        return each(
                "remove",
                removals,
                Removal::path,
                (workspace, removal) -> new PortablePlacing(workspace).remove(removal));
    }

    @Override
    public Mono<List<Outcome>> setMetadata(List<MetadataChange> changes) {
        return each(
                "set metadata of",
                changes,
                MetadataChange::path,
                (workspace, change) -> new PortablePlacing(workspace).setMetadata(change));
    }

    @Override
    public Mono<List<Outcome>> moveToTrash(List<EntryPath> paths) {
        return each(
                "move to the trash",
                paths,
                path -> path,
                (workspace, path) -> new PortablePlacing(workspace).moveToTrash(path));
    }

    @Override
    public Mono<Void> syncDirectories(List<EntryPath> directories) {
        return act(
                "sync",
                "directories",
                workspace -> {
                    for (EntryPath path : directories) {
                        syncDirectory(workspace, path);
                    }
                });
    }

    /** A directory that is gone has nothing left to keep. */
    private static void syncDirectory(PortableWorkspace workspace, EntryPath path)
            throws IOException {
        try (PortableDirectory directory = workspace.root().open(path)) {
            PortableStaging.syncDirectory(directory);
        } catch (IOException failure) {
            if (!PortableFailures.isAbsent(failure)) {
                throw failure;
            }
        }
    }

    @Override
    public Mono<List<Leftover>> leftovers() {
        return ask("list", "the stage", workspace -> new PortableStaging(workspace).leftovers());
    }

    @Override
    public Mono<Void> discard(List<StageName> names) {
        return act(
                "discard",
                "staged files",
                workspace -> {
                    for (StageName name : names) {
                        new PortableStaging(workspace).discard(name);
                    }
                });
    }

    @Override
    public Mono<Void> keep(List<StageName> names) {
        return act(
                "keep",
                "staged files",
                workspace -> {
                    for (StageName name : names) {
                        new PortableStaging(workspace).keep(name);
                    }
                });
    }

    @Override
    public Mono<Void> dropPartialsExcept(List<ContentId> wanted) {
        return act(
                "drop",
                "partial files",
                workspace -> {
                    new PortableStaging(workspace).dropPartialsExcept(wanted);
                    workspace.expireTrash();
                });
    }

    // ---- Every piece of work

    private interface Step<T, R> {
        R run(PortableWorkspace workspace, T item) throws IOException;
    }

    private interface Question<R> {
        R run(PortableWorkspace workspace) throws IOException;
    }

    private interface Action {
        void run(PortableWorkspace workspace) throws IOException;
    }

    private <T> Mono<List<Outcome>> each(
            String verb, List<T> items, Function<T, EntryPath> path, Step<T, Outcome> step) {
        return ask(
                verb,
                "the target",
                workspace -> {
                    List<Outcome> outcomes = new ArrayList<>(items.size());
                    for (T item : items) {
                        outcomes.add(
                                outcome(
                                        verb,
                                        path.apply(item),
                                        workspace,
                                        () -> step.run(workspace, item)));
                    }
                    return outcomes;
                });
    }

    private static Outcome outcome(
            String verb,
            EntryPath path,
            PortableWorkspace workspace,
            PortableWorkspace.Work<Outcome> work) {
        try {
            return workspace.withSpace(work);
        } catch (IOException failure) {
            return PortableFailures.failed(verb, path, failure);
        }
    }

    private Mono<Void> act(String verb, Object what, Action action) {
        return ask(
                        verb,
                        what,
                        workspace -> {
                            action.run(workspace);
                            return true;
                        })
                .then();
    }

    private <R> Mono<R> ask(String verb, Object what, Question<R> question) {
        return Mono.fromCallable(() -> answer(verb, what, question)).subscribeOn(io);
    }

    private <R> R answer(String verb, Object what, Question<R> question) {
        try (PortableWorkspace workspace = PortableWorkspace.open(claim.open(), trash)) {
            return workspace.withSpace(() -> question.run(workspace));
        } catch (IOException failure) {
            throw PortableFailures.writing(verb, what, failure);
        }
    }
}
