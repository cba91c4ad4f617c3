package io.driftless.block;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.function.Consumer;

/**
 * Cuts a file into named blocks in one pass, keeping none of its bytes. Feed it the file in any
 * pieces, then {@link #finish()}; afterwards it is ready for the next file. Not for several
 * threads.
 */
public final class BlockCutter {
    private static final int SCRATCH_BYTES = 64 << 10;

    private final Consumer<BlockRef> blocks;
    private final Chunker chunker = new Chunker();
    private final MessageDigest digest = Sha256.newDigest();
    private byte[] scratch = new byte[0];

    /**
     * @param blocks is given each block as soon as it ended
     */
    public BlockCutter(Consumer<BlockRef> blocks) {
        this.blocks = blocks;
    }

    /** The next bytes of the file, {@code from} to {@code to}. */
    public void feed(byte[] data, int from, int to) {
        int at = from;
        while (at < to) {
            int open = chunker.openBytes();
            int taken = chunker.next(data, at, to);
            if (taken < 0) {
                digest.update(data, at, to - at);
                return;
            }
            digest.update(data, at, taken);
            emit(open + taken);
            at += taken;
        }
    }

    /** The next bytes of the file: all that remain in the buffer, on the heap or off it. */
    public void feed(ByteBuffer data) {
        if (data.hasArray()) {
            int from = data.arrayOffset() + data.position();
            feed(data.array(), from, from + data.remaining());
            data.position(data.limit());
            return;
        }
        if (scratch.length == 0) {
            scratch = new byte[SCRATCH_BYTES];
        }
        while (data.hasRemaining()) {
            int size = Math.min(scratch.length, data.remaining());
            data.get(scratch, 0, size);
            feed(scratch, 0, size);
        }
    }

    /**
     * Bytes fed since the last block ended; 0 exactly where a block just ended or nothing was fed.
     */
    public int openBytes() {
        return chunker.openBytes();
    }

    /** The file is at its end: so is its last block. */
    public void finish() {
        if (chunker.openBytes() > 0) {
            emit(chunker.openBytes());
        }
        chunker.reset();
    }

    /** Forgets the unfinished block, to begin another file. */
    public void abandon() {
        digest.reset();
        chunker.reset();
    }

    private void emit(int lengthBytes) {
        blocks.accept(new BlockRef(BlockHash.ofDigest(digest.digest()), lengthBytes));
    }
}
