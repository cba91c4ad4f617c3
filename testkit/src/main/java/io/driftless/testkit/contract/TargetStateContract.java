package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.manifest.Page;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TargetState.Position;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TargetState} promises; the rules of its work are in {@link
 * TargetStateWorkRules}.
 */
public abstract class TargetStateContract extends TargetStateWorkRules {
    // ---- Position

    @Test
    void begins_nowhere() {
        Position position = get(state().position());

        assertThat(position.incarnation()).isEmpty();
        assertThat(position.root()).isEmpty();
        assertThat(position.seq()).isZero();
        assertThat(position.agent()).isNotEmpty();
    }

    @Test
    void moves_to_the_position_whose_root_the_changes_give() {
        does(
                state().collect(
                                List.of(
                                        new Change.Put(directory("")),
                                        new Change.Put(file("a", "one")))));

        boolean isFolded =
                get(state().fold(INCARNATION, 7, rootOf(directory(""), file("a", "one"))));

        assertThat(isFolded).isTrue();
        Position position = get(state().position());
        assertThat(position.incarnation()).contains(INCARNATION);
        assertThat(position.seq()).isEqualTo(7);
        assertThat(position.root()).contains(rootOf(directory(""), file("a", "one")));
    }

    @Test
    void stands_where_it_stood_when_the_changes_give_another_root() {
        fold(directory(""), file("a", "one"));
        Position before = get(state().position());
        List<Known> known = get(state().known(Optional.empty(), ALL));

        does(state().collect(List.of(new Change.Put(file("b", "forged")), remove("a"))));
        boolean isFolded =
                get(state().fold(UUID.randomUUID(), 8, rootOf(directory(""), file("a", "two"))));

        assertThat(isFolded).isFalse();
        assertThat(get(state().position())).isEqualTo(before);
        assertThat(get(state().known(Optional.empty(), ALL))).isEqualTo(known);
        assertThat(paths(Kind.CONTENT)).containsExactly("a");
        assertThat(paths(Kind.REMOVAL)).isEmpty();
    }

    @Test
    void forgets_what_was_collected_when_it_gives_another_root() {
        fold(directory(""));
        does(state().collect(List.of(new Change.Put(file("a", "one")))));
        assertThat(get(state().fold(INCARNATION, 8, rootOf(file("x", "x"))))).isFalse();

        boolean isFolded = get(state().fold(INCARNATION, 9, rootOf(directory(""))));

        assertThat(isFolded).isTrue();
        assertThat(get(state().position()).seq()).isEqualTo(9);
    }

    @Test
    void forgets_what_was_collected_when_told_to() {
        does(state().collect(List.of(new Change.Put(file("a", "one")))));

        does(state().forgetCollected());

        does(state().collect(List.of(new Change.Put(directory("")))));
        assertThat(get(state().fold(INCARNATION, 1, rootOf(directory(""))))).isTrue();
    }

    @Test
    void desires_nothing_before_the_changes_are_folded() {
        does(state().collect(List.of(new Change.Put(directory("")))));

        assertThat(get(state().known(Optional.empty(), ALL))).isEmpty();
        assertThat(get(state().workLeft())).isZero();
    }

    @Test
    void collects_in_any_order_and_number_of_calls() {
        does(
                state().collect(
                                List.of(
                                        new Change.Put(file("d/z", "z")),
                                        new Change.Put(file("d/a", "a")))));
        does(state().collect(List.of(new Change.Put(directory("d")))));
        does(state().collect(List.of(new Change.Put(directory("")))));

        PageHash root = rootOf(directory(""), directory("d"), file("d/a", "a"), file("d/z", "z"));
        assertThat(get(state().fold(INCARNATION, 1, root))).isTrue();
    }

    @Test
    void computes_the_root_of_more_entries_than_a_page_holds() {
        List<Entry> entries = new ArrayList<>(List.of(directory("")));
        for (int i = 0; i < 1500; i++) {
            entries.add(file("f%04d".formatted(i), "text " + i));
        }
        fold(entries.toArray(Entry[]::new));

        fold(file("f0700", "changed"));
        fold(remove("f0003"));

        assertThat(get(state().position()).root()).contains(root());
    }

