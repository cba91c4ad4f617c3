package io.driftless.adapter.memory;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree;
import io.driftless.port.TreeReader;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A target in a {@link MemoryTree}. Its own directory is in the tree as well, so a crash leaves it;
 * a process that ends is {@link #crash}, the next one is a new object on the same tree.
 */
public final class MemoryTargetTree implements TargetTree {
    private final MemoryTree tree;
    private final MemoryOwnArea own;
    private final MemoryStage stage;
    private final MemoryTargetEdits edits;
    private Optional<MemoryTreeReader> reader;

    public MemoryTargetTree(MemoryTree tree) {
        this.tree = tree;
        this.own = new MemoryOwnArea(tree);
        this.stage = new MemoryStage(tree, own);
        this.edits = new MemoryTargetEdits(tree, own, stage);
        this.reader = tree.node(EntryPath.ROOT).map(_ -> new MemoryTreeReader(tree));
    }

    /**
     * The process ends in the middle of whatever it does: its lock is free, and this object can do
     * nothing any more.
     */
    public void crash() {
        tree.unlock(this);
    }

    /**
     * What is in the trash, oldest first; {@link MemoryTree#bytes} and {@link MemoryTree#look} show
     * more of it.
     */
    public List<EntryPath> trash() {
        return own.trashed();
    }

    // ---- Owner

    @Override
    public Mono<Optional<Marker>> claim(Marker owner) {
        return Mono.fromCallable(() -> claimNow(owner));
    }

    private Optional<Marker> claimNow(Marker owner) {
        if (reader.isEmpty()) {
            makeRoot();
        }
        reader().root();
        Optional<Marker> before = own.marker();
        boolean isOther =
                before.filter(marker ->
                                !marker.target().equals(owner.target())
                                        || !marker.folder().equals(owner.folder()))
                        .isPresent();
        if (isOther || !tree.lock(this)) {
            throw new SyncException(
                    ErrorCode.TARGET_TAKEN, "Another folder or agent has this target.");
        }
        own.make();
        if (before.isEmpty()) {
            own.write(owner);
        }
        return before;
    }

    private void makeRoot() {
        if (tree.node(EntryPath.ROOT).isEmpty()) {
            tree.swapRoot();
        }
        reader = Optional.of(new MemoryTreeReader(tree));
    }

    @Override
    public Mono<Ground> ground() {
        return Mono.fromSupplier(() ->
                tree.node(EntryPath.ROOT).isEmpty()
                        ? new Ground.Absent(Optional.empty())
                        : own.marker()
                                .<Ground>map(Ground.Marked::new)
                                .orElseGet(Ground.Unmarked::new));
    }

    @Override
    public Mono<Boolean> adopt(Function<TreeReader, Mono<Boolean>> isRight) {
        return Mono.defer(() -> reader().adopt(isRight));
    }

    @Override
    public Mono<Void> mark(Marker marker) {
        return act(() -> own.write(marker));
    }

    @Override
    public Mono<Void> release() {
        return Mono.fromRunnable(() -> tree.unlock(this));
    }

    // ---- Stage

    @Override
    public Mono<List<Outcome>> stage(List<SmallFile> files) {
        return each(files, stage::stage);
    }

    @Override
    public Mono<Long> openPartial(ContentId content) {
        return ask(() -> stage.openPartial(content));
    }

    @Override
    public Mono<Void> writePartial(ContentId content, long offset, ByteBuffer bytes) {
        return act(() -> stage.writePartial(content, offset, bytes));
    }

    @Override
    public Mono<Boolean> copyIntoPartial(
            ContentId content, long offset, BlockRef block, EntryPath from, long fromOffset) {
        return ask(() ->
                stage.copyIntoPartial(content, offset, block, visibleBytes(from), fromOffset));
    }

    private Optional<byte[]> visibleBytes(EntryPath path) {
        return MemoryLook.isOwn(path) ? Optional.empty() : tree.bytes(path);
    }

    @Override
    public Mono<Boolean> partialHolds(ContentId content, long offset, BlockRef block) {
        return ask(() -> stage.partialHolds(content, offset, block));
    }

    @Override
    public Mono<Outcome> finishPartial(Entry.FileEntry entry, StageName name) {
        return ask(() -> stage.finishPartial(entry, name));
    }

    @Override
    public Mono<List<Outcome>> takeOver(List<TakeOver> files) {
        return each(files, edits::takeOver);
    }

    @Override
    public Mono<Void> makeDurable(List<StageName> names) {
        return act(() -> {});
    }

    // ---- Visible

    @Override
    public Mono<List<Outcome>> place(List<Placement> placements) {
        return each(placements, edits::place);
    }

    @Override
    public Mono<List<Outcome>> makeDirectories(List<Placement> placements) {
        return each(placements, edits::makeDirectory);
    }

    @Override
    public Mono<List<Outcome>> remove(List<Removal> removals) {
        return each(removals, edits::remove);
    }

    @Override
    public Mono<List<Outcome>> setMetadata(List<MetadataChange> changes) {
        return each(changes, edits::setMetadata);
    }

    @Override
    public Mono<List<Outcome>> moveToTrash(List<EntryPath> paths) {
        return each(paths, edits::moveToTrash);
    }

    @Override
    public Mono<Void> syncDirectories(List<EntryPath> directories) {
        return act(() -> {});
    }

    // ---- Recovery

    @Override
    public Mono<List<Leftover>> leftovers() {
        return ask(stage::leftovers);
    }

    @Override
    public Mono<Void> discard(List<StageName> names) {
        return act(() -> names.forEach(stage::discard));
    }

    @Override
    public Mono<Void> keep(List<StageName> names) {
        return act(() -> names.forEach(stage::keep));
    }

    @Override
    public Mono<Void> dropPartialsExcept(List<ContentId> wanted) {
        return act(() -> stage.dropPartialsExcept(wanted));
    }

    // ---- Reading

    @Override
    public Flux<Listed> walk(EntryPath top, Optional<EntryPath> after) {
        return Flux.defer(() -> reader().walk(top, after));
    }

    @Override
    public Mono<List<Listed>> list(EntryPath directory) {
        return Mono.defer(() -> reader().list(directory));
    }

    @Override
    public Mono<List<Found>> look(List<EntryPath> paths) {
        return Mono.defer(() -> reader().look(paths));
    }

    @Override
    public Mono<Cut> cut(EntryPath path, long offset, long maxBytes) {
        return Mono.defer(() -> reader().cut(path, offset, maxBytes));
    }

    @Override
    public Mono<List<ByteBuffer>> read(EntryPath path, List<Range> ranges) {
        return Mono.defer(() -> reader().read(path, ranges));
    }

    private MemoryTreeReader reader() {
        return reader.orElseThrow(
                () -> new SyncException(ErrorCode.ROOT_LOST, "The target has no root yet."));
    }

    // ---- Every change

    private <T> Mono<List<Outcome>> each(List<T> items, Function<T, Outcome> step) {
        return ask(() -> items.stream().map(step).toList());
    }

    private Mono<Void> act(Runnable action) {
        return Mono.fromRunnable(() -> {
            checkOwned();
            action.run();
        });
    }

    private <T> Mono<T> ask(Callable<T> question) {
        return Mono.fromCallable(() -> {
            checkOwned();
            return question.call();
        });
    }

    private void checkOwned() {
        reader().root();
        if (!tree.isLockedBy(this)) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN, "This target was not claimed, or was given up.");
        }
    }
}
