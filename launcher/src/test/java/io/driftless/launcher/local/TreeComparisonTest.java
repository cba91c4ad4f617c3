package io.driftless.launcher.local;

import static io.driftless.launcher.local.TreePair.FOLDER;
import static io.driftless.launcher.local.TreePair.TARGET;
import static io.driftless.launcher.local.TreePair.all;
import static io.driftless.launcher.local.TreePair.bytes;
import static io.driftless.launcher.local.TreePair.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Deviation.Kind;
import io.driftless.launcher.engine.Engine.VerifyDepth;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class TreeComparisonTest {
    private static final Timestamp LATER = new Timestamp(3_000_000, 7);

    private final TreePair trees = new TreePair();

    // ---- Plan

    @Test
    void plans_nothing_for_equal_trees() {
        makeSource();
        trees.copy();

        assertThat(trees.plan(Mode.MIRROR)).isEmpty();
        assertThat(trees.plan(Mode.OVERLAY)).isEmpty();
    }

    @Test
    void plans_everything_for_a_target_that_does_not_exist() {
        makeSource();
        trees.target.hideRoot();
        var comparison =
                new TreeComparison(
                        FOLDER,
                        TARGET,
                        Mode.MIRROR,
                        new MemoryTreeReader(trees.source),
                        new MemoryTargetTree(trees.target));

        assertThat(TreePair.lines(comparison))
                .containsExactly(
                        "cd+++++++++ ./",
                        "cd+++++++++ d/",
                        ">f+++++++++ d/f",
                        "cL+++++++++ d/l -> ../g",
                        ">f+++++++++ d.x",
                        ">f+++++++++ g");
        assertThat(all(comparison.verify(VerifyDepth.METADATA)))
                .extracting(Deviation::kind)
                .containsOnly(Kind.MISSING)
                .hasSize(6);
    }

    @Test
    void plans_an_update_with_what_differs() {
        makeSource();
        trees.copy();
        trees.source.write(path("g"), bytes("more than before"));
        trees.source.touch(path("g"), LATER);
        trees.target.chmod(path("d/f"), 0600);
        trees.target.chown(path("d.x"), 7, 8);

        assertThat(trees.lines(Mode.MIRROR))
                .containsExactly(".f...p..... d/f", ".f....og... d.x", ">fcst...... g");
    }

    @Test
    void reads_files_of_one_size_whose_times_differ() {
        makeSource();
        trees.copy();
        trees.target.touch(path("d/f"), LATER);
        trees.target.write(path("g"), bytes("FOUR"));

        assertThat(trees.lines(Mode.MIRROR)).containsExactly(".f..t...... d/f", ">fc.t...... g");
    }

    @Test
    void opens_no_file_whose_size_and_time_are_the_same() {
        makeSource();
        trees.copy();
        trees.target.setReadable(path("g"), false);

        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA)).isEmpty();
    }

    @Test
    void plans_the_removal_of_every_extra_in_a_mirror() {
        makeSource();
        trees.copy();
        addExtras();

        assertThat(trees.lines(Mode.MIRROR))
                .containsExactly(
                        ".d..t...... ./",
                        ".d..t...... d/",
                        "*deleting   d/old/",
                        "*deleting   d/old/a",
                        "*deleting   z");
    }

    @Test
    void leaves_extras_and_directory_times_alone_in_an_overlay() {
        makeSource();
        trees.copy();
        addExtras();

        assertThat(trees.plan(Mode.OVERLAY)).isEmpty();
        assertThat(trees.verify(Mode.OVERLAY, VerifyDepth.CONTENT)).isEmpty();
    }

    @Test
    void does_not_look_for_extras_in_an_overlay() {
        makeSource();
        trees.copy();
        addExtras();
        trees.target.setReadable(path("d/old"), false);

        assertThat(trees.verify(Mode.OVERLAY, VerifyDepth.METADATA)).isEmpty();
    }

    @Test
    void plans_all_that_goes_with_a_directory_that_becomes_a_file() {
        trees.source.write(path("a"), bytes("1"));
        trees.copy();
        trees.target.delete(path("a"));
        trees.target.mkdir(path("a"));
        trees.target.write(path("a/b"), bytes("2"));
        trees.target.touch(EntryPath.ROOT, rootTime());

        assertThat(trees.lines(Mode.MIRROR))
                .containsExactly("*trashing   a", ">f+++++++++ a", "*deleting   a/b");
        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA))
                .extracting(found -> found.path().toString(), Deviation::kind)
                .containsExactly(tuple("a", Kind.TYPE), tuple("a/b", Kind.EXTRA));
    }

    @Test
    void says_that_a_foreign_directory_is_in_the_way_in_an_overlay() {
        trees.source.write(path("a"), bytes("1"));
        trees.target.mkdir(path("a"));

        assertThat(trees.lines(Mode.OVERLAY)).containsExactly("*blocked    a DL-2009");
        assertThat(trees.verify(Mode.OVERLAY, VerifyDepth.METADATA))
                .singleElement()
                .extracting(Deviation::kind, Deviation::code)
                .containsExactly(Kind.TYPE, ErrorCode.FOREIGN_IN_THE_WAY);
    }

    @Test
    void plans_everything_below_a_directory_that_is_a_symlink_at_the_target() {
        makeSource();
        trees.copy();
        trees.target.delete(path("d"));
        trees.target.symlink(path("d"), LinkTarget.parse("g"));
        trees.target.touch(EntryPath.ROOT, rootTime());

        assertThat(trees.lines(Mode.OVERLAY))
                .isEqualTo(trees.lines(Mode.MIRROR))
                .containsExactly("cd+++++++++ d/", ">f+++++++++ d/f", "cL+++++++++ d/l -> ../g");
    }

    @Test
    void compares_wide_directories_in_path_order() {
        List<EntryPath> names =
                IntStream.range(0, 3000).mapToObj(i -> path("%04d".formatted(i))).toList();
        names.forEach(name -> trees.source.write(name, bytes("1")));
        names.stream()
                .filter(name -> name.hashCode() % 3 != 0)
                .forEach(name -> trees.target.write(name, bytes("2")));

        assertThat(trees.plan(Mode.MIRROR))
                .extracting(change -> change.action().path())
                .startsWith(EntryPath.ROOT)
                .hasSize(names.size() + 1)
                .isSorted();
    }

    @Test
    void keeps_path_order_where_later_looks_come_back_sooner() {
        for (int i = 0; i < 2000; i++) {
            trees.source.write(path("%04d".formatted(i)), bytes("1"));
        }
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        var comparison =
                new TreeComparison(
                        FOLDER,
                        TARGET,
                        Mode.MIRROR,
                        new HastierReader(new MemoryTreeReader(trees.source), timer),
                        new MemoryTreeReader(trees.target));
        List<EntryPath> planned = new ArrayList<>();

        comparison.plan().map(change -> change.action().path()).subscribe(planned::add);
        timer.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(planned).hasSize(2001).isSorted();
    }

    @Test
    void does_not_see_our_own_directory_at_the_target() {
        makeSource();
        trees.copy();
        trees.target.mkdir(path(".driftless"));
        trees.target.write(path(".driftless/marker"), bytes("1"));
        trees.target.touch(EntryPath.ROOT, rootTime());

        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.CONTENT)).isEmpty();
    }

    // ---- Verify

    @Test
    void says_in_what_way_each_path_deviates() {
        makeSource();
        trees.copy();
        trees.target.delete(path("d/f"));
        trees.target.delete(path("d/l"));
        trees.target.symlink(path("d/l"), LinkTarget.parse("elsewhere"));
        trees.target.chmod(path("d.x"), 0);
        trees.target.delete(path("g"));
        trees.target.mkdir(path("g"));
        trees.target.write(path("z"), bytes("1"));
        trees.target.touch(EntryPath.ROOT, rootTime());

        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA))
                .extracting(found -> found.path().toString(), Deviation::kind)
                .containsExactly(
                        tuple("d", Kind.METADATA),
                        tuple("d/f", Kind.MISSING),
                        tuple("d/l", Kind.CONTENT),
                        tuple("d.x", Kind.METADATA),
                        tuple("g", Kind.TYPE),
                        tuple("z", Kind.EXTRA));
    }

    @Test
    void finds_a_flipped_byte_behind_an_unchanged_time_when_every_byte_is_read() {
        makeSource();
        trees.copy();
        flip("g");

        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA)).isEmpty();
        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.CONTENT))
                .containsExactly(
                        new Deviation(
                                FOLDER,
                                Optional.of(TARGET),
                                path("g"),
                                Kind.CONTENT,
                                ErrorCode.NOT_CONVERGED,
                                "It differs in content."));
    }

    @Test
    void says_that_an_entry_of_another_kind_is_left_out() {
        trees.source.makeOther(path("pipe"));
        trees.copy();

        assertThat(trees.plan(Mode.MIRROR)).isEmpty();
        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA))
                .singleElement()
                .extracting(Deviation::target, Deviation::kind, Deviation::code)
                .containsExactly(Optional.empty(), Kind.SKIPPED, ErrorCode.ENTRY_UNSUPPORTED);
    }

    @Test
    void concludes_nothing_below_a_source_directory_that_cannot_be_listed() {
        makeSource();
        trees.copy();
        trees.target.write(path("d/f"), bytes("other"));
        trees.target.touch(path("d"), sourceTime("d"));
        trees.target.chmod(path("d"), 0700);
        trees.source.setReadable(path("d"), false);

        assertThat(trees.lines(Mode.MIRROR)).containsExactly(".d...p..... d/");
        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA))
                .extracting(found -> found.path().toString(), Deviation::target, Deviation::code)
                .containsExactly(
                        tuple("d", Optional.of(TARGET), ErrorCode.NOT_CONVERGED),
                        tuple("d", Optional.empty(), ErrorCode.ENTRY_UNREADABLE));
    }

    @Test
    void says_which_target_directory_cannot_be_listed() {
        makeSource();
        trees.copy();
        trees.target.setReadable(path("d"), false);

        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA))
                .singleElement()
                .extracting(found -> found.path().toString(), Deviation::target, Deviation::code)
                .containsExactly("d", Optional.of(TARGET), ErrorCode.ENTRY_UNREADABLE);
    }

    @Test
    void says_on_which_side_a_file_cannot_be_read() {
        makeSource();
        trees.copy();
        trees.source.setReadable(path("g"), false);
        trees.target.setReadable(path("d/f"), false);

        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.CONTENT))
                .extracting(
                        found -> found.path().toString(),
                        Deviation::target,
                        Deviation::kind,
                        Deviation::code)
                .containsExactly(
                        tuple("d/f", Optional.of(TARGET), Kind.CONTENT, ErrorCode.ENTRY_UNREADABLE),
                        tuple("g", Optional.empty(), Kind.SKIPPED, ErrorCode.ENTRY_UNREADABLE));
    }

    @Test
    void says_of_a_file_that_changes_while_it_is_read_that_it_is_unstable() {
        makeSource();
        trees.copy();
        trees.target.duringReads(read -> trees.target.write(read, bytes("four")));

        assertThat(trees.verify(Mode.MIRROR, VerifyDepth.CONTENT))
                .extracting(Deviation::target, Deviation::code)
                .containsOnly(tuple(Optional.of(TARGET), ErrorCode.ENTRY_UNSTABLE));
    }

    @Test
    void fails_where_the_source_is_gone() {
        makeSource();
        var comparison = trees.comparison(Mode.MIRROR);
        trees.source.hideRoot();

        StepVerifier.create(comparison.verify(VerifyDepth.METADATA))
                .expectErrorSatisfies(failure ->
                        assertThat(((SyncException) failure).code()).isEqualTo(ErrorCode.ROOT_LOST))
                .verify(Duration.ofSeconds(20));
    }

    // ---- Trees

    private void makeSource() {
        trees.source.mkdir(path("d"));
        trees.source.write(path("d/f"), bytes("one"));
        trees.source.symlink(path("d/l"), LinkTarget.parse("../g"));
        trees.source.write(path("d.x"), bytes(""));
        trees.source.write(path("g"), bytes("four"));
    }

    private void addExtras() {
        trees.target.mkdir(path("d/old"));
        trees.target.write(path("d/old/a"), bytes("1"));
        trees.target.write(path("z"), bytes("1"));
    }

    private void flip(String path) {
        byte[] bytes = trees.target.bytes(path(path)).orElseThrow();
        bytes[0] ^= 1;
        trees.target.overwrite(path(path), 0, bytes);
        trees.target.touch(path(path), sourceTime(path));
    }

    private Timestamp rootTime() {
        return sourceTime("");
    }

    private Timestamp sourceTime(String path) {
        return trees.source.snapshot().get(path(path)).metadata().modified();
    }
}
