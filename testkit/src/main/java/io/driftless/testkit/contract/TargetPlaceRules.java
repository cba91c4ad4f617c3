package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link TargetTreeContract} says of files that become visible, also in hostile trees. */
abstract class TargetPlaceRules extends TargetStageRules {
    // ---- Files

    @Test
    void makes_a_new_file_visible() {
        claim();

        Outcome.Done done = done(place("f", "hello", Optional.empty()));

        assertThat(done.trashed()).isFalse();
        assertThat(done.stat()).contains(stat("f"));
        assertThat(text("f")).isEqualTo("hello");
        assertThat(stat("f").metadata()).isEqualTo(metadata(0640));
        assertStageEmpty();
    }

    @Test
    void replaces_a_file_that_is_as_expected() {
        claim();
        Stat before = placed("f", "old");

        Outcome.Done done = done(place("f", "new", Optional.of(before)));

        assertThat(done.trashed()).isFalse();
        assertThat(done.stat()).contains(stat("f"));
        assertThat(text("f")).isEqualTo("new");
        assertThat(trashed()).isEmpty();
        assertStageEmpty();
    }

    @Test
    void keeps_a_file_that_it_did_not_expect_in_the_trash() {
        claim();
        write("f", "theirs");

        Outcome.Done done = done(place("f", "ours", Optional.empty()));

        assertThat(done.trashed()).isTrue();
        assertThat(text("f")).isEqualTo("ours");
        assertThat(trashedTexts()).contains("theirs");
        assertStageEmpty();
    }

    @Test
    void keeps_a_file_that_was_edited_in_the_trash() {
        claim();
        Stat before = placed("f", "old");
        write("f", "edited since");

        assertThat(done(place("f", "new", Optional.of(before))).trashed()).isTrue();

        assertThat(text("f")).isEqualTo("new");
        assertThat(trashedTexts()).contains("edited since");
    }

    @Test
    void keeps_a_file_whose_edit_kept_size_and_modification_time() {
        claim();
        Stat before = placed("f", "old");
        write("f", "OLD");
        editor().setModified(path("f"), before.metadata().modified());

        assertThat(done(place("f", "new", Optional.of(before))).trashed()).isTrue();

        assertThat(trashedTexts()).contains("OLD");
    }

    @Test
    void keeps_a_file_that_took_the_place_of_ours() {
        claim();
        Stat before = placed("f", "old");
        write("g", "OLD");
        editor().changeMode(path("g"), 0640);
        editor().setModified(path("g"), before.metadata().modified());
        editor().rename(path("g"), path("f"));

        assertThat(done(place("f", "new", Optional.of(before))).trashed()).isTrue();

        assertThat(trashedTexts()).contains("OLD");
    }

    @Test
    void keeps_many_unexpected_files_apart_in_the_trash() {
        claim();
        for (String text : List.of("first", "second", "third")) {
            write("f", text);
            assertThat(done(place("f", "ours", Optional.empty())).trashed()).isTrue();
        }

        assertThat(trashedTexts()).contains("first", "second", "third");
    }

    @Test
    void places_a_file_that_was_expected_but_is_gone() {
        claim();
        Stat before = placed("f", "old");
        editor().delete(path("f"));

        Outcome.Done done = done(place("f", "new", Optional.of(before)));

        assertThat(done.trashed()).isFalse();
        assertThat(text("f")).isEqualTo("new");
    }

    @Test
    void replaces_other_kinds_as_it_replaces_files() {
        claim();
        editor().makeOther(path("p"));
        symlink("l", "somewhere");
        Stat expectedLink = stat("l");

        assertThat(done(place("p", "ours", Optional.empty())).trashed()).isTrue();
        assertThat(done(place("l", "ours", Optional.of(expectedLink))).trashed()).isFalse();

        assertThat(text("p")).isEqualTo("ours");
        assertThat(text("l")).isEqualTo("ours");
        assertThat(trashed()).anyMatch(path -> kind(path) == Stat.Kind.OTHER);
        assertThat(trashed()).noneMatch(path -> kind(path) == Stat.Kind.SYMLINK);
    }

    @Test
    void leaves_a_directory_in_the_way_where_it_is() {
        claim();
        directory("d");
        write("d/f", "theirs");
        directory("empty");

        assertThat(failed(place("d", "ours", Optional.empty())))
                .isEqualTo(ErrorCode.FOREIGN_IN_THE_WAY);
        does(target().discard(List.of(name("new"))));
        assertThat(failed(place("d", "ours", Optional.of(stat("d")))))
                .isEqualTo(ErrorCode.FOREIGN_IN_THE_WAY);
        does(target().discard(List.of(name("new"))));
        assertThat(failed(place("empty", "ours", Optional.empty())))
                .isEqualTo(ErrorCode.FOREIGN_IN_THE_WAY);

        assertThat(text("d/f")).isEqualTo("theirs");
        assertThat(stat("empty").kind()).isEqualTo(Stat.Kind.DIRECTORY);
        assertThat(trashed()).isEmpty();
    }

