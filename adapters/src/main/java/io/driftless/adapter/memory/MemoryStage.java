package io.driftless.adapter.memory;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Files on their way: staged whole, or partial. */
final class MemoryStage {
    private final MemoryTree tree;
    private final MemoryOwnArea own;

    MemoryStage(MemoryTree tree, MemoryOwnArea own) {
        this.tree = tree;
        this.own = own;
    }

    Outcome stage(SmallFile file) {
        own.make();
        EntryPath staged = own.staged(file.name());
        if (tree.node(staged).isPresent()) {
            return inUse(file.name());
        }
        tree.write(staged, joined(file.pieces()));
        return described(staged, file.entry().metadata());
    }

    private static byte[] joined(List<ByteBuffer> pieces) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pieces.forEach(piece -> bytes.writeBytes(bytesOf(piece)));
        return bytes.toByteArray();
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Sets the metadata of something in the stage. */
    Outcome described(EntryPath staged, Metadata metadata) {
        tree.describe(staged, old -> metadata);
        return new Outcome.Done(tree.node(staged).map(MemoryNode::stat), false);
    }

    static Outcome inUse(StageName name) {
        return new Outcome.Failed(
                ErrorCode.INVARIANT_BROKEN, "Stage name " + name.value() + " is in use.");
    }

    long openPartial(ContentId content) {
        own.make();
        EntryPath partial = own.partial(content);
        if (tree.node(partial).isEmpty()) {
            tree.write(partial, new byte[0]);
        }
        return tree.bytes(partial).orElseThrow().length;
    }

    void writePartial(ContentId content, long offset, ByteBuffer bytes) {
        openPartial(content);
        tree.overwrite(own.partial(content), Math.toIntExact(offset), bytesOf(bytes));
    }

    /**
     * @param source the file's bytes; empty where there is no such file
     */
    boolean copyIntoPartial(
            ContentId content,
            long offset,
            BlockRef block,
            Optional<byte[]> source,
            long fromOffset) {
        long end = fromOffset + block.lengthBytes();
        if (source.isEmpty() || source.get().length < end) {
            return false;
        }
        int from = Math.toIntExact(fromOffset);
        writePartial(content, offset, ByteBuffer.wrap(source.get(), from, block.lengthBytes()));
        return partialHolds(content, offset, block);
    }

    boolean partialHolds(ContentId content, long offset, BlockRef block) {
        byte[] bytes = tree.bytes(own.partial(content)).orElse(new byte[0]);
        if (bytes.length < offset + block.lengthBytes()) {
            return false;
        }
        ByteBuffer there = ByteBuffer.wrap(bytes, Math.toIntExact(offset), block.lengthBytes());
        return Sha256.block(there).equals(block.hash());
    }

    Outcome finishPartial(Entry.FileEntry entry, StageName name) {
        EntryPath partial = own.partial(entry.content().id());
        EntryPath staged = own.staged(name);
        int size = Math.toIntExact(entry.content().sizeBytes());
        if (tree.bytes(partial).filter(bytes -> bytes.length >= size).isEmpty()) {
            return new Outcome.Failed(
                    ErrorCode.BLOCK_MISMATCH, "The partial file is shorter than its content.");
        }
        if (tree.node(staged).isPresent()) {
            return inUse(name);
        }
        tree.truncate(partial, size);
        tree.rename(partial, staged);
        return described(staged, entry.metadata());
    }

    void dropPartialsExcept(List<ContentId> wanted) {
        Set<String> kept = wanted.stream().map(ContentId::toString).collect(Collectors.toSet());
        own.partialNames().stream()
                .filter(name -> !kept.contains(name.toString()))
                .forEach(name -> tree.delete(own.partial(ContentId.parse(name.toString()))));
    }

    List<Leftover> leftovers() {
        return own.stagedNames().stream()
                .map(name -> new StageName(name.toString()))
                .map(name -> new Leftover(name, tree.node(own.staged(name)).orElseThrow().stat()))
                .toList();
    }

    /** A directory is never ours. */
    void discard(StageName name) {
        if (tree.node(own.staged(name)).filter(MemoryNode::isDirectory).isPresent()) {
            keep(name);
        } else {
            tree.unlink(own.staged(name));
        }
    }

    void keep(StageName name) {
        EntryPath staged = own.staged(name);
        if (tree.node(staged).isPresent()) {
            own.keep(staged);
        }
    }
}
