package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Ground;
import io.driftless.port.TargetTree.Marker;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Removal;
import io.driftless.tree.Stat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * What every {@link TargetTree} promises besides what a {@link TreeReaderContract} says: whose it
 * is, what is removed, and what when its root is lost.
 */
public abstract class TargetTreeContract extends TargetLinkRules {
    // ---- Owner

    @Test
    void gives_back_the_marker_as_it_was_before() {
        assertThat(get(target().claim(marker(7)))).isEmpty();
        does(target().mark(marker(9)));
        does(target().release());

        assertThat(get(target().claim(marker(9)))).contains(marker(9));
    }

    @Test
    void makes_the_root_where_it_is_missing() {
        editor().hideRoot();
        restarted();

        get(target().claim(marker(1)));

        placed("f", "hello");
        assertThat(text("f")).isEqualTo("hello");
    }

    @Test
    void makes_no_other_root_for_one_that_was_there() {
        TargetTree target = target();
        editor().hideRoot();

        Failures.assertFails(target.claim(marker(1)), ErrorCode.ROOT_LOST);

        editor().showRoot();
        assertThat(get(target.claim(marker(1)))).isEmpty();
    }

    @Test
    void tells_what_is_under_the_roots_name_and_makes_nothing() {
        assertThat(get(target().ground())).isInstanceOf(Ground.Unmarked.class);
        assertThat(get(target().ground())).isInstanceOf(Ground.Unmarked.class);

        get(target().claim(marker(7)));
        assertThat(get(target().ground())).isEqualTo(new Ground.Marked(marker(7)));
        restarted();
        assertThat(get(target().ground())).isEqualTo(new Ground.Marked(marker(7)));

        editor().hideRoot();
        assertThat(get(target().ground())).isInstanceOf(Ground.Absent.class);
        assertThat(get(target().ground())).isInstanceOf(Ground.Absent.class);
    }

    /** A target that was not mounted when its agent started may be mounted later. */
    @Test
    void takes_another_directory_for_its_root_when_told_that_it_is_the_right_one() {
        editor().swapRoot();
        restarted();
        editor().showRoot();

        assertThat(get(target().adopt(_ -> Mono.just(false)))).isFalse();
        assertThat(get(target().adopt(_ -> Mono.just(true)))).isTrue();

        get(target().claim(marker(7)));
        assertThat(get(target().look(paths("")))).hasSize(1);
    }

    /** And one that was mounted may be mounted again, while its agent runs. */
    @Test
    void has_the_lock_of_another_root_that_it_took_while_it_had_one() {
        claim();
        placed("f", "hello");
        editor().swapRoot();
        assertThat(get(target().adopt(_ -> Mono.just(true)))).isTrue();

        assertThat(get(target().claim(marker(7)))).isEmpty();
        placed("g", "world");
        Failures.assertFails(rival().claim(marker(7)), ErrorCode.TARGET_TAKEN);

        List.of("g", ".driftless").forEach(name -> editor().delete(path(name)));
        editor().showRoot();
        assertThat(get(target().adopt(_ -> Mono.just(true)))).isTrue();
        assertThat(get(target().claim(marker(7)))).contains(marker(1));
        assertThat(text("f")).isEqualTo("hello");
        Failures.assertFails(rival().claim(marker(7)), ErrorCode.TARGET_TAKEN);
    }

    @Test
    void remembers_the_marker_after_a_crash() {
        get(target().claim(marker(7)));
        does(target().mark(marker(8)));

        restarted();

        assertThat(get(target().claim(marker(1)))).contains(marker(8));
    }

    @Test
    void lets_a_new_agent_claim_what_an_earlier_one_left() {
        get(target().claim(marker(7)));
        restarted();

        Optional<Marker> before =
                get(target().claim(new Marker("backup", "photos", INCARNATION, "agent-2", 0)));

        assertThat(before).map(Marker::agent).contains("agent-1");
        placed("f", "hello");
    }

    @Test
    void leaves_the_marker_of_another_agent_or_incarnation_until_it_is_marked() {
        get(target().claim(marker(7)));
        for (Marker anew :
                List.of(
                        new Marker("backup", "photos", INCARNATION, "agent-2", 0),
                        new Marker("backup", "photos", UUID.randomUUID(), "agent-1", 0))) {
            Marker before = marker(7);
            restarted();
            assertThat(get(target().claim(anew))).contains(before);
            restarted();
            assertThat(get(target().claim(anew))).contains(before);

            does(target().mark(anew));

            restarted();
            assertThat(get(target().claim(anew))).contains(anew);
            does(target().mark(before));
        }
    }

    @Test
    void refuses_a_claim_while_another_process_has_the_target() {
        get(target().claim(marker(1)));
        TargetTree rival = rival();

        Failures.assertFails(
                rival.claim(new Marker("backup", "photos", INCARNATION, "agent-2", 99)),
                ErrorCode.TARGET_TAKEN);

        placed("f", "still ours");
        does(target().release());
        assertThat(get(rival.claim(marker(1)))).contains(marker(1));
        does(rival.release());
    }