    @Test
    void replaces_an_empty_directory_of_ours() {
        claim();
        Stat made = done(makeFolder(folder("d"))).stat().orElseThrow();

        done(place("d", "now a file", Optional.of(made)));

        assertThat(text("d")).isEqualTo("now a file");
        assertStageEmpty();
    }

    @Test
    void places_nothing_where_there_is_no_directory_for_it() {
        claim();
        write("f", "theirs");

        for (String goal : List.of("nothing/x", "f/x")) {
            failed(place(goal, "ours", Optional.empty()));
            does(target().discard(List.of(name("new"))));
        }

        assertThat(text("f")).isEqualTo("theirs");
        assertAbsent("nothing");
    }

    @Test
    void places_nothing_that_was_not_staged() {
        claim();
        write("f", "theirs");

        failed(place(file("f", "ours"), "never-staged", Optional.empty()));

        assertThat(text("f")).isEqualTo("theirs");
    }

    @Test
    void gives_every_placement_an_outcome_in_order() {
        claim();
        done(stage(file("a", "one"), "a", "one"));
        done(stage(file("b", "two"), "b", "two"));

        List<Outcome> outcomes =
                get(
                        target().place(
                                        List.of(
                                                nowhere(file("a", "one"), "a"),
                                                nowhere(file("x/y", "no"), "no"),
                                                nowhere(file("b", "two"), "b"))));

        done(outcomes.get(0));
        failed(outcomes.get(1));
        done(outcomes.get(2));
        assertThat(text("a") + text("b")).isEqualTo("onetwo");
    }

    static Placement nowhere(Entry entry, String name) {
        return new Placement(entry, name(name), Optional.empty());
    }

    @Test
    void carries_names_of_any_bytes() {
        claim();
        for (String name :
                List.of("%FF%FE", "new%0Aline", "per%25cent", "ünï", " ", "-rf", "a:b\\c")) {
            placed(name, name);
            assertThat(text(name)).isEqualTo(name);
        }
    }

    // ---- Hostile trees

    @Test
    void follows_no_symlink_that_stands_as_a_parent_directory() {
        claim();
        editor().makeSymlink(path("out"), editor().outside());
        directory("d");
        write("d/f", "theirs");
        symlink("in", "d");

        for (String parent : List.of("out", "in")) {
            String child = parent + (parent.equals("out") ? "/kept" : "/f");
            Stat seen = stat("d/f");
            failed(place(child, "ours", Optional.of(seen)));
            does(target().discard(List.of(name("new"))));
            failed(place(link(child, "x"), "link", Optional.of(seen)));
            failed(makeFolder(folder(parent + "/sub")));
            failed(
                    only(
                            target().setMetadata(
                                            List.of(
                                                    new MetadataChange(
                                                            path(child),
                                                            metadata(0600),
                                                            Optional.empty())))));
        }

        assertThat(editor().isOutsideIntact()).isTrue();
        assertThat(text("d/f")).isEqualTo("theirs");
        assertThat(editor().names(path("d"))).containsExactly(path("d/f"));
        assertThat(stat("out").kind()).isEqualTo(Stat.Kind.SYMLINK);
    }

    @Test
    void changes_nothing_behind_a_symlink_that_it_replaces() {
        claim();
        editor().makeSymlink(path("l"), LinkTarget.parse(editor().outside() + "/kept"));
        symlink("m", editor().outside().toString());

        assertThat(done(place("l", "ours", Optional.empty())).trashed()).isTrue();
        assertThat(done(makeFolder(folder("m"))).trashed()).isTrue();

        assertThat(text("l")).isEqualTo("ours");
        assertThat(stat("m").kind()).isEqualTo(Stat.Kind.DIRECTORY);
        assertThat(editor().isOutsideIntact()).isTrue();
    }

    @Test
    void places_nothing_in_our_own_directory() {
        claim();

        failed(place(".driftless/marker", "ours", Optional.empty()));
        does(target().discard(List.of(name("new"))));
        failed(place(".driftless", "ours", Optional.empty()));
        failed(makeFolder(folder(".driftless/sub")));

        assertThat(stat(".driftless").kind()).isEqualTo(Stat.Kind.DIRECTORY);
    }

    private Stat.Kind kind(EntryPath path) {
        return editor().stat(path).orElseThrow().kind();
    }
}