    @Test
    void remembers_everything_after_a_crash() {
        fold(directory(""), file("a", "one"), file("b", "two"));
        settle(Kind.CONTENT, new Settled.Right(applied(file("a", "one"))));
        does(state().intend(List.of(intent("b"))));
        Position before = get(state().position());
        List<Known> known = get(state().known(Optional.empty(), ALL));

        reopened(true);

        Position after = get(state().position());
        assertThat(after.wasClean()).isFalse();
        assertThat(after.agent()).isEqualTo(before.agent());
        assertThat(after.root()).isEqualTo(before.root());
        assertThat(after.seq()).isEqualTo(before.seq());
        assertThat(get(state().known(Optional.empty(), ALL))).isEqualTo(known);
        assertThat(paths(Kind.CONTENT)).containsExactly("b");
        assertThat(get(state().intents())).containsExactly(intent("b"));
    }

    @Test
    void knows_that_its_last_owner_closed_it() {
        fold(directory(""));
        does(state().close());

        reopened(false);
        assertThat(get(state().position()).wasClean()).isTrue();

        reopened(true);
        assertThat(get(state().position()).wasClean()).isFalse();
    }

    // ---- Pages

    @Test
    void serves_the_page_that_holds_each_desired_path() {
        fold(directory(""), file("a", "one"), file("b", "two"));

        Map<?, PageHash> leaves = get(state().leavesOf(List.of(path("b"), path("not here"))));

        assertThat(leaves.keySet()).isEqualTo(Set.of(path("b")));
        PageHash leaf = leaves.values().iterator().next();
        assertThat(get(state().pages(Set.of(leaf))))
                .hasEntrySatisfying(
                        leaf,
                        page ->
                                assertThat(page)
                                        .isInstanceOfSatisfying(
                                                Page.Leaf.class,
                                                found ->
                                                        assertThat(found.entries())
                                                                .contains(file("b", "two"))));
    }

    @Test
    void serves_the_page_of_its_root() {
        fold(directory(""), file("a", "one"));

        Map<PageHash, Page> pages = get(state().pages(Set.of(root())));

        assertThat(pages.keySet()).containsExactly(root());
    }

    @Test
    void has_no_page_that_is_not_of_its_entries() {
        fold(directory(""));

        PageHash foreign = rootOf(directory(""), file("a", "one"));

        Failures.assertFails(state().pages(Set.of(foreign)), ErrorCode.STORE_OBJECT_MISSING);
    }

    // ---- Known

    @Test
    void knows_what_is_desired_and_what_is_applied_in_path_order() {
        fold(directory(""), directory("a"), file("a/x", "one"), file("a.b", "two"));
        does(state().observe(Map.of(path("z"), Optional.of(applied(file("z", "foreign"))))));
        settle(Kind.CONTENT, new Settled.Right(applied(file("a.b", "two"))));

        List<Known> known = get(state().known(Optional.empty(), ALL));

        assertThat(known)
                .containsExactly(
                        desired(directory("")),
                        desired(directory("a")),
                        desired(file("a/x", "one")),
                        new Known(
                                path("a.b"),
                                Optional.of(file("a.b", "two")),
                                Optional.of(applied(file("a.b", "two"))),
                                Set.of()),
                        new Known(
                                path("z"),
                                Optional.empty(),
                                Optional.of(applied(file("z", "foreign"))),
                                Set.of()));
    }

    @Test
    void knows_in_portions() {
        fold(directory(""), file("a", "one"), file("b", "two"), file("c", "three"));

        assertThat(get(state().known(Optional.empty(), 2)))
                .containsExactly(desired(directory("")), desired(file("a", "one")));
        assertThat(get(state().known(Optional.of(path("a")), 1)))
                .containsExactly(desired(file("b", "two")));
        assertThat(get(state().known(Optional.of(path("bb")), ALL)))
                .containsExactly(desired(file("c", "three")));
    }

