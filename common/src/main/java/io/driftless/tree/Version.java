package io.driftless.tree;

/**
 * The version of one index row, from one sequence for the whole database: never used twice, not
 * even by a row that was removed and made again. Says nothing about the order of commits.
 *
 * @param value positive; 0 is before all
 */
public record Version(long value) implements Comparable<Version> {
    @Override
    public int compareTo(Version other) {
        return Long.compare(value, other.value);
    }
}
