package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Removal;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.port.TargetTree.TakeOver;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What {@link TargetTreeContract} says of files on their way: staged, partial, taken over, left
 * over.
 */
@Tag("P2")
abstract class TargetStageRules extends TargetFixture {
    private static final byte[] LARGE = noise(3 << 20);

    // ---- Stage

    @Test
    void stages_a_file_with_its_metadata_and_shows_nothing() {
        claim();
        Entry.FileEntry entry = file("f", "hello").withMetadata(metadata(06751));

        Stat staged = done(stage(entry, "s", "hello")).stat().orElseThrow();

        assertThat(staged.kind()).isEqualTo(Stat.Kind.FILE);
        assertThat(staged.sizeBytes()).isEqualTo(5);
        assertThat(staged.metadata()).isEqualTo(metadata(06751));
        assertThat(editor().names(path(""))).containsExactly(path(".driftless"));
        assertThat(get(target().leftovers())).containsExactly(new Leftover(name("s"), staged));
    }

    @Test
    void stages_an_empty_file() {
        claim();

        done(stage(file("f", ""), "s", ""));
        Stat stat = done(place(file("f", ""), "s", Optional.empty())).stat().orElseThrow();

        assertThat(stat.sizeBytes()).isZero();
        assertThat(text("f")).isEmpty();
    }

    @Test
    void gives_every_file_an_outcome_in_order() {
        claim();
        done(stage(file("b", "taken"), "b", "taken"));

        List<Outcome> outcomes =
                get(
                        target().stage(
                                        List.of(
                                                small("a", "one"),
                                                small("b", "two"),
                                                small("c", "three"))));

        assertThat(outcomes).hasSize(3);
        assertThat(done(outcomes.get(0)).stat().orElseThrow().sizeBytes()).isEqualTo(3);
        failed(outcomes.get(1));
        assertThat(done(outcomes.get(2)).stat().orElseThrow().sizeBytes()).isEqualTo(5);
    }

    @Test
    void never_writes_over_what_is_in_the_stage() {
        claim();
        done(stage(file("f", "first"), "s", "first"));

        failed(stage(file("f", "second"), "s", "second"));

        done(place(file("f", "first"), "s", Optional.empty()));
        assertThat(text("f")).isEqualTo("first");
    }

    private SmallFile small(String name, String text) {
        return new SmallFile(file(name, text), name(name), List.of(ByteBuffer.wrap(bytes(text))));
    }

    // ---- Partial files

    @Test
    void builds_a_large_file_piece_by_piece() {
        claim();
        Entry.FileEntry entry = file("f", LARGE).withMetadata(metadata(04711));
        List<BlockRef> blocks = Trees.blocksOf(LARGE);
        assertThat(get(target().openPartial(id(entry)))).isZero();

        long offset = 0;
        for (BlockRef block : blocks) {
            does(target().writePartial(id(entry), offset, piece(offset, block.lengthBytes())));
            assertThat(get(target().partialHolds(id(entry), offset, block))).isTrue();
            offset += block.lengthBytes();
        }

        Stat staged = done(get(target().finishPartial(entry, name("s")))).stat().orElseThrow();
        assertThat(staged.metadata()).isEqualTo(metadata(04711));
        done(place(entry, "s", Optional.empty()));
        assertThat(editor().read(path("f")).orElseThrow()).isEqualTo(LARGE);
        assertThat(stat("f").metadata()).isEqualTo(metadata(04711));
    }

    @Test
    void goes_on_with_a_partial_file_after_a_crash() {
        claim();
        Entry.FileEntry entry = file("f", LARGE);
        BlockRef first = Trees.blocksOf(LARGE).getFirst();
        get(target().openPartial(id(entry)));
        does(target().writePartial(id(entry), 0, piece(0, first.lengthBytes())));

        restarted();
        claim();

        assertThat(get(target().openPartial(id(entry)))).isEqualTo(first.lengthBytes());
        assertThat(get(target().partialHolds(id(entry), 0, first))).isTrue();
    }

    @Test
    void writes_out_of_order_and_cuts_what_is_too_much() {
        claim();
        Entry.FileEntry entry = file("f", "hello world");
        get(target().openPartial(id(entry)));
        does(target().writePartial(id(entry), 6, ByteBuffer.wrap(bytes("world and more"))));
        does(target().writePartial(id(entry), 0, ByteBuffer.wrap(bytes("hello "))));

        done(get(target().finishPartial(entry, name("s"))));

        done(place(entry, "s", Optional.empty()));
        assertThat(text("f")).isEqualTo("hello world");
    }

    @Test
    void finishes_no_partial_file_that_is_too_short() {
        claim();
        Entry.FileEntry entry = file("f", "hello world");
        get(target().openPartial(id(entry)));
        does(target().writePartial(id(entry), 0, ByteBuffer.wrap(bytes("hello"))));

        failed(get(target().finishPartial(entry, name("s"))));

        assertThat(get(target().openPartial(id(entry)))).isEqualTo(5);
        assertStageEmpty();
    }

