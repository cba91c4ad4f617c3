package io.driftless.manifest;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.List;

/**
 * One node of a manifest or of a list of blocks. Its name is the digest of its plain encoding
 * ({@link PageCodec}).
 */
public sealed interface Page {
    /** No page has more items than this. */
    int MAX_ITEMS = 512;

    /**
     * Entries in path order.
     *
     * @param entries 0 (only in the one page of an empty manifest) to {@link #MAX_ITEMS}
     */
    record Leaf(List<Entry> entries) implements Page {
        public Leaf {
            entries = List.copyOf(entries);
            checkSize(entries.size());
        }
    }

    /**
     * Pages one level below, in path order.
     *
     * @param level 1 and up; the level below holds leaves or branches of {@code level - 1}
     */
    record Branch(int level, List<Child> children) implements Page {
        public Branch {
            children = List.copyOf(children);
            checkSize(children.size());
        }
    }

    /**
     * A page as its parent names it.
     *
     * @param last the path of the last entry below it
     * @param entries how many entries are below it
     * @param bytes the sum of their file sizes
     */
    record Child(EntryPath last, PageHash page, long entries, long bytes) {}

    /** A piece of a file's list of blocks, in file order; level 0. */
    record BlockLeaf(List<BlockRef> blocks) implements Page {
        public BlockLeaf {
            blocks = List.copyOf(blocks);
            checkSize(blocks.size());
        }
    }

    /** Lists of blocks one level below, in file order; level 1 and up. */
    record BlockBranch(int level, List<PageHash> lists) implements Page {
        public BlockBranch {
            lists = List.copyOf(lists);
            checkSize(lists.size());
        }
    }

    /** The blocks that it names itself: locations stand beside pages that have some. */
    default List<BlockRef> blocks() {
        return switch (this) {
            case Leaf(var entries) ->
                    entries.stream().flatMap(entry -> inline(entry).stream()).toList();
            case BlockLeaf(var refs) -> refs;
            case Branch _, BlockBranch _ -> List.of();
        };
    }

    private static List<BlockRef> inline(Entry entry) {
        return entry instanceof Entry.FileEntry file
                        && file.content().blocks() instanceof Content.Blocks.Inline(var refs)
                ? refs
                : List.of();
    }

    private static void checkSize(int items) {
        if (items > MAX_ITEMS) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "A page has at most " + MAX_ITEMS + " items, this one " + items + ".");
        }
    }
}
