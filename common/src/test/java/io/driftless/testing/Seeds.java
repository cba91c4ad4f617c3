package io.driftless.testing;

import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs a law with many seeds. A failure names the seed; {@code -Dseed=N} runs that one alone, and
 * {@code -DfirstSeed=N} begins with another than 0.
 */
public final class Seeds {
    private static final int COUNT = 200;

    private Seeds() {}

    public static void forEach(Consumer<Random> law) {
        forEach(COUNT, law);
    }

    /** For laws that take long: fewer seeds. */
    public static void forEach(int count, Consumer<Random> law) {
        Long only = Long.getLong("seed");
        if (only != null) {
            law.accept(randomOf(only));
            return;
        }
        long first = Long.getLong("firstSeed", 0);
        for (long seed = first; seed < first + count; seed++) {
            try {
                law.accept(randomOf(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Fails with -Dseed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * Spreads the seed first: neighbouring seeds of {@link Random} begin with nearly the same
     * numbers.
     */
    public static Random randomOf(long seed) {
        return new Random((seed + 1) * 0x9e3779b97f4a7c15L);
    }
}
