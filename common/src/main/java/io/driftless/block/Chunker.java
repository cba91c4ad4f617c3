package io.driftless.block;

/**
 * Finds where the blocks of a file end, from its bytes alone: equal runs of bytes are cut alike
 * wherever they stand, so an insertion changes a few blocks near it and no others. FastCDC with
 * normalisation level 2.
 *
 * <p>Byte {@code p} of a block, counted from 0, is looked at from {@link #MIN_BYTES} on: the
 * fingerprint, 0 before, is shifted left by one and the byte's gear value added. The block ends
 * with this byte where the fingerprint's top 22 bits are zero, or from {@link #NORMAL_BYTES} on its
 * top 18 bits. It ends anyway at {@link #MAX_BYTES} and at the end of the file.
 *
 * <p>An instance remembers where in a block it stands and may be fed a file in any pieces. Not for
 * several threads.
 */
public final class Chunker {
    /** Up to here nothing is looked at; only a file's last block may be as short or shorter. */
    public static final int MIN_BYTES = 256 << 10;

    /** From here on a cut is sixteen times as likely. */
    public static final int NORMAL_BYTES = 1 << 20;

    public static final int MAX_BYTES = BlockRef.MAX_LENGTH_BYTES;

    private static final long STRICT = -1L << (64 - 22);
    private static final long LOOSE = -1L << (64 - 18);
    private static final long[] GEAR = GearTable.values();

    private int length;
    private long fingerprint;

    /**
     * The length of the block that begins at {@code from}, or -1 where {@code to} comes before its
     * end and more bytes will follow. 0 only for nothing at the end of a file.
     */
    public static int nextCut(byte[] data, int from, int to, boolean atEnd) {
        int length = new Chunker().next(data, from, to);
        return length < 0 && atEnd ? to - from : length;
    }

    /**
     * How many of the bytes {@code from} to {@code to}, which follow those given before, belong to
     * the current block where it ends among them; the next block then begins right after. -1 where
     * all belong to it and it goes on.
     */
    public int next(byte[] data, int from, int to) {
        int at = from + Math.clamp(MIN_BYTES - (long) length, 0, to - from);
        int end = scan(data, at, limit(from, to, NORMAL_BYTES), STRICT);
        if (end < 0) {
            at = Math.max(at, limit(from, to, NORMAL_BYTES));
            end = scan(data, at, limit(from, to, MAX_BYTES), LOOSE);
        }
        if (end < 0 && limit(from, to, MAX_BYTES) - from == MAX_BYTES - length) {
            end = limit(from, to, MAX_BYTES);
        }
        if (end < 0) {
            length += to - from;
            return -1;
        }
        reset();
        return end - from;
    }

    /** Bytes of the current block so far. */
    public int openBytes() {
        return length;
    }

    /** Begins a new file. */
    public void reset() {
        length = 0;
        fingerprint = 0;
    }

    /**
     * Where in the data the block's byte number {@code position} is, but not beyond {@code to} nor
     * before {@code from}.
     */
    private int limit(int from, int to, int position) {
        return from + Math.clamp(position - (long) length, 0, to - from);
    }

    /** The end of the first byte at which the fingerprint has no bit of the mask, or -1. */
    private int scan(byte[] data, int from, int to, long mask) {
        long rolling = fingerprint;
        for (int i = from; i < to; i++) {
            rolling = (rolling << 1) + GEAR[data[i] & 0xff];
            if ((rolling & mask) == 0) {
                return i + 1;
            }
        }
        fingerprint = rolling;
        return -1;
    }
}
