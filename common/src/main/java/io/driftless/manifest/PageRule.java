package io.driftless.manifest;

import io.driftless.block.Hash;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.path.EntryPath;

/**
 * Where pages end. A page of level {@code k} ends with an item whose digest has bits {@code 7k} to
 * {@code 7k + 6} zero, bit 0 being the lowest of the digest's last byte; so pages have 128 items on
 * average, and the same items are cut alike whatever stands around them. Digests have too few bits
 * for levels from 36 on, which end at {@link Page#MAX_ITEMS} alone, as every page does.
 */
public final class PageRule {
    private static final int BITS = 7;
    private static final int LEVELS = 256 / BITS;

    private PageRule() {}

    public static boolean endsPage(Hash digest, int level) {
        return level < LEVELS && digest.hasZeroBits(BITS * level, BITS);
    }

    /** The digest that decides for the item with this key in a manifest, at every level. */
    public static PageHash digestOf(EntryPath key) {
        return Sha256.page(key.key());
    }
}
