package io.driftless.adapter.disk;

import io.driftless.block.BlockCutter;
import io.driftless.block.BlockRef;
import io.driftless.block.Chunker;
import io.driftless.block.Sha256;
import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader.Cut;
import io.driftless.port.TreeReader.Range;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the bytes of files. */
final class FileReading {
    private FileReading() {}

    static Cut cut(Descriptor root, EntryPath path, long offset, long maxBytes) {
        if (Own.holds(path)) {
            return new Cut.Failed(new Found.Absent(path));
        }
        try (Descriptor file = Opening.reading(root.number(), path)) {
            int looked = file.isOpen() ? Statx.look(file) : file.number();
            if (looked < 0 || Statx.seen().kind() != Stat.Kind.FILE) {
                return new Cut.Failed(whatElse(root, path, looked));
            }
            return cut(file, path, new Extent(Statx.seen(), offset, maxBytes));
        }
    }

    private record Extent(Stat before, long offset, long maxBytes) {}

    /** What is there instead of a file that can be opened. */
    private static Found whatElse(Descriptor root, EntryPath path, int result) {
        try (Directories directories = Directories.forReading(root)) {
            Found found = Look.at(directories, path);
            boolean isClosedFile =
                    found instanceof Found.Present present
                            && present.stat().kind() == Stat.Kind.FILE;
            return isClosedFile ? Failures.unreadable(path, result) : found;
        }
    }

    private static Cut cut(Descriptor file, EntryPath path, Extent extent) {
        Transfer.readsInOrder(file);
        BoundedCut cutting = new BoundedCut(extent.maxBytes);
        long failure = cutting.run(file, extent.offset);
        int looked = failure < 0 ? (int) failure : Statx.look(file);
        if (looked < 0) {
            return new Cut.Failed(Failures.unreadable(path, looked));
        }
        Stat after = Statx.seen();
        boolean isWhole = extent.offset + cutting.cutBytes >= after.sizeBytes();
        return new Cut.Blocks(extent.before, after, cutting.blocks, isWhole);
    }

    /** Takes blocks until one ends at or beyond the limit. */
    private static final class BoundedCut {
        private final long maxBytes;
        private final List<BlockRef> blocks = new ArrayList<>();
        private long cutBytes;

        BoundedCut(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        /** Zero, or the negative errno. */
        long run(Descriptor file, long offset) {
            MemorySegment room = Scratch.get().transfer();
            long length = Transfer.read(file, offset, room);
            if (length > 0 && length <= Chunker.MIN_BYTES) {
                take(blockOf(room.asSlice(0, length)));
                return 0;
            }
            BlockCutter cutter = new BlockCutter(this::take);
            for (long at = offset;
                    length > 0 && cutBytes < maxBytes;
                    length = Transfer.read(file, at, room)) {
                cutter.feed(room.asSlice(0, length).asByteBuffer());
                at += length;
            }
            cutter.finish();
            return Math.min(length, 0);
        }

        /**
         * What the file's end leaves is its last block; a whole file of one block is cut without
         * the cutter.
         */
        private static BlockRef blockOf(MemorySegment bytes) {
            return new BlockRef(Sha256.block(bytes.asByteBuffer()), (int) bytes.byteSize());
        }

        private void take(BlockRef block) {
            if (cutBytes < maxBytes) {
                blocks.add(block);
                cutBytes += block.lengthBytes();
            }
        }
    }

    /** Shorter where the file ends sooner. */
    static List<ByteBuffer> read(Descriptor root, EntryPath path, List<Range> ranges) {
        try (Descriptor file = regularFile(root, path)) {
            if (!file.isOpen()) {
                throw Failures.reading(path, file.number());
            }
            List<ByteBuffer> pieces = new ArrayList<>(ranges.size());
            for (Range range : ranges) {
                MemorySegment room = Scratch.get().block().asSlice(0, range.lengthBytes());
                long length = Transfer.read(file, range.offset(), room);
                if (length < 0) {
                    throw Failures.reading(path, length);
                }
                pieces.add(ByteBuffer.wrap(room.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE)));
            }
            return pieces;
        }
    }

    /**
     * A file of this tree, opened to be read. Anything that is no regular file counts as absent.
     */
    static Descriptor regularFile(Descriptor root, EntryPath path) {
        if (Own.holds(path)) {
            return new Descriptor(-Errno.ENOENT);
        }
        Descriptor file = Opening.reading(root.number(), path);
        int looked = file.isOpen() ? Statx.look(file) : file.number();
        if (looked >= 0 && Statx.seen().kind() == Stat.Kind.FILE) {
            return file;
        }
        file.close();
        return new Descriptor(looked < 0 ? looked : -Errno.ENOENT);
    }
}