    @Test
    void refuses_a_claim_of_another_folder_or_target() {
        get(target().claim(marker(7)));
        does(target().release());

        for (Marker other :
                List.of(
                        new Marker("backup", "music", INCARNATION, "agent-1", 9),
                        new Marker("mirror", "photos", INCARNATION, "agent-1", 9))) {
            Failures.assertFails(target().claim(other), ErrorCode.TARGET_TAKEN);
        }

        assertThat(get(target().claim(marker(1)))).contains(marker(7));
    }

    @Test
    void changes_nothing_without_a_claim() {
        Failures.assertFails(target().moveToTrash(paths("f")), ErrorCode.INVARIANT_BROKEN);
        get(target().claim(marker(1)));
        placed("f", "hello");
        does(target().release());

        Failures.assertFails(target().moveToTrash(paths("f")), ErrorCode.INVARIANT_BROKEN);

        assertThat(text("f")).isEqualTo("hello");
    }

    @Test
    void writes_nothing_through_a_symlink_in_the_place_of_our_own_directory() {
        editor().makeSymlink(path(".driftless"), editor().outside());

        boolean isRefused = get(target().claim(marker(1)).map(_ -> false).onErrorReturn(true));

        assertThat(isRefused).isTrue();
        assertThat(editor().isOutsideIntact()).isTrue();
    }

    @Test
    void goes_on_when_somebody_removed_our_own_directory() {
        claim();
        placed("f", "hello");
        editor().delete(path(".driftless"));

        placed("g", "world");
        assertThat(done(remove("f", Optional.empty())).trashed()).isTrue();

        assertThat(text("g")).isEqualTo("world");
        assertThat(trashedTexts()).contains("hello");
    }

    // ---- Removal

    @Test
    void removes_what_is_as_expected() {
        claim();
        Stat file = placed("f", "hello");
        Stat link = done(place(link("l", "x"), "s", Optional.empty())).stat().orElseThrow();
        Stat folder = done(makeFolder(folder("d"))).stat().orElseThrow();

        List<Outcome> outcomes =
                get(
                        target().remove(
                                        List.of(
                                                removal("l", link),
                                                removal("f", file),
                                                removal("d", folder))));

        assertThat(outcomes)
                .allSatisfy(outcome ->
                        assertThat(outcome).isEqualTo(new Outcome.Done(Optional.empty(), false)));
        Stream.of("l", "f", "d").forEach(this::assertAbsent);
        assertThat(trashed()).isEmpty();
        assertStageEmpty();
    }

    @Test
    void removes_a_directory_that_changed_since_if_it_is_empty() {
        claim();
        Stat folder = done(makeFolder(folder("d"))).stat().orElseThrow();
        Stat file = placed("d/f", "hello");

        List<Outcome> outcomes =
                get(target().remove(List.of(removal("d/f", file), removal("d", folder))));

        outcomes.forEach(outcome -> assertThat(done(outcome).trashed()).isFalse());
        assertAbsent("d");
    }

    @Test
    void moves_what_is_not_as_expected_to_the_trash() {
        claim();
        Stat edited = placed("edited", "old");
        write("edited", "edited since");
        write("theirs", "foreign");
        editor().makeOther(path("p"));

        assertThat(done(remove("edited", Optional.of(edited))).trashed()).isTrue();
        assertThat(done(remove("theirs", Optional.empty())).trashed()).isTrue();
        assertThat(done(remove("p", Optional.empty())).trashed()).isTrue();

        Stream.of("edited", "theirs", "p").forEach(this::assertAbsent);
        assertThat(trashedTexts()).contains("edited since", "foreign");
        assertThat(trashed()).anyMatch(this::isOther);
        assertStageEmpty();
    }

    @Test
    void moves_a_file_whose_edit_kept_size_and_modification_time_to_the_trash() {
        claim();
        Stat before = placed("f", "old");
        write("f", "OLD");
        editor().setModified(path("f"), before.metadata().modified());

        assertThat(done(remove("f", Optional.of(before))).trashed()).isTrue();

        assertThat(trashedTexts()).contains("OLD");
    }

    @Test
    void leaves_a_directory_that_is_not_empty() {
        claim();
        Stat folder = done(makeFolder(folder("d"))).stat().orElseThrow();
        write("d/theirs", "foreign");

        assertThat(failed(remove("d", Optional.of(folder))))
                .isEqualTo(ErrorCode.FOREIGN_IN_THE_WAY);
        assertThat(failed(remove("d", Optional.empty()))).isEqualTo(ErrorCode.FOREIGN_IN_THE_WAY);

        assertThat(text("d/theirs")).isEqualTo("foreign");
        assertThat(trashed()).isEmpty();
    }

