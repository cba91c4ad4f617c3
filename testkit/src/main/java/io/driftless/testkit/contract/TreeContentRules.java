package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.port.TreeReader.Cut;
import io.driftless.port.TreeReader.Range;
import io.driftless.testing.Trees;
import io.driftless.tree.Found;
import io.driftless.tree.Stat.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What {@link TreeReaderContract} says of the content of files, and of a root that is lost. */
abstract class TreeContentRules extends TreeFixture {
    private static final int LARGE = 5 << 20;
    private static final long ALL = Long.MAX_VALUE;

    /** Reads the tree that {@link #editor} edits; the same one for one test. */
    protected abstract TreeReader reader();

    // ---- Cut

    @Test
    void cuts_a_small_file_into_one_block() {
        write("f", "hello");

        Cut.Blocks cut = cut("f", 0, ALL);

        assertThat(cut.blocks()).containsExactly(new BlockRef(Sha256.block(bytes("hello")), 5));
        assertThat(cut.isWhole()).isTrue();
        assertThat(cut.isStable()).isTrue();
        assertThat(cut.before()).isEqualTo(stat("f"));
    }

    @Test
    void cuts_an_empty_file_into_no_block() {
        write("f", "");

        Cut.Blocks cut = cut("f", 0, ALL);

        assertThat(cut.blocks()).isEmpty();
        assertThat(cut.isWhole()).isTrue();
    }

    @Test
    void cuts_a_large_file_as_the_product_does() {
        editor().write(path("f"), noise(LARGE));

        Cut.Blocks cut = cut("f", 0, ALL);

        assertThat(cut.blocks()).hasSizeGreaterThan(1).isEqualTo(Trees.blocksOf(noise(LARGE)));
        assertThat(cut.isWhole()).isTrue();
    }

    @Test
    void cuts_in_portions_that_give_the_same_blocks() {
        editor().write(path("f"), noise(LARGE));
        List<BlockRef> blocks = new ArrayList<>();

        boolean isWhole = false;
        for (long offset = 0; !isWhole; offset = lengthOf(blocks)) {
            Cut.Blocks cut = cut("f", offset, 1);
            assertThat(cut.blocks()).hasSize(1);
            blocks.addAll(cut.blocks());
            isWhole = cut.isWhole();
        }

        assertThat(blocks).isEqualTo(Trees.blocksOf(noise(LARGE)));
    }

    @Test
    void cuts_no_more_than_the_block_that_reaches_the_limit() {
        editor().write(path("f"), noise(LARGE));
        List<BlockRef> all = Trees.blocksOf(noise(LARGE));

        Cut.Blocks cut = cut("f", 0, all.getFirst().lengthBytes() + 1L);

        assertThat(cut.blocks()).isEqualTo(all.subList(0, 2));
        assertThat(cut.isWhole()).isFalse();
    }

    @Test
    void cuts_nothing_from_the_end_on() {
        write("f", "hello");

        Cut.Blocks cut = cut("f", 5, ALL);

        assertThat(cut.blocks()).isEmpty();
        assertThat(cut.isWhole()).isTrue();
    }

    @Test
    void notices_a_file_that_is_written_while_it_is_cut() {
        editor().write(path("f"), noise(LARGE));

        try (TreeEditor.Disturbance _ = editor().disturbReads(path("f"))) {
            // On a busy machine a whole cut may fall between two writes.
            boolean isNoticed = false;
            for (int i = 0; i < 50 && !isNoticed; i++) {
                isNoticed = !cut("f", 0, ALL).isStable();
            }
            assertThat(isNoticed).isTrue();
        }
    }

    @Test
    void says_what_is_there_instead_of_a_file() {
        directory("d");
        write("d/f", "inside");
        symlink("l", "d/f");
        symlink("m", "d");
        editor().makeOther(path("p"));

        assertThat(failedCut("d"))
                .isInstanceOfSatisfying(
                        Found.Present.class,
                        found -> assertThat(found.stat().kind()).isEqualTo(Kind.DIRECTORY));
        assertThat(failedCut("l"))
                .isInstanceOfSatisfying(
                        Found.Present.class,
                        found -> assertThat(found.stat().kind()).isEqualTo(Kind.SYMLINK));
        assertThat(failedCut("p"))
                .isInstanceOfSatisfying(
                        Found.Present.class,
                        found -> assertThat(found.stat().kind()).isEqualTo(Kind.OTHER));
        assertThat(failedCut("nothing")).isEqualTo(new Found.Absent(path("nothing")));
        assertThat(failedCut("m/f")).isEqualTo(new Found.Absent(path("m/f")));
    }

