package io.driftless.manifest;

import io.driftless.block.BlockRef;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.util.List;

/**
 * Encodes single entries, stats and lists of blocks, as rows keep them. Equal values give equal
 * bytes; decoding anything else fails with {@code STORE_OBJECT_DAMAGED}. Stateless.
 *
 * <p>Every encoded object begins with a version byte, 1, and a byte for its kind. Then, with
 * <i>n</i> an unsigned number of seven bits a byte, lowest first, top bit set on all bytes but the
 * last, in the shortest form; <i>z</i> a signed one, zigzag first; <i>hash</i> 33 bytes, algorithm
 * and digest:
 *
 * <pre>
 * entry    = 1 16 path entry-body
 * stat     = 1 17 kind(1 byte: 0 file, 1 directory, 2 symlink, 3 other) n:size metadata time:changed n:device n:inode n:links
 * blocks   = 1 18 n:count block*
 * path     = n:shared n:rest rest bytes     key bytes; shared with the path before it in the object, or 0
 * entry-body = tag(1 byte) metadata then by tag:
 *   0 file, blocks inline   n:count(0..32) block*      size and content id follow from the blocks
 *   1 file, blocks listed   n:size hash:content-id hash:top n:count
 *   2 directory
 *   3 symlink               n:length bytes
 * metadata = n:mode n:uid n:gid time        uid and gid as unsigned 32 bits
 * time     = z:seconds n:nanos
 * block    = hash n:length
 * </pre>
 */
public final class EntryCodec {
    private static final int ENTRY = 16;
    private static final int STAT = 17;
    private static final int BLOCKS = 18;

    private EntryCodec() {}

    public static byte[] encode(Entry entry) {
        ByteSink out = new ByteSink(ENTRY, 96 + entry.path().lengthBytes());
        out.path(entry.path());
        EntryBody.write(entry, out);
        return out.toBytes();
    }

    public static Entry decodeEntry(byte[] bytes) {
        return ByteSource.read(
                bytes,
                in -> {
                    in.kind(ENTRY);
                    EntryPath path = in.path();
                    return EntryBody.read(in.next(), path, in);
                });
    }

    public static byte[] encode(Stat stat) {
        ByteSink out = new ByteSink(STAT, 64);
        out.put(numberOf(stat.kind()));
        out.unsigned64(stat.sizeBytes());
        EntryBody.writeMetadata(stat.metadata(), out);
        EntryBody.writeTime(stat.changed(), out);
        out.unsigned64(stat.device());
        out.unsigned64(stat.inode());
        out.unsigned32(stat.links());
        return out.toBytes();
    }

    public static Stat decodeStat(byte[] bytes) {
        return ByteSource.read(
                bytes,
                in -> {
                    in.kind(STAT);
                    return new Stat(
                            kindOf(in.next()),
                            in.size(),
                            EntryBody.readMetadata(in),
                            EntryBody.readTime(in),
                            in.unsigned64(),
                            in.unsigned64(),
                            in.unsigned32());
                });
    }

    public static byte[] encode(List<BlockRef> blocks) {
        ByteSink out = new ByteSink(BLOCKS, 16 + blocks.size() * 37);
        EntryBody.writeBlocks(blocks, out);
        return out.toBytes();
    }

    public static List<BlockRef> decodeBlocks(byte[] bytes) {
        return ByteSource.read(
                bytes,
                in -> {
                    in.kind(BLOCKS);
                    return List.copyOf(EntryBody.readBlocks(Integer.MAX_VALUE, in));
                });
    }

    private static int numberOf(Stat.Kind kind) {
        return switch (kind) {
            case FILE -> 0;
            case DIRECTORY -> 1;
            case SYMLINK -> 2;
            case OTHER -> 3;
        };
    }

    private static Stat.Kind kindOf(int number) {
        return switch (number) {
            case 0 -> Stat.Kind.FILE;
            case 1 -> Stat.Kind.DIRECTORY;
            case 2 -> Stat.Kind.SYMLINK;
            case 3 -> Stat.Kind.OTHER;
            default -> throw ByteSource.damaged("has a stat of kind " + number);
        };
    }
}
