package io.driftless.reconciler;

/**
 * What one collection of garbage came to.
 *
 * @param commits commits that are no longer retained and went
 * @param condemned packs and pages that nothing retained needs, dying from now on
 * @param buried those whose object was deleted
 * @param forgotten those whose object was deleted a second time and whose row went
 * @param repaired pages and locations that the store had lost or damaged and that were written
 *     again
 */
public record Collected(long commits, long condemned, long buried, long forgotten, long repaired) {
    static final Collected NOTHING = new Collected(0, 0, 0, 0, 0);
}
