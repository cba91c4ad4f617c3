package io.driftless.testing;

/**
 * Bytes for golden vectors, easy to make in any language: SplitMix64 from a seed, each number as
 * eight bytes, lowest first.
 */
public final class PseudoRandom {
    private PseudoRandom() {}

    public static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        long state = seed;
        for (int i = 0; i < length; i += 8) {
            state += 0x9e3779b97f4a7c15L;
            long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
            mixed ^= mixed >>> 31;
            for (int k = 0; k < 8 && i + k < length; k++) {
                bytes[i + k] = (byte) (mixed >>> (8 * k));
            }
        }
        return bytes;
    }
}
