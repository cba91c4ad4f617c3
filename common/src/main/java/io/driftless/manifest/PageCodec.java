package io.driftless.manifest;

import io.driftless.block.BlockRef;
import io.driftless.block.Hash;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.Page.BlockBranch;
import io.driftless.manifest.Page.BlockLeaf;
import io.driftless.manifest.Page.Branch;
import io.driftless.manifest.Page.Child;
import io.driftless.manifest.Page.Leaf;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes pages. Equal pages give equal bytes; decoding anything else fails with {@code
 * STORE_OBJECT_DAMAGED}, so a page that was decoded keeps the rules: 1 to 512 items (0 only in a
 * leaf), paths in order, levels within bounds. Stateless.
 *
 * <p>Notation as in {@link EntryCodec}:
 *
 * <pre>
 * leaf         = 1 0 n:count (path entry-body)*
 * branch       = 1 1 n:level n:count (path:last hash:page n:entries n:bytes)*
 * block leaf   = 1 2 n:count block*
 * block branch = 1 3 n:level n:count hash*
 * </pre>
 */
public final class PageCodec {
    /**
     * Pages of higher levels cannot come about: from level 36 on ({@link PageRule}) every page but
     * the last has {@link Page#MAX_ITEMS} items.
     */
    static final int MAX_LEVEL = 63;

    private static final int LEAF = 0;
    private static final int BRANCH = 1;
    private static final int BLOCK_LEAF = 2;
    private static final int BLOCK_BRANCH = 3;

    private static final int MIN_ENTRY_BYTES = 8;
    private static final int MIN_CHILD_BYTES = 4 + Hash.STORED_BYTES;

    private PageCodec() {}

    public static byte[] encode(Page page) {
        return switch (page) {
            case Leaf(var entries) -> encodeLeaf(entries);
            case Branch(var level, var children) -> encodeBranch(level, children);
            case BlockLeaf(var blocks) -> encodeBlocks(blocks);
            case BlockBranch(var level, var lists) -> encodeLists(level, lists);
        };
    }

    /** The page's name: the digest of its encoding. */
    public static PageHash name(Page page) {
        return Sha256.page(encode(page));
    }

    /** Reads bytes that were stored under this name; other bytes are damage. */
    public static Page decode(PageHash expected, byte[] bytes) {
        if (!Sha256.page(bytes).equals(expected)) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED,
                    "The bytes of page " + expected + " are not its own.");
        }
        return decode(bytes);
    }

    public static Page decode(byte[] bytes) {
        return ByteSource.read(
                bytes,
                in -> {
                    int kind = in.next();
                    return switch (kind) {
                        case LEAF -> decodeLeaf(in);
                        case BRANCH -> decodeBranch(in);
                        case BLOCK_LEAF ->
                                new BlockLeaf(nonEmpty(EntryBody.readBlocks(Page.MAX_ITEMS, in)));
                        case BLOCK_BRANCH -> new BlockBranch(level(in), decodeLists(in));
                        default -> throw ByteSource.damaged("is no page but of kind " + kind);
                    };
                });
    }

    private static byte[] encodeLeaf(List<Entry> entries) {
        ByteSink out = new ByteSink(LEAF, 16 + entries.size() * 96);
        out.unsigned32(entries.size());
        for (Entry entry : entries) {
            out.path(entry.path());
            EntryBody.write(entry, out);
        }
        return out.toBytes();
    }

    private static Leaf decodeLeaf(ByteSource in) {
        int count = in.count(Page.MAX_ITEMS, MIN_ENTRY_BYTES);
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            EntryPath path = in.path();
            entries.add(EntryBody.read(in.next(), path, in));
        }
        return new Leaf(entries);
    }

    private static byte[] encodeBranch(int level, List<Child> children) {
        ByteSink out = new ByteSink(BRANCH, 16 + children.size() * 96);
        out.unsigned32(level);
        out.unsigned32(children.size());
        for (Child child : children) {
            out.path(child.last());
            out.hash(child.page());
            out.unsigned64(child.entries());
            out.unsigned64(child.bytes());
        }
        return out.toBytes();
    }

    private static Branch decodeBranch(ByteSource in) {
        int level = level(in);
        int count = in.count(Page.MAX_ITEMS, MIN_CHILD_BYTES);
        List<Child> children = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            children.add(new Child(in.path(), in.pageHash(), in.size(), in.size()));
        }
        return new Branch(level, nonEmpty(children));
    }

    private static byte[] encodeBlocks(List<BlockRef> blocks) {
        ByteSink out = new ByteSink(BLOCK_LEAF, 16 + blocks.size() * 37);
        EntryBody.writeBlocks(blocks, out);
        return out.toBytes();
    }

    private static byte[] encodeLists(int level, List<PageHash> lists) {
        ByteSink out = new ByteSink(BLOCK_BRANCH, 16 + lists.size() * Hash.STORED_BYTES);
        out.unsigned32(level);
        out.unsigned32(lists.size());
        lists.forEach(out::hash);
        return out.toBytes();
    }

    private static List<PageHash> decodeLists(ByteSource in) {
        int count = in.count(Page.MAX_ITEMS, Hash.STORED_BYTES);
        List<PageHash> lists = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lists.add(in.pageHash());
        }
        return nonEmpty(lists);
    }

    private static int level(ByteSource in) {
        int level = in.atMost(MAX_LEVEL);
        if (level == 0) {
            throw ByteSource.damaged("is a branch of level 0");
        }
        return level;
    }

    private static <T> List<T> nonEmpty(List<T> items) {
        if (items.isEmpty()) {
            throw ByteSource.damaged("is a page without items");
        }
        return items;
    }
}
