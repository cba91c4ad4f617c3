package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What {@link TargetTreeContract} says of symlinks, of directories and of the metadata of
 * everything.
 */
abstract class TargetLinkRules extends TargetPlaceRules {
    // ---- Symlinks

    @Test
    void makes_a_symlink_with_its_time() {
        claim();

        Outcome.Done done = done(place(link("l", "../t%FF/ü"), "s", Optional.empty()));

        assertThat(editor().target(path("l"))).contains(LinkTarget.parse("../t%FF/ü"));
        assertThat(done.stat()).contains(stat("l"));
        assertThat(stat("l").metadata().modified()).isEqualTo(WRITTEN);
        assertStageEmpty();
    }

    @Test
    void replaces_a_symlink_and_keeps_an_unexpected_one() {
        claim();
        Stat first = done(place(link("l", "one"), "s", Optional.empty())).stat().orElseThrow();

        assertThat(done(place(link("l", "two"), "s", Optional.of(first))).trashed()).isFalse();
        assertThat(done(place(link("l", "three"), "s", Optional.of(first))).trashed()).isTrue();

        assertThat(editor().target(path("l"))).contains(LinkTarget.parse("three"));
        assertThat(trashed()).anyMatch(path -> isLinkTo(path, "two"));
        assertThat(trashed()).noneMatch(path -> isLinkTo(path, "one"));
        assertStageEmpty();
    }

    /** What a symlink may hold elsewhere, but not where this adapter writes; it says so. */
    protected List<String> impossibleSymlinks() {
        return List.of();
    }

    @Test
    void carries_a_symlink_byte_for_byte_or_says_that_it_cannot() {
        claim();
        for (String target : List.of("a//b/", "c/", "/", ".", "no%0Athing", "../../..", "/e/f/")) {
            Outcome outcome = place(link("l", target), "s", Optional.empty());

            boolean isImpossible = impossibleSymlinks().contains(target);
            assertThat(outcome instanceof Outcome.Failed).as(target).isEqualTo(isImpossible);
            assertThat(isImpossible || isLinkTo(path("l"), target)).as(target).isTrue();
            assertStageEmpty();
        }
    }

    @Test
    void leaves_a_directory_in_the_way_of_a_symlink() {
        claim();
        directory("d");
        write("d/f", "theirs");

        assertThat(failed(place(link("d", "x"), "s", Optional.empty())))
                .isEqualTo(ErrorCode.FOREIGN_IN_THE_WAY);

        assertThat(text("d/f")).isEqualTo("theirs");
        assertStageEmpty();
    }

    // ---- Directories

    @Test
    void makes_directories_closed_to_others_until_their_metadata_is_set() {
        claim();

        Outcome.Done made = done(makeFolder(folder("d")));

        assertThat(made.stat()).contains(stat("d"));
        assertThat(stat("d").metadata().mode()).isEqualTo(0700);
    }

    @Test
    void makes_nested_directories_in_one_call() {
        claim();

        List<Outcome> outcomes =
                get(
                        target().makeDirectories(
                                        List.of(
                                                nowhere(folder("a"), "x"),
                                                nowhere(folder("a/b"), "x"),
                                                nowhere(folder("no/c"), "x"))));

        done(outcomes.get(0));
        done(outcomes.get(1));
        failed(outcomes.get(2));
        assertThat(stat("a/b").kind()).isEqualTo(Stat.Kind.DIRECTORY);
        assertAbsent("no");
    }

    @Test
    void leaves_a_directory_that_is_there_as_it_is() {
        claim();
        directory("d");
        write("d/f", "theirs");
        Stat before = stat("d");

        Outcome.Done made = done(makeFolder(folder("d")));

        assertThat(made.trashed()).isFalse();
        assertThat(stat("d")).isEqualTo(before);
        assertThat(text("d/f")).isEqualTo("theirs");
    }

    @Test
    void finds_the_root_made() {
        claim();

        assertThat(done(makeFolder(folder(""))).stat()).contains(stat(""));
    }