    @Test
    void knows_which_blocks_a_partial_file_holds() {
        claim();
        Entry.FileEntry entry = file("f", "hello world");
        get(target().openPartial(id(entry)));
        does(target().writePartial(id(entry), 0, ByteBuffer.wrap(bytes("hello world"))));

        assertThat(get(target().partialHolds(id(entry), 0, block("hello")))).isTrue();
        assertThat(get(target().partialHolds(id(entry), 6, block("world")))).isTrue();
        assertThat(get(target().partialHolds(id(entry), 5, block("world")))).isFalse();
        assertThat(get(target().partialHolds(id(entry), 8, block("world")))).isFalse();
    }

    @Test
    void copies_a_block_from_a_file_of_the_target() {
        claim();
        placed("old", "hello world");
        Entry.FileEntry entry = file("f", "world!");
        get(target().openPartial(id(entry)));

        assertThat(get(target().copyIntoPartial(id(entry), 0, block("world"), path("old"), 6)))
                .isTrue();
        does(target().writePartial(id(entry), 5, ByteBuffer.wrap(bytes("!"))));

        done(get(target().finishPartial(entry, name("s"))));
        done(place(entry, "s", Optional.empty()));
        assertThat(text("f")).isEqualTo("world!");
        assertThat(text("old")).isEqualTo("hello world");
    }

    @Test
    void copies_a_block_of_a_large_file() {
        claim();
        editor().write(path("old"), LARGE);
        Entry.FileEntry entry = file("f", LARGE);
        BlockRef second = Trees.blocksOf(LARGE).get(1);
        long offset = Trees.blocksOf(LARGE).getFirst().lengthBytes();
        get(target().openPartial(id(entry)));

        assertThat(get(target().copyIntoPartial(id(entry), offset, second, path("old"), offset)))
                .isTrue();
        assertThat(get(target().partialHolds(id(entry), offset, second))).isTrue();
    }

    @Test
    void copies_nothing_that_is_not_the_block() {
        claim();
        placed("old", "hello world");
        directory("d");
        write("d/f", "hello world");
        symlink("l", "old");
        symlink("m", "d");
        symlink("self", ".driftless");
        ContentId id = id(file("f", "world"));
        get(target().openPartial(id));

        for (String from : List.of("nothing", "d", "l", "m/f", "old/x", "self/marker")) {
            assertThat(get(target().copyIntoPartial(id, 0, block("hello"), path(from), 0)))
                    .as("%s", from)
                    .isFalse();
        }
        assertThat(get(target().copyIntoPartial(id, 0, block("world"), path("old"), 0))).isFalse();
        assertThat(get(target().copyIntoPartial(id, 0, block("world"), path("old"), 8))).isFalse();
        assertThat(get(target().partialHolds(id, 0, block("world")))).isFalse();
    }

    @Test
    void drops_partial_files_that_nobody_wants() {
        claim();
        ContentId kept = id(file("f", "kept"));
        ContentId dropped = id(file("f", "dropped"));
        for (ContentId content : List.of(kept, dropped)) {
            get(target().openPartial(content));
            does(target().writePartial(content, 0, ByteBuffer.wrap(bytes("x"))));
        }

        does(target().dropPartialsExcept(List.of(kept)));

        assertThat(get(target().openPartial(kept))).isEqualTo(1);
        assertThat(get(target().openPartial(dropped))).isZero();
    }

    // ---- Taking over

    @Test
    void takes_a_file_over_to_be_used_elsewhere() {
        claim();
        Stat before = placed("old", "hello");
        Entry.FileEntry entry = file("new", "hello").withMetadata(metadata(0600));

        Stat staged = done(takeOver("old", before, entry)).stat().orElseThrow();

        assertAbsent("old");
        assertThat(staged.isSameInode(before)).isTrue();
        assertThat(staged.metadata()).isEqualTo(metadata(0600));
        done(place(entry, "t", Optional.empty()));
        assertThat(text("new")).isEqualTo("hello");
        assertThat(stat("new").isSameInode(before)).isTrue();
    }

    @Test
    void takes_no_file_over_that_is_not_as_expected() {
        claim();
        Stat before = placed("old", "hello");
        write("old", "jello");
        editor().setModified(path("old"), before.metadata().modified());

        assertThat(failed(takeOver("old", before, file("new", "hello"))))
                .isEqualTo(ErrorCode.LOCAL_EDIT);

        assertThat(text("old")).isEqualTo("jello");
        assertStageEmpty();
    }

    @Test
    void takes_no_file_over_that_has_another_name() {
        claim();
        placed("old", "hello");
        editor().makeHardLink(path("old"), path("theirs"));

        failed(takeOver("old", stat("old"), file("new", "hello").withMetadata(metadata(0600))));

        assertThat(text("old")).isEqualTo("hello");
        assertThat(stat("theirs").metadata()).isEqualTo(metadata(0640));
    }

