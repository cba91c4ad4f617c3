package io.driftless.manifest;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Content.Blocks;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Entry.SymlinkEntry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.util.ArrayList;
import java.util.List;

/** The part of an entry that follows its path, wherever entries are encoded. */
final class EntryBody {
    static final int INLINE_FILE = 0;
    static final int LISTED_FILE = 1;
    static final int DIRECTORY = 2;
    static final int SYMLINK = 3;

    /** Longest symlink; every file system we know stops far below. */
    static final int MAX_LINK_BYTES = 65_535;

    private EntryBody() {}

    static void write(Entry entry, ByteSink out) {
        switch (entry) {
            case FileEntry(var _, var metadata, var content) -> {
                out.put(content.blocks() instanceof Blocks.Inline ? INLINE_FILE : LISTED_FILE);
                writeMetadata(metadata, out);
                writeContent(content, out);
            }
            case DirectoryEntry(var _, var metadata) -> {
                out.put(DIRECTORY);
                writeMetadata(metadata, out);
            }
            case SymlinkEntry(var _, var metadata, var target) -> {
                out.put(SYMLINK);
                writeMetadata(metadata, out);
                byte[] link = target.toBytes();
                check(link.length <= MAX_LINK_BYTES, "A symlink has " + link.length + " bytes.");
                out.unsigned32(link.length);
                out.put(link);
            }
        }
    }

    static Entry read(int tag, EntryPath path, ByteSource in) {
        Metadata metadata = readMetadata(in);
        return switch (tag) {
            case INLINE_FILE -> new FileEntry(path, metadata, readInline(in));
            case LISTED_FILE -> new FileEntry(path, metadata, readListed(in));
            case DIRECTORY -> new DirectoryEntry(path, metadata);
            case SYMLINK -> new SymlinkEntry(path, metadata, readLink(in));
            default -> throw ByteSource.damaged("has an entry of kind " + tag);
        };
    }

    static void writeMetadata(Metadata metadata, ByteSink out) {
        out.unsigned32(metadata.mode());
        out.unsigned32(metadata.uid());
        out.unsigned32(metadata.gid());
        writeTime(metadata.modified(), out);
    }

    static Metadata readMetadata(ByteSource in) {
        return new Metadata(in.atMost(07777), in.unsigned32(), in.unsigned32(), readTime(in));
    }

    static void writeTime(Timestamp time, ByteSink out) {
        out.signed64(time.seconds());
        out.unsigned32(time.nanos());
    }

    static Timestamp readTime(ByteSource in) {
        return new Timestamp(in.signed64(), in.atMost(999_999_999));
    }

    static void writeBlocks(List<BlockRef> blocks, ByteSink out) {
        out.unsigned32(blocks.size());
        blocks.forEach(out::block);
    }

    static List<BlockRef> readBlocks(int max, ByteSource in) {
        int count = in.count(max, ByteSink.MIN_BLOCK_BYTES);
        List<BlockRef> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blocks.add(in.block());
        }
        return blocks;
    }

    private static void writeContent(Content content, ByteSink out) {
        switch (content.blocks()) {
            case Blocks.Inline(var refs) -> {
                check(
                        content.equals(BlockLists.inline(refs)),
                        "A content is not that of its blocks: " + content.id());
                writeBlocks(refs, out);
            }
            case Blocks.Listed(var top, var count) -> {
                check(
                        count > Content.MAX_INLINE_BLOCKS,
                        "A list of " + count + " blocks belongs into its entry.");
                out.unsigned64(content.sizeBytes());
                out.hash(content.id());
                out.hash(top);
                out.unsigned32(count);
            }
        }
    }

    private static Content readInline(ByteSource in) {
        return BlockLists.inline(readBlocks(Content.MAX_INLINE_BLOCKS, in));
    }

    private static Content readListed(ByteSource in) {
        long size = in.size();
        ContentId id = ContentId.ofBytes(in.take(ContentId.STORED_BYTES));
        Blocks blocks = new Blocks.Listed(in.pageHash(), in.atMost(Integer.MAX_VALUE));
        boolean isPossible =
                blocks.count() > Content.MAX_INLINE_BLOCKS
                        && size >= blocks.count()
                        && size <= (long) blocks.count() * BlockRef.MAX_LENGTH_BYTES;
        if (!isPossible) {
            throw ByteSource.damaged("has a list of blocks that cannot be of its size");
        }
        return new Content(id, size, blocks);
    }

    private static LinkTarget readLink(ByteSource in) {
        return LinkTarget.ofBytes(in.take(in.atMost(MAX_LINK_BYTES)));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new SyncException(ErrorCode.INVARIANT_BROKEN, otherwise);
        }
    }
}