    @Test
    void says_that_a_closed_file_cannot_be_read() {
        write("f", "hello");
        assumeTrue(editor().close(path("f")), "this process may read everything");

        assertThat(failedCut("f")).isInstanceOf(Found.Unreadable.class);
        Failures.assertFails(
                reader().read(path("f"), List.of(new Range(0, 1))), ErrorCode.ENTRY_UNREADABLE);
    }

    @Test
    void cuts_and_reads_nothing_of_our_own_directory() {
        makeOwn();

        assertThat(failedCut(".driftless/mine")).isInstanceOf(Found.Absent.class);
        Failures.assertFails(
                reader().read(path(".driftless/mine"), List.of(new Range(0, 1))),
                ErrorCode.ENTRY_VANISHED);
    }

    // ---- Read

    @Test
    void reads_ranges_in_the_order_given() {
        byte[] content = noise(LARGE);
        editor().write(path("f"), content);

        List<ByteBuffer> read =
                get(
                        reader().read(
                                        path("f"),
                                        List.of(new Range(4 << 20, 7), new Range(0, 1 << 20))));

        assertThat(read).hasSize(2);
        assertThat(read.get(0)).isEqualTo(ByteBuffer.wrap(content, 4 << 20, 7));
        assertThat(read.get(1)).isEqualTo(ByteBuffer.wrap(content, 0, 1 << 20));
    }

    @Test
    void reads_what_there_is_of_a_range_beyond_the_end() {
        write("f", "hello");

        List<ByteBuffer> read =
                get(reader().read(path("f"), List.of(new Range(3, 10), new Range(9, 2))));

        assertThat(read.get(0)).isEqualTo(ByteBuffer.wrap(bytes("lo")));
        assertThat(read.get(1).remaining()).isZero();
    }

    @Test
    void reads_only_files_of_the_tree() {
        directory("d");
        write("d/f", "inside");
        symlink("l", "d/f");
        symlink("m", "d");
        editor().makeSymlink(path("o"), editor().outside());
        editor().makeOther(path("p"));

        for (EntryPath path : paths("d", "l", "m/f", "o/kept", "p", "nothing")) {
            Failures.assertFails(
                    reader().read(path, List.of(new Range(0, 1))), ErrorCode.ENTRY_VANISHED);
        }
    }

    // ---- Root

    @Test
    void says_that_the_root_is_lost_when_its_name_is_gone() {
        write("f", "hello");
        TreeReader reader = reader();

        editor().hideRoot();

        assertLost(reader);
    }

    @Test
    void says_that_the_root_is_lost_when_another_stands_in_its_place() {
        write("f", "hello");
        TreeReader reader = reader();

        editor().swapRoot();

        assertLost(reader);
    }

    @Test
    void goes_on_when_the_root_is_back() {
        write("f", "hello");
        TreeReader reader = reader();
        editor().swapRoot();

        editor().showRoot();

        assertThat(get(reader.look(paths("f")))).allMatch(Found.Present.class::isInstance);
    }

    private static void assertLost(TreeReader reader) {
        EntryPath file = path("f");
        List<Flux<?>> calls =
                List.of(
                        reader.walk(EntryPath.ROOT, Optional.empty()),
                        reader.list(EntryPath.ROOT).flux(),
                        reader.look(List.of(file)).flux(),
                        reader.cut(file, 0, ALL).flux(),
                        reader.read(file, List.of(new Range(0, 1))).flux());
        calls.forEach(call -> Failures.assertFails(call, ErrorCode.ROOT_LOST));
    }

    /** Puts a file into our own directory. */
    final void makeOwn() {
        if (editor().stat(path(".driftless")).isEmpty()) {
            directory(".driftless");
        }
        write(".driftless/mine", "secret");
    }

    final Found.Present look(String path) {
        Found found = get(reader().look(paths(path))).getFirst();
        if (found instanceof Found.Present present) {
            return present;
        }
        throw new AssertionError("found " + found);
    }

    private Cut.Blocks cut(String path, long offset, long maxBytes) {
        Cut cut = get(reader().cut(path(path), offset, maxBytes));
        if (cut instanceof Cut.Blocks blocks) {
            return blocks;
        }
        throw new AssertionError("got " + cut);
    }

    private Found failedCut(String path) {
        Cut cut = get(reader().cut(path(path), 0, ALL));
        if (cut instanceof Cut.Failed(Found found)) {
            return found;
        }
        throw new AssertionError("got " + cut);
    }

    private static long lengthOf(List<BlockRef> blocks) {
        return blocks.stream().mapToLong(BlockRef::lengthBytes).sum();
    }
}
