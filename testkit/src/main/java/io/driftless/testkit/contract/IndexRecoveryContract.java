package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.PackState;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.event.Commit;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.IndexRecovery;
import io.driftless.port.IndexRecovery.Known;
import io.driftless.port.IndexRecovery.Span;
import io.driftless.port.ParkedRemovals.Parking;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link IndexRecovery} promises. */
public abstract class IndexRecoveryContract extends IndexRules {
    /** More rows than a statement carries. */
    private static final int MANY = 4_500;

    private IndexRecovery recovery() {
        return fixture().recovery();
    }

    private Known known() {
        return get(recovery().known(folder));
    }

    private void restores(Span span) {
        does(recovery().restore(lease(), span));
    }

    private static Span whole(Entry... entries) {
        return span(Optional.empty(), Optional.empty(), entries);
    }

    private static Span span(
            Optional<EntryPath> after, Optional<EntryPath> through, Entry... entries) {
        return new Span(after, through, List.of(entries), Map.of(), Set.of(), Set.of());
    }

    private List<Entry> committed() {
        return get(commits().committedBelow(folder, EntryPath.ROOT, Optional.empty(), ALL));
    }

    @Test
    void is_not_begun_until_somebody_says_so() {
        assertThat(known()).isEqualTo(new Known(incarnation, false));

        does(recovery().begin(lease(), incarnation));

        assertThat(known()).isEqualTo(new Known(incarnation, true));
    }

    @Test
    void goes_on_under_the_incarnation_it_begins_with() {
        UUID former = UUID.randomUUID();

        does(recovery().begin(lease(), former));

        assertThat(known()).isEqualTo(new Known(former, true));
        assertThat(get(rows().open(folder, UUID.randomUUID())).incarnation()).isEqualTo(former);
        assertThat(get(commits().commit(lease(), draft(1, List.of(), List.of(), List.of()))))
                .contains(Refusal.NOT_NEXT);
    }

    @Test
    void restores_what_was_committed_as_rows_that_nobody_has_looked_at() {
        restores(whole(file("a", "one"), directory("d"), file("d/b", "two")));

        assertThat(committed())
                .containsExactly(file("a", "one"), directory("d"), file("d/b", "two"));
        Row row = row("d/b").orElseThrow();
        assertThat(row.state()).isEqualTo(new State.Ok());
        assertThat(row.entry()).contains(file("d/b", "two"));
        assertThat(row.stat()).isEmpty();
        assertThat(dirtyRows()).isEmpty();
    }