    @Test
    void knows_of_given_paths_only_those_it_knows() {
        fold(directory(""), file("a", "one"));
        does(state().observe(Map.of(path("z"), Optional.of(applied(file("z", "foreign"))))));

        List<Known> known = get(state().knownOf(List.of(path("z"), path("nothing"), path("a"))));

        assertThat(known)
                .containsExactlyInAnyOrder(
                        desired(file("a", "one")),
                        new Known(
                                path("z"),
                                Optional.empty(),
                                Optional.of(applied(file("z", "foreign"))),
                                Set.of()));
    }

    @Test
    void forgets_what_a_look_did_not_find() {
        foldAndApply(directory(""), file("a", "one"));

        does(state().observe(Map.of(path("a"), Optional.empty())));

        assertThat(get(state().knownOf(List.of(path("a")))))
                .containsExactly(
                        new Known(
                                path("a"),
                                Optional.of(file("a", "one")),
                                Optional.empty(),
                                Set.of()));
    }

    @Test
    void knows_what_is_work_though_nothing_is_desired_or_applied_there() {
        foldAndApply(directory(""));

        does(state().demand(List.of(new Demand(path("x"), Kind.REMOVAL, true))));

        assertThat(get(state().known(Optional.of(path("")), ALL)))
                .isEqualTo(get(state().knownOf(List.of(path("x")))))
                .containsExactly(
                        new Known(
                                path("x"),
                                Optional.empty(),
                                Optional.empty(),
                                Set.of(Kind.REMOVAL)));
    }

    @Test
    void keeps_every_kind_of_path_and_metadata_as_it_was() {
        Entry raw =
                new Entry.SymlinkEntry(
                        path("d/%FF%0A é"),
                        directory("").metadata(),
                        symlink("x", "..//t%FF").target());
        fold(directory(""), directory("d"), raw);

        assertThat(get(state().knownOf(List.of(raw.path())))).containsExactly(desired(raw));
    }

    // ---- Holders

    @Test
    void names_who_holds_a_content_those_to_be_removed_first() {
        foldAndApply(directory(""), file("a", "same"), file("b", "same"), file("c", "other"));
        fold(remove("b"));

        var holders = get(state().holders(Set.of(content("same").id(), content("none").id())));

        assertThat(holders)
                .containsExactly(
                        new TargetState.Holder(applied(file("b", "same")), true),
                        new TargetState.Holder(applied(file("a", "same")), false));
    }

    @Test
    void names_no_holder_of_what_is_only_desired() {
        fold(directory(""), file("a", "one"));

        Set<ContentId> wanted = Set.of(content("one").id());

        assertThat(get(state().holders(wanted))).isEmpty();
    }

    @Test
    void names_at_most_a_few_holders_of_each_content() {
        List<Entry> entries = new ArrayList<>(List.of(directory(""), file("other", "other")));
        for (int i = 0; i < 200; i++) {
            entries.add(file("f%04d".formatted(i), "same"));
        }
        foldAndApply(entries.toArray(Entry[]::new));

        var holders = get(state().holders(Set.of(content("same").id(), content("other").id())));

        assertThat(holders).hasSizeBetween(2, 20);
        assertThat(holders).extracting(holder -> holder.applied().path()).contains(path("other"));
    }

    // ---- Intents

    @Test
    void keeps_intents_until_their_paths_are_settled() {
        fold(directory(""), file("a", "one"), file("b", "two"));
        does(state().intend(List.of(intent("a"), intent("b"))));

        settle(Kind.CONTENT, new Settled.Right(applied(file("a", "one"))));

        assertThat(get(state().intents())).containsExactly(intent("b"));
    }

    private static Intent intent(String path) {
        return new Intent(
                path(path),
                new StageName("stage-" + path),
                Optional.of(4711L),
                Optional.of(content(path).id()));
    }

    /** Of what was folded and is not settled. */
    private static Known desired(Entry entry) {
        Set<Kind> work =
                entry instanceof Entry.DirectoryEntry
                        ? Set.of(Kind.DIRECTORY, Kind.DIRECTORY_METADATA)
                        : Set.of(Kind.CONTENT);
        return new Known(entry.path(), Optional.of(entry), Optional.empty(), work);
    }
}
