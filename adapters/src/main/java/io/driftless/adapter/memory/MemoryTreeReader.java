package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a {@link MemoryTree}. A walk lists each directory when it comes there, as a walk on disk
 * does.
 */
public final class MemoryTreeReader implements TreeReader {
    private final MemoryTree tree;
    private Optional<Stat> expectedRoot;

    /** A reader for the root that the tree has now; where there is none, every call says so. */
    public MemoryTreeReader(MemoryTree tree) {
        this.tree = tree;
        this.expectedRoot = tree.node(EntryPath.ROOT).map(MemoryNode::stat);
    }

    @Override
    public Flux<Listed> walk(EntryPath top, Optional<EntryPath> after) {
        return Flux.generate(
                () -> new MemoryWalk(root(), top, after),
                (walk, sink) -> {
                    walk.next().ifPresentOrElse(sink::next, sink::complete);
                    return walk;
                });
    }

    @Override
    public Mono<List<Listed>> list(EntryPath directory) {
        return Mono.fromCallable(() -> MemoryWalk.listing(root(), directory));
    }

    @Override
    public Mono<List<Found>> look(List<EntryPath> paths) {
        return Mono.fromCallable(() -> {
            Optional<MemoryNode> root = Optional.of(root());
            return paths.stream().map(path -> look(root, path)).toList();
        });
    }

    @Override
    public Mono<Cut> cut(EntryPath path, long offset, long maxBytes) {
        return Mono.fromCallable(() -> cutNow(path, offset, maxBytes));
    }

    private Cut cutNow(EntryPath path, long offset, long maxBytes) {
        Optional<MemoryNode> root = Optional.of(root());
        Found found = look(root, path);
        Optional<MemoryNode> readable =
                found instanceof Found.Present
                        ? MemoryLook.node(root, path).filter(MemoryNode::isFile)
                        : Optional.empty();
        if (readable.isEmpty()) {
            return new Cut.Failed(found);
        }
        MemoryNode file = readable.get();
        if (!file.isReadable) {
            return new Cut.Failed(
                    new Found.Unreadable(
                            path,
                            ErrorCode.ENTRY_UNREADABLE,
                            "File " + path + " may not be read."));
        }
        Stat before = file.stat();
        byte[] bytes = readSlowly(file, path);
        var blocks = MemoryBlocks.cut(bytes, offset, maxBytes);
        long end = blocks.stream().mapToLong(block -> block.lengthBytes()).sum() + offset;
        return new Cut.Blocks(before, file.stat(), blocks, end >= bytes.length);
    }

    /** The first half is of before what happens in the middle, the second of after. */
    private byte[] readSlowly(MemoryNode file, EntryPath path) {
        byte[] before = file.bytes;
        tree.listeners().tellOfReading(path);
        byte[] read = file.bytes.clone();
        System.arraycopy(before, 0, read, 0, Math.min(before.length, read.length) / 2);
        return read;
    }

    @Override
    public Mono<List<ByteBuffer>> read(EntryPath path, List<Range> ranges) {
        return Mono.fromCallable(() -> {
            MemoryNode file = readableFile(path);
            tree.listeners().tellOfReading(path);
            return ranges.stream().map(range -> slice(file.bytes, range)).toList();
        });
    }

    @Override
    public Mono<Boolean> adopt(Function<TreeReader, Mono<Boolean>> isRight) {
        return Mono.defer(() -> Mono.justOrEmpty(tree.node(EntryPath.ROOT)))
                .map(root -> new MemoryTreeReader(tree))
                .flatMap(now ->
                        isRight.apply(now)
                                .doOnNext(isTaken -> {
                                    if (isTaken) {
                                        expectedRoot = now.expectedRoot;
                                    }
                                }))
                .defaultIfEmpty(false);
    }

    private MemoryNode readableFile(EntryPath path) {
        Optional<MemoryNode> root = Optional.of(root());
        Found found = look(root, path);
        if (found instanceof Found.Unreadable(EntryPath _, ErrorCode code, String message)) {
            throw new SyncException(code, message);
        }
        if (!(found instanceof Found.Present present) || present.stat().kind() != Stat.Kind.FILE) {
            throw new SyncException(ErrorCode.ENTRY_VANISHED, "There is no file " + path + ".");
        }
        MemoryNode file = MemoryLook.node(root, path).orElseThrow();
        if (!file.isReadable) {
            throw new SyncException(
                    ErrorCode.ENTRY_UNREADABLE, "File " + path + " may not be read.");
        }
        return file;
    }

    /** Shorter where the file ends sooner. */
    private static ByteBuffer slice(byte[] bytes, Range range) {
        int from = (int) Math.min(range.offset(), bytes.length);
        int to = (int) Math.min(range.offset() + range.lengthBytes(), bytes.length);
        return ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to));
    }

    private static Found look(Optional<MemoryNode> root, EntryPath path) {
        return MemoryLook.isOwn(path) ? new Found.Absent(path) : MemoryLook.at(root, path);
    }

    /** The root as its name leads to it now. */
    MemoryNode root() {
        return tree.node(EntryPath.ROOT)
                .filter(node -> expectedRoot.filter(node.stat()::isSameInode).isPresent())
                .orElseThrow(MemoryTreeReader::lost);
    }

    private static SyncException lost() {
        return new SyncException(ErrorCode.ROOT_LOST, "The root is not the directory it was.");
    }
}