    @Test
    void makes_a_directory_where_a_file_was() {
        claim();
        Stat ours = placed("ours", "old");
        write("theirs", "foreign");

        Outcome.Done replaced =
                done(
                        only(
                                target().makeDirectories(
                                                List.of(
                                                        new Placement(
                                                                folder("ours"),
                                                                name("x"),
                                                                Optional.of(ours))))));
        Outcome.Done displaced = done(makeFolder(folder("theirs")));

        assertThat(replaced.trashed()).isFalse();
        assertThat(displaced.trashed()).isTrue();
        assertThat(stat("ours").kind()).isEqualTo(Stat.Kind.DIRECTORY);
        assertThat(stat("theirs").kind()).isEqualTo(Stat.Kind.DIRECTORY);
        assertThat(trashedTexts()).contains("foreign").doesNotContain("old");
    }

    // ---- Metadata

    @Test
    void sets_the_metadata_of_every_kind() {
        claim();
        placed("f", "hello");
        directory("d");
        symlink("l", "f");
        Metadata wanted = metadata(07511);
        Metadata old = new Metadata(0777, wanted.uid(), wanted.gid(), new Timestamp(-86_400, 0));

        for (String path : List.of("f", "d", "l", "")) {
            for (Metadata next : List.of(wanted, old)) {
                Outcome.Done done = done(setMetadata(path, next));

                assertThat(done.stat()).contains(stat(path));
                int mode = path.equals("l") ? 0777 : next.mode();
                assertThat(stat(path).metadata())
                        .isEqualTo(new Metadata(mode, next.uid(), next.gid(), next.modified()));
            }
        }
        assertThat(text("f")).isEqualTo("hello");
    }

    @Test
    void sets_an_owner_or_lends_no_rights_of_one() {
        claim();
        Metadata ours = metadata(0640);
        Metadata foreign = new Metadata(06751, ours.uid() + 1, ours.gid() + 1, WRITTEN);
        Entry.FileEntry entry = file("new", "hello").withMetadata(foreign);
        placed("old", "hello");

        done(stage(entry, "s", "hello"));
        done(place(entry, "s", Optional.empty()));
        done(setMetadata("old", foreign));

        Metadata lent = new Metadata(0751, ours.uid(), ours.gid(), WRITTEN);
        assertThat(stat("new").metadata()).isIn(foreign, lent);
        assertThat(stat("old").metadata()).isEqualTo(stat("new").metadata());
    }

    @Test
    void sets_no_metadata_that_is_right() {
        claim();
        Stat before = placed("f", "hello");

        done(setMetadata("f", before.metadata()));

        assertThat(stat("f")).isEqualTo(before);
    }

    @Test
    void sets_no_metadata_of_what_is_not_there() {
        claim();

        assertThat(failed(setMetadata("nothing", metadata(0600))))
                .isEqualTo(ErrorCode.ENTRY_VANISHED);
    }

    @Test
    void sets_no_metadata_of_what_was_edited_since_it_was_looked_at() {
        claim();
        Stat seen = placed("f", "hello");
        write("f", "HELLO");
        Stat edited = stat("f");

        MetadataChange change = new MetadataChange(path("f"), metadata(0600), Optional.of(seen));
        ErrorCode code = failed(only(target().setMetadata(List.of(change))));

        assertThat(code).isEqualTo(ErrorCode.LOCAL_EDIT);
        assertThat(stat("f")).isEqualTo(edited);
        assertThat(text("f")).isEqualTo("HELLO");
    }

    final Outcome setMetadata(String path, Metadata metadata) {
        return only(
                target().setMetadata(
                                List.of(
                                        new MetadataChange(
                                                path(path), metadata, Optional.empty()))));
    }

    private boolean isLinkTo(EntryPath path, String target) {
        return editor().target(path).equals(Optional.of(LinkTarget.parse(target)));
    }
}
