package io.driftless.block;

import java.util.List;

/**
 * What is inside a file.
 *
 * @param id equal ids mean equal bytes
 * @param sizeBytes plain size
 * @param blocks where its blocks are listed
 */
public record Content(ContentId id, long sizeBytes, Blocks blocks) {
    /**
     * Lists of more blocks than this leave the entry for list objects, so that a page stays small.
     */
    public static final int MAX_INLINE_BLOCKS = 32;

    /** A file's blocks: in the entry itself, or the top of a list of them. */
    public sealed interface Blocks {
        int count();

        record Inline(List<BlockRef> refs) implements Blocks {
            public Inline {
                refs = List.copyOf(refs);
            }

            @Override
            public int count() {
                return refs.size();
            }
        }

        /**
         * The blocks are in list objects; {@code top} names the topmost, as a manifest's root does
         * for entries.
         */
        record Listed(PageHash top, int count) implements Blocks {}
    }

    /** True where its blocks are too many for the entry. */
    public boolean isListed() {
        return blocks instanceof Blocks.Listed;
    }

    /** The content of an empty file. */
    public static Content empty() {
        return new Content(Sha256.content(List.of()), 0, new Blocks.Inline(List.of()));
    }
}