    @Test
    void keeps_rows_that_were_observed_and_has_those_that_differ_committed() {
        Version same = writesNew(file("a", "one"));
        writesNew(file("b", "new"));
        writesNew(file("c", "only seen"));
        commitsRows(1, "a", "b", "c");

        restores(whole(file("a", "one"), file("b", "old")));

        assertThat(row("a").orElseThrow().version()).isEqualTo(same);
        assertThat(row("a").orElseThrow().stat()).isPresent();
        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("b", "c"));
        assertThat(committed()).containsExactly(file("a", "one"), file("b", "old"));
    }

    @Test
    void leaves_what_waits_for_somebody_to_decide() {
        writesNew(file("a", "one"));
        commitsRows(1, "a");
        Version gone = writes(removal("a", row("a").orElseThrow().version()));
        Removal removal = new Removal(path("a"), gone);
        ApprovalId set = ApprovalId.of(List.of(removal));
        does(
                fixture()
                        .parked()
                        .park(folder, new Parking(Optional.empty(), set, 1, List.of(removal))));

        restores(whole(file("a", "one")));

        assertThat(dirtyRows()).isEmpty();
    }

    @Test
    void restores_a_piece_and_leaves_what_lies_around_it() {
        restores(whole(file("a", "1"), file("b", "1"), file("c", "1"), file("d", "1")));

        restores(span(Optional.of(path("a")), Optional.of(path("c")), file("b", "2")));

        assertThat(committed()).containsExactly(file("a", "1"), file("b", "2"), file("d", "1"));
        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("b", "c"));
    }

    @Test
    void takes_everything_back_in_pieces_too() {
        restores(whole(file("a", "1"), file("b", "1"), file("c", "1"), file("d", "1")));
        writesNew(file("bb", "only seen"));

        restores(Span.without(Optional.empty(), Optional.of(path("b"))));
        assertThat(committed()).containsExactly(file("c", "1"), file("d", "1"));
        restores(Span.without(Optional.of(path("b")), Optional.of(path("c"))));
        restores(Span.without(Optional.of(path("c")), Optional.empty()));

        assertThat(committed()).isEmpty();
        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("a", "b", "bb", "c", "d"));
    }

    @Test
    void may_be_repeated() {
        Span span = whole(file("a", "one"), file("b", "two"));
        restores(span);
        Version version = row("a").orElseThrow().version();

        restores(span);

        assertThat(row("a").orElseThrow().version()).isEqualTo(version);
        assertThat(dirtyRows()).isEmpty();
    }

    @Test
    void restores_lists_of_blocks() {
        ContentId content = Trees.contentOf("large").id();
        var blocks = Trees.blocksOf(new byte[] {1, 2, 3});

        restores(
                new Span(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Map.of(content, blocks),
                        Set.of(),
                        Set.of()));

        assertThat(get(rows().blocksOf(folder, content))).isEqualTo(blocks);
    }

    @Test
    void restores_pages_so_that_a_commit_can_supersede_them() {
        does(
                recovery()
                        .restore(
                                lease(),
                                new Span(
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of(),
                                        Map.of(),
                                        Set.of(page("old"), page("kept")),
                                        Set.of(page("list")))));

        assertThat(get(garbage().livePages(folder, Optional.empty(), ALL)))
                .containsExactlyInAnyOrder(page("old"), page("kept"), page("list"));
        commits(
                new Draft(
                        commit(1),
                        List.of(),
                        List.of(),
                        List.of(),
                        Set.of(),
                        new Pages(Set.of(), Set.of(), Set.of(page("old")))));
        assertThat(get(garbage().livePages(folder, Optional.empty(), ALL)))
                .containsExactlyInAnyOrder(page("kept"), page("list"));
    }

    private void restoresMounts(String... mounts) {
        does(recovery().restoreMounts(lease(), Set.copyOf(paths(mounts))));
    }

    @Test
    void makes_the_mount_points_those_of_the_commit() {
        does(rows().keepMounts(folder, Set.of(path("a"), path("gone")), Set.of()));

        restoresMounts("a", "d/b");

        assertThat(get(rows().mounts(folder))).isEqualTo(Set.of(path("a"), path("d/b")));
    }

    /** A row was seen in the directory below the mount, or through a mount that covers another. */
    @Test
    void forgets_what_was_seen_where_nobody_knew_of_a_mount() {
        does(rows().keepMounts(folder, Set.of(path("kept"), path("over")), Set.of()));
        writesNew(directory("m"));
        writesNew(file("m/a", "below the mount"));
        writesNew(file("m/new", "below the mount"));
        writesNew(file("m.a", "beside it"));
        writesNew(directory("kept"));
        writesNew(directory("over"));
        writesNew(file("over/b", "of what covers it"));
        restores(
                whole(
                        directory("kept"),
                        directory("m"),
                        file("m/a", "one"),
                        directory("over"),
                        file("over/b", "two")));

        restoresMounts("kept", "m");

        assertThat(row("m/new")).isEmpty();
        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("kept", "m.a"));
        for (Entry entry : List.of(file("m/a", "one"), file("over/b", "two"), directory("m"))) {
            Row row = row(entry.path().toString()).orElseThrow();
            assertThat(row.state()).isEqualTo(new State.Ok());
            assertThat(row.entry()).contains(entry);
            assertThat(row.stat()).isEmpty();
        }
        assertThat(row("kept").orElseThrow().stat()).isPresent();
    }

    @Test
    void forgets_all_of_it_however_much_that_is() {
        List<Entry> many =
                IntStream.range(0, MANY)
                        .mapToObj(i -> file("m/f" + (1_000_000 + i), "one"))
                        .toList();
        get(
                rows().write(
                                folder,
                                many.stream().map(entry -> put(entry, Optional.empty())).toList()));
        writesNew(file("m.a", "beside it"));
        writesNew(directory("z"));
        writesNew(file("z/a", "of another"));
        List<Entry> wanted = new ArrayList<>(many.subList(0, MANY - 1));
        wanted.addFirst(directory("m"));
        restores(whole(wanted.toArray(Entry[]::new)));

        restoresMounts("m", "m/f1000001", "z");

        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("m.a"));
        assertThat(get(rows().rowsBelow(folder, path("m"), path("m"), Optional.empty(), ALL)))
                .hasSize(MANY - 1)
                .allSatisfy(row -> assertThat(row.stat()).isEmpty());
        assertThat(row("z/a")).isEmpty();
    }

    /** Whoever began to look before the mount was known saw what lies below it. */
    @Test
    void has_who_looks_at_this_moment_look_again() {
        restores(whole(directory("m"), file("m/a", "one")));
        Version seeded = row("m/a").orElseThrow().version();

        restoresMounts("m");

        assertThat(write(removal("m/a", seeded))).containsExactly(Optional.empty());
    }

    @Test
    void forgets_nothing_where_the_mount_points_are_known() {
        does(rows().keepMounts(folder, Set.of(path("m")), Set.of()));
        writesNew(directory("m"));
        Version version = writesNew(file("m/a", "of the mount"));

        restoresMounts("m");

        assertThat(row("m/a").orElseThrow().version()).isEqualTo(version);
        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("m", "m/a"));
    }

    private static BlockLocation at(UUID pack, BlockRef block) {
        return new BlockLocation(block, pack, 0, 10, BlockLocation.Codec.RAW);
    }

    private Optional<UUID> placeOf(BlockRef block) {
        return Optional.ofNullable(
                        get(packs().locate(folder, Set.of(block.hash()))).get(block.hash()))
                .map(BlockLocation::pack);
    }

    /** An old copy knows of other places, and of packs that nothing needed then. */
    @Test
    void adopts_packs_whatever_it_knew_of_them_and_of_the_blocks_in_them() {
        BlockRef block = Trees.blocksOf(new byte[] {7}).getFirst();
        UUID old = UUID.randomUUID();
        UUID dying = UUID.randomUUID();
        does(packs().beginPacks(folder, List.of(old, dying)));
        does(packs().finishPack(folder, old, 10, List.of(at(old, block))));
        fixture().setPackState(folder, dying, PackState.DYING);

        does(recovery().adopt(lease(), dying, List.of(at(dying, block))));

        assertThat(placeOf(block)).contains(dying);
        assertThat(fixture().packState(folder, dying)).isEqualTo(PackState.LIVE);
    }

    @Test
    void does_not_adopt_a_pack_that_is_gone() {
        BlockRef block = Trees.blocksOf(new byte[] {7}).getFirst();
        UUID gone = UUID.randomUUID();
        does(packs().beginPacks(folder, List.of(gone)));
        fixture().setPackState(folder, gone, PackState.GONE);

        does(recovery().adopt(lease(), gone, List.of(at(gone, block))));

        assertThat(placeOf(block)).isEmpty();
        assertThat(fixture().packState(folder, gone)).isEqualTo(PackState.GONE);
    }

    @Test
    void gives_what_may_turn_gone_its_time_from_the_restoring_on() {
        UUID pack = UUID.randomUUID();
        does(packs().beginPacks(folder, List.of(pack)));
        fixture().pass(Duration.ofMillis(400));

        does(recovery().beginRestore(lease()));

        var collecting =
                get(garbage().lease(folder, "collector", Duration.ofMinutes(5))).orElseThrow();
        assertThat(get(garbage().bury(collecting, 0, Duration.ofMillis(300), ALL)).packs())
                .isEmpty();
        fixture().pass(Duration.ofMillis(400));
        assertThat(get(garbage().bury(collecting, 0, Duration.ofMillis(300), ALL)).packs())
                .containsExactly(pack);
    }

    @Test
    void restores_commits_as_sent_and_goes_on_after_the_newest() {
        Commit fifth = commit(5);

        does(recovery().restoreCommits(lease(), List.of(commit(4), fifth)));

        assertThat(get(commits().newest(folder))).contains(fifth);
        assertThat(get(commits().unsent(folder, ALL))).isEmpty();
        assertThat(get(commits().commit(lease(), draft(5, List.of(), List.of(), List.of()))))
                .contains(Refusal.NOT_NEXT);
        commits(draft(6, List.of(), List.of(), List.of()));
    }

    @Test
    void leaves_commits_that_are_known_as_they_are() {
        commits(draft(1, List.of(), List.of(), List.of()));

        does(recovery().restoreCommits(lease(), List.of(commit(1))));

        assertThat(get(commits().unsent(folder, ALL))).containsExactly(commit(1));
    }

    @Test
    void forgets_all_commits_and_needs_their_pages_no_more() {
        does(commits().beginPages(folder, Set.of(page("made"))));
        commits(
                new Draft(
                        commit(1),
                        List.of(),
                        List.of(),
                        List.of(),
                        Set.of(),
                        new Pages(Set.of(page("made")), Set.of(), Set.of())));

        does(recovery().forgetCommits(lease()));

        assertThat(get(commits().newest(folder))).isEmpty();
        assertThat(get(commits().unsent(folder, ALL))).isEmpty();
        assertThat(get(garbage().livePages(folder, Optional.empty(), ALL))).isEmpty();
    }

    @Test
    void does_nothing_under_a_lease_that_was_lost() {
        Lease mine = lease();
        does(commits().releaseLease(mine));
        assertThat(get(commits().lease(folder, "another", Duration.ofMinutes(5)))).isPresent();

        Failures.assertFails(
                recovery().restore(mine, whole(file("a", "one"))), ErrorCode.LEASE_LOST);
        Failures.assertFails(
                recovery().restoreCommits(mine, List.of(commit(1))), ErrorCode.LEASE_LOST);
        Failures.assertFails(recovery().forgetCommits(mine), ErrorCode.LEASE_LOST);
        Failures.assertFails(
                recovery().restoreMounts(mine, Set.of(path("a"))), ErrorCode.LEASE_LOST);
        Failures.assertFails(recovery().begin(mine, incarnation), ErrorCode.LEASE_LOST);

        assertThat(committed()).isEmpty();
        assertThat(known().isBegun()).isFalse();
    }
}
