package io.driftless.manifest;

import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Content.Blocks;
import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.change.Change;
import io.driftless.manifest.Page.Child;
import io.driftless.path.EntryPath;
import io.driftless.testing.RandomTrees;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Entry.SymlinkEntry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** One value of each encoded kind, with every case in it, and random ones. */
final class Samples {
    static final UUID PACK = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    static final UUID OTHER_PACK = UUID.fromString("ffffffff-0000-4000-8000-000000000001");

    private Samples() {}

    static Page.Leaf leaf() {
        return new Page.Leaf(
                List.of(
                        new DirectoryEntry(
                                EntryPath.ROOT, new Metadata(0755, 0, 0, new Timestamp(0, 0))),
                        new FileEntry(path("a"), metadata(0644, -1), Content.empty()),
                        new FileEntry(
                                path("b"),
                                metadata(0600, 1_700_000_000),
                                BlockLists.contentOf(List.of(block("one", 3)))),
                        new FileEntry(
                                path("bc"),
                                metadata(04755, 1_700_000_000),
                                BlockLists.contentOf(
                                        List.of(block("x", 300_000), block("y", 4 << 20)))),
                        new DirectoryEntry(
                                path("d"),
                                new Metadata(
                                        02755, -2, 65_534, new Timestamp(1L << 40, 999_999_999))),
                        new FileEntry(path("d/big"), metadata(0644, 5), listed()),
                        new SymlinkEntry(
                                path("d/%FF"),
                                metadata(0777, -1_000_000),
                                LinkTarget.parse("../b"))));
    }

    static Content listed() {
        return new Content(
                ContentId.ofDigest(digest("content")),
                40_000_000,
                new Blocks.Listed(page("top"), 40));
    }

    static Page.Branch branch() {
        return new Page.Branch(
                2,
                List.of(
                        new Child(path("d/%FF"), page("1"), 70_000, 1L << 40),
                        new Child(path("dd"), page("2"), 1, 0)));
    }

    static Page.BlockLeaf blockLeaf() {
        return new Page.BlockLeaf(List.of(block("x", 1), block("y", 4 << 20)));
    }

    static Page.BlockBranch blockBranch() {
        return new Page.BlockBranch(1, List.of(page("1"), page("2"), page("1")));
    }

    static ChangeList changes() {
        return new ChangeList(
                List.of(
                        new Change.Put(leaf().entries().get(2)),
                        new Change.Remove(path("bb")),
                        new Change.Put(leaf().entries().get(4)),
                        new Change.Remove(path("d/%FF"))),
                locations());
    }

    static List<BlockLocation> locations() {
        return List.of(
                new BlockLocation(block("x", 300_000), PACK, 0, 1000, BlockLocation.Codec.ZSTD),
                new BlockLocation(
                        block("one", 3), OTHER_PACK, 1L << 33, 3, BlockLocation.Codec.RAW),
                new BlockLocation(
                        block("y", 4 << 20), PACK, 1000, 4 << 20, BlockLocation.Codec.RAW));
    }

    static Stat stat() {
        return new Stat(
                Stat.Kind.SYMLINK,
                0,
                metadata(0777, 7),
                new Timestamp(1_700_000_001, 1),
                -1L,
                1L << 62,
                3);
    }

    static Entry entry(Random random) {
        Entry entry = RandomTrees.entry(path("some/name-" + random.nextInt(100)), random);
        if (entry instanceof FileEntry file && random.nextInt(3) == 0) {
            return new FileEntry(
                    file.path(), file.metadata(), BlockLists.contentOf(blocks(random, 100)));
        }
        return entry;
    }

    static List<BlockRef> blocks(Random random, int max) {
        List<BlockRef> blocks = new ArrayList<>();
        for (int i = random.nextInt(max); i >= 0; i--) {
            blocks.add(
                    block(
                            "block " + random.nextInt(1000),
                            1 + random.nextInt(BlockRef.MAX_LENGTH_BYTES)));
        }
        return blocks;
    }

    static List<BlockLocation> locations(Random random) {
        List<UUID> packs =
                List.of(PACK, OTHER_PACK, new UUID(random.nextLong(), random.nextLong()));
        return blocks(random, 40).stream()
                .map(block ->
                        new BlockLocation(
                                block,
                                packs.get(random.nextInt(3)),
                                random.nextLong(1L << 40),
                                1 + random.nextInt(4 << 20),
                                random.nextBoolean()
                                        ? BlockLocation.Codec.RAW
                                        : BlockLocation.Codec.ZSTD))
                .toList();
    }

    static Stat stat(Random random) {
        return new Stat(
                random.nextBoolean() ? Stat.Kind.FILE : Stat.Kind.OTHER,
                random.nextLong(Long.MAX_VALUE),
                RandomTrees.metadata(random),
                new Timestamp(random.nextLong(), random.nextInt(1_000_000_000)),
                random.nextLong(),
                random.nextLong(),
                random.nextInt());
    }

    static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    static BlockRef block(String plain, int length) {
        return new BlockRef(Sha256.block(bytes(plain)), length);
    }

    static PageHash page(String plain) {
        return Sha256.page(bytes(plain));
    }

    private static Metadata metadata(int mode, long seconds) {
        return new Metadata(mode, 1000, 100, new Timestamp(seconds, 5));
    }

    private static byte[] digest(String plain) {
        return Sha256.digestOf(bytes(plain));
    }

    private static byte[] bytes(String plain) {
        return plain.getBytes(StandardCharsets.US_ASCII);
    }
}