    @Test
    void moves_an_empty_directory_that_is_foreign_to_the_trash() {
        claim();
        directory("d");

        assertThat(done(remove("d", Optional.empty())).trashed()).isTrue();

        assertAbsent("d");
        assertThat(trashed()).anyMatch(path -> path.name().equals("d"));
    }

    @Test
    void removes_only_what_is_of_the_expected_kind() {
        claim();
        Stat file = placed("f", "hello");
        editor().delete(path("f"));
        directory("f");
        write("f/theirs", "foreign");

        failed(remove("f", Optional.of(file)));

        assertThat(text("f/theirs")).isEqualTo("foreign");
    }

    @Test
    void finds_what_is_gone_removed() {
        claim();
        Stat file = placed("f", "hello");
        editor().delete(path("f"));

        assertThat(remove("f", Optional.of(file)))
                .isEqualTo(new Outcome.Done(Optional.empty(), false));
        assertThat(remove("never/there", Optional.empty()))
                .isEqualTo(new Outcome.Done(Optional.empty(), false));
    }

    @Test
    void removes_the_others_where_one_of_many_is_gone() {
        claim();
        Stat gone = placed("b", "gone");
        List<Removal> removals =
                List.of(
                        removal("a", placed("a", "one")),
                        removal("b", gone),
                        removal("c", placed("c", "two")));
        editor().delete(path("b"));

        assertThat(get(target().remove(removals)))
                .hasSize(3)
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Done.class));
        Stream.of("a", "b", "c").forEach(this::assertAbsent);
    }

    @Test
    void removes_nothing_behind_a_symlink() {
        claim();
        editor().makeSymlink(path("out"), editor().outside());
        directory("d");
        write("d/f", "theirs");
        symlink("in", "d");

        get(
                target().remove(
                                List.of(
                                        removal("in/f", stat("d/f")),
                                        removal("out/kept", stat("d/f")))));
        get(target().moveToTrash(paths("in/f", "out/kept")));

        assertThat(text("d/f")).isEqualTo("theirs");
        assertThat(editor().isOutsideIntact()).isTrue();
        assertThat(done(remove("out", Optional.of(stat("out")))).trashed()).isFalse();
        assertAbsent("out");
        assertThat(editor().isOutsideIntact()).isTrue();
    }

    @Test
    void removes_neither_the_root_nor_our_own_directory() {
        claim();

        for (String path : List.of("", ".driftless", ".driftless/stage")) {
            get(target().remove(List.of(new Removal(path(path), Optional.empty()))));
            get(target().moveToTrash(paths(path)));
        }

        assertThat(stat(".driftless/stage").kind()).isEqualTo(Stat.Kind.DIRECTORY);
    }

    private Outcome remove(String path, Optional<Stat> expected) {
        return only(target().remove(List.of(new Removal(path(path), expected))));
    }

    private static Removal removal(String path, Stat expected) {
        return new Removal(path(path), Optional.of(expected));
    }

    private boolean isOther(EntryPath path) {
        return editor().stat(path).orElseThrow().kind() == Stat.Kind.OTHER;
    }

    // ---- Trash

    @Test
    void moves_a_whole_subtree_to_the_trash() {
        claim();
        directory("d");
        directory("d/e");
        write("d/e/f", "deep");
        write("d/g", "flat");

        List<Outcome> outcomes = get(target().moveToTrash(paths("d", "nothing")));

        assertThat(outcomes)
                .containsExactly(
                        new Outcome.Done(Optional.empty(), true),
                        new Outcome.Done(Optional.empty(), false));
        assertAbsent("d");
        assertThat(trashedTexts()).contains("deep", "flat");
    }

    @Test
    void keeps_the_trash_over_a_crash() {
        claim();
        write("f", "theirs");
        done(place("f", "ours", Optional.empty()));

        restarted();
        claim();

        assertThat(trashedTexts()).contains("theirs");
    }

    // ---- Root

    @Test
    void changes_nothing_when_its_root_is_lost() {
        claim();
        placed("f", "hello");
        done(stage(file("g", "world"), "s", "world"));
        editor().swapRoot();

        List<Publisher<?>> calls =
                List.of(
                        target().place(List.of(placementOf("g"))),
                        target().remove(List.of(new Removal(path("f"), Optional.empty()))),
                        target().moveToTrash(paths("f")),
                        target().makeDirectories(List.of(placementOf("d"))),
                        target().leftovers(),
                        target().look(paths("f")));
        calls.forEach(call -> Failures.assertFails(call, ErrorCode.ROOT_LOST));

        assertThat(editor().names(path(""))).isEmpty();
        editor().showRoot();
        assertThat(text("f")).isEqualTo("hello");
        done(place(file("g", "world"), "s", Optional.empty()));
    }

    private TargetTree.Placement placementOf(String path) {
        return new TargetTree.Placement(file(path, "world"), name("s"), Optional.empty());
    }
}
