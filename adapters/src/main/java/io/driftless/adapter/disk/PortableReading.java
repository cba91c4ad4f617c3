package io.driftless.adapter.disk;

import io.driftless.block.BlockCutter;
import io.driftless.block.BlockRef;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader.Cut;
import io.driftless.port.TreeReader.Range;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the bytes of files. An open file cannot be looked at itself, so its name is, before it is
 * opened and after the last byte: a file that was replaced meanwhile has another inode then.
 */
final class PortableReading {
    private static final int CHUNK_BYTES = 1 << 20;

    private PortableReading() {}

    static Cut cut(PortableDirectory root, EntryPath path, long offset, long maxBytes) {
        Found found = PortableTreeReader.look(root, path);
        if (!(found instanceof Found.Present present) || present.stat().kind() != Stat.Kind.FILE) {
            return new Cut.Failed(found);
        }
        try (PortableDirectory parent = root.open(path.parent());
                FileChannel file = parent.file(path.nameBytes(), StandardOpenOption.READ)) {
            BoundedCut cutting = new BoundedCut(maxBytes);
            cutting.run(file, offset);
            Stat after = parent.stat(path.nameBytes());
            boolean isWhole = offset + cutting.cutBytes >= after.sizeBytes();
            return new Cut.Blocks(present.stat(), after, cutting.blocks, isWhole);
        } catch (IOException failure) {
            return new Cut.Failed(PortableFailures.found(path, failure));
        }
    }

    /** Takes blocks until one ends at or beyond the limit. */
    private static final class BoundedCut {
        private final long maxBytes;
        private final List<BlockRef> blocks = new ArrayList<>();
        private long cutBytes;

        BoundedCut(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        void run(FileChannel file, long offset) throws IOException {
            BlockCutter cutter = new BlockCutter(this::take);
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
            for (long at = offset; cutBytes < maxBytes; at += chunk.limit()) {
                readFully(file, at, chunk.clear());
                if (!chunk.hasRemaining()) {
                    break;
                }
                cutter.feed(chunk.array(), 0, chunk.limit());
            }
            cutter.finish();
        }

        private void take(BlockRef block) {
            if (cutBytes < maxBytes) {
                blocks.add(block);
                cutBytes += block.lengthBytes();
            }
        }
    }

    /** Fills the buffer from there on, as far as the file goes, and turns it to be read. */
    static void readFully(FileChannel file, long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int length = file.read(into, at);
            if (length < 0) {
                break;
            }
            at += length;
        }
        into.flip();
    }

    /** Shorter where the file ends sooner. */
    static List<ByteBuffer> read(PortableDirectory root, EntryPath path, List<Range> ranges) {
        Found found = PortableTreeReader.look(root, path);
        if (found instanceof Found.Unreadable(EntryPath _, ErrorCode code, String message)) {
            throw new SyncException(code, message);
        }
        if (!(found instanceof Found.Present present) || present.stat().kind() != Stat.Kind.FILE) {
            throw new SyncException(ErrorCode.ENTRY_VANISHED, "There is no file " + path + ".");
        }
        try (PortableDirectory parent = root.open(path.parent());
                FileChannel file = parent.file(path.nameBytes(), StandardOpenOption.READ)) {
            List<ByteBuffer> pieces = new ArrayList<>(ranges.size());
            for (Range range : ranges) {
                ByteBuffer piece = ByteBuffer.allocate(range.lengthBytes());
                readFully(file, range.offset(), piece);
                pieces.add(piece);
            }
            return pieces;
        } catch (IOException failure) {
            throw PortableFailures.reading(path, failure);
        }
    }
}