    @Test
    void takes_nothing_over_that_is_gone_or_no_file() {
        claim();
        Stat before = placed("old", "hello");
        editor().delete(path("old"));
        assertThat(failed(takeOver("old", before, file("new", "hello"))))
                .isEqualTo(ErrorCode.ENTRY_VANISHED);

        directory("old");

        failed(takeOver("old", before, file("new", "hello")));
        failed(takeOver("old", stat("old"), file("new", "hello")));
        assertThat(stat("old").kind()).isEqualTo(Stat.Kind.DIRECTORY);
    }

    private Outcome takeOver(String from, Stat expected, Entry.FileEntry entry) {
        return only(
                target().takeOver(List.of(new TakeOver(path(from), expected, entry, name("t")))));
    }

    // ---- Leftovers

    @Test
    void lists_what_a_crash_left_in_the_stage() {
        claim();
        done(stage(file("a", "one"), "a-1", "one"));
        done(stage(file("b", "two"), "b-2", "two"));
        get(target().openPartial(id(file("c", "three"))));

        restarted();
        claim();

        assertThat(get(target().leftovers()))
                .extracting(Leftover::name)
                .containsExactlyInAnyOrder(name("a-1"), name("b-2"));
    }

    @Test
    void places_what_an_earlier_process_staged() {
        claim();
        done(stage(file("a", "one"), "s", "one"));
        restarted();
        claim();

        done(place(file("a", "one"), "s", Optional.empty()));

        assertThat(text("a")).isEqualTo("one");
    }

    @Test
    void discards_ours_and_keeps_what_is_not() {
        claim();
        done(stage(file("a", "one"), "ours", "one"));
        done(stage(file("b", "two"), "theirs", "two"));

        does(target().discard(List.of(name("ours"), name("never-there"))));
        does(target().keep(List.of(name("theirs"), name("never-there"))));

        assertStageEmpty();
        assertThat(trashedTexts()).contains("two").doesNotContain("one");
    }

    @Test
    void keeps_in_the_stage_what_the_trash_refuses_until_it_takes_it() {
        claim();
        done(stage(file("a", "one"), "s-theirs", "one"));
        done(stage(file("b", "two"), "t-theirs", "two"));
        assumeTrue(refuseTrash(true), "this process may not mount");

        does(target().keep(List.of(name("s-theirs"), name("never-there"), name("t-theirs"))));
        List<StageName> left = leftovers();
        does(target().keep(left));

        assertThat(left).hasSize(2).allMatch(one -> one.value().startsWith("out-"));
        assertThat(leftovers()).containsExactlyInAnyOrderElementsOf(left);
        refuseTrash(false);
        does(target().keep(left));
        assertStageEmpty();
        assertThat(trashedTexts()).containsExactlyInAnyOrder("one", "two");
    }

    private List<StageName> leftovers() {
        return get(target().leftovers()).stream().map(Leftover::name).toList();
    }

    /** The trash never makes a change fail. */
    @Test
    @Tag("P3")
    void replaces_and_removes_though_the_trash_takes_nothing() {
        claim();
        Stat before = placed("edited", "ours");
        write("edited", "theirs");
        write("extra", "theirs");
        write("in-the-way", "theirs");
        assumeTrue(refuseTrash(true), "this process may not mount");

        done(place("edited", "new", Optional.of(before)));
        done(only(target().remove(List.of(new Removal(path("extra"), Optional.empty())))));
        done(makeFolder(folder("in-the-way")));

        assertThat(text("edited")).isEqualTo("new");
        assertAbsent("extra");
        assertThat(stat("in-the-way").kind()).isEqualTo(Stat.Kind.DIRECTORY);
        assertThat(leftovers()).hasSize(3).allMatch(one -> one.value().startsWith("out-"));
        refuseTrash(false);
        does(target().keep(leftovers()));
        assertThat(trashedTexts()).containsExactly("theirs", "theirs", "theirs");
    }

    @Test
    void makes_many_staged_files_durable() {
        claim();
        List<SmallFile> files =
                IntStream.range(0, 100).mapToObj(i -> small("f-" + i, "text " + i)).toList();
        get(target().stage(files)).forEach(TargetFixture::done);

        does(target().makeDurable(files.stream().map(SmallFile::name).toList()));
        does(target().syncDirectories(paths("")));
    }

    private static ContentId id(Entry.FileEntry entry) {
        return entry.content().id();
    }

    private static BlockRef block(String text) {
        return Trees.blocksOf(bytes(text)).getFirst();
    }

    private static ByteBuffer piece(long offset, int length) {
        return ByteBuffer.wrap(Arrays.copyOfRange(LARGE, (int) offset, (int) offset + length));
    }
}
