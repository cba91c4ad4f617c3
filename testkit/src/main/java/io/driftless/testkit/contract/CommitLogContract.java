package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.PackState;
import io.driftless.error.ErrorCode;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.testing.RandomTrees;
import io.driftless.tree.Entry;
import io.driftless.tree.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What every {@link CommitLog} promises. */
public abstract class CommitLogContract extends IndexRules {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(50);

    // ---- The lease

    @Test
    void leases_a_folder_to_one_holder() {
        Lease mine = take("me", LONG).orElseThrow();

        assertThat(take("you", LONG)).isEmpty();
        assertThat(take("me", LONG)).contains(mine);
    }

    @Test
    void gives_a_lease_that_ran_out_to_another_with_a_higher_token() {
        Lease mine = take("me", SHORT).orElseThrow();
        fixture().pass(SHORT.multipliedBy(2));

        Lease yours = take("you", LONG).orElseThrow();

        assertThat(yours.token()).isGreaterThan(mine.token());
        assertThat(take("me", LONG)).isEmpty();
    }

    @Test
    void gives_a_lease_that_ran_out_to_its_old_holder_only_as_a_new_one() {
        Lease mine = take("me", SHORT).orElseThrow();
        fixture().pass(SHORT.multipliedBy(2));

        assertThat(take("me", LONG).orElseThrow().token()).isGreaterThan(mine.token());
    }

    @Test
    void gives_a_released_lease_to_the_next_at_once() {
        Lease mine = take("me", LONG).orElseThrow();

        does(commits().releaseLease(mine));

        Lease yours = take("you", LONG).orElseThrow();
        assertThat(yours.token()).isGreaterThan(mine.token());
        does(commits().releaseLease(mine));
        assertThat(take("me", LONG)).isEmpty();
    }

    private Optional<Lease> take(String holder, Duration life) {
        return get(commits().lease(folder, holder, life));
    }

    // ---- Commits

    @Test
    void has_no_commit_at_first() {
        assertThat(get(commits().newest(folder))).isEmpty();
        assertThat(get(commits().unsent(folder, ALL))).isEmpty();
        assertThat(below("")).isEmpty();
    }

    @Test
    void keeps_what_was_committed() {
        commits(draft(1, List.of(directory(""), file("a", "one")), List.of(), List.of()));
        commits(draft(2, List.of(file("a", "two"), file("b", "x")), List.of(), List.of()));
        commits(draft(3, List.of(), paths("b", "never there"), List.of()));

        assertThat(get(commits().newest(folder))).contains(commit(3));
        assertThat(get(commits().committed(folder, paths("b", "a", "", "a"))))
                .containsExactly(directory(""), file("a", "two"));
        assertThat(get(commits().committed(folder, List.of()))).isEmpty();
    }

    @Test
    void lists_what_is_committed_below_a_directory_in_path_order() {
        List<Entry> tree = List.copyOf(RandomTrees.tree(new Random(3), 80).values());
        commits(draft(1, tree, List.of(), List.of()));

        for (Entry entry : tree) {
            List<Entry> expected =
                    tree.stream().filter(e -> entry.path().isAncestorOf(e.path())).toList();
            assertThat(paged(entry.path())).isEqualTo(expected);
            assertThat(get(commits().countBelow(folder, entry.path()))).isEqualTo(expected.size());
            assertThat(get(commits().lastBelow(folder, entry.path(), 4)))
                    .isEqualTo(expected.reversed().stream().limit(4).toList());
        }
        assertThat(get(commits().committedBelow(folder, EntryPath.ROOT, Optional.empty(), 5)))
                .isEqualTo(tree.subList(1, 6));
    }

    private List<Entry> paged(EntryPath directory) {
        List<Entry> found = new ArrayList<>();
        Optional<EntryPath> after = Optional.empty();
        while (true) {
            List<Entry> page = get(commits().committedBelow(folder, directory, after, 7));
            if (page.isEmpty()) {
                return found;
            }
            found.addAll(page);
            after = Optional.of(page.getLast().path());
        }
    }

    @Test
    void commits_very_many_changes_at_once() {
        List<Entry> entries =
                IntStream.range(0, 4_500).mapToObj(i -> directory("d%05d".formatted(i))).toList();
        get(rows().write(folder, FolderIndexListRules.puts(entries)));
        List<EntryPath> all = entries.stream().map(Entry::path).toList();
        commits(draft(1, entries, List.of(), taken(get(rows().rows(folder, all)))));

        assertThat(dirtyRows()).isEmpty();
        assertThat(below("")).isEqualTo(entries);
        commits(draft(2, List.of(file("d00000", "x")), all.subList(1, 4_500), List.of()));
        assertThat(below("")).containsExactly(file("d00000", "x"));
    }

    @Test
    void takes_a_path_that_is_removed_and_put_as_put() {
        commits(draft(1, List.of(directory("a")), List.of(), List.of()));

        commits(draft(2, List.of(file("a", "now a file")), paths("a"), List.of()));

        assertThat(below("")).containsExactly(file("a", "now a file"));
    }

    /** Nobody saw it gone, and nobody saw it there either since: a look has to tell. */
    @Test
    void makes_a_row_dirty_again_and_due_that_went_with_its_directory_and_has_an_entry() {
        writesNew(directory("d"));
        writesNew(file("d/there", "one"));
        Version gone = writesNew(file("d/gone", "one"));
        commitsRows(1, "d", "d/there", "d/gone");
        Version there = row("d/there").orElseThrow().version();
        writes(removal("d", row("d").orElseThrow().version()));
        writes(removal("d/gone", gone));

        List<Row> removed = get(rows().rows(folder, paths("d", "d/gone")));
        commits(draft(2, List.of(), paths("d", "d/there", "d/gone"), taken(removed)));

        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("d/there"));
        assertThat(row("d/there").orElseThrow().entry()).contains(file("d/there", "one"));
        assertThat(row("d/there").orElseThrow().state())
                .isInstanceOfSatisfying(
                        State.Waiting.class,
                        waiting -> assertThat(waiting.code()).isEqualTo(ErrorCode.ENTRY_VANISHED));
        assertThat(get(rows().isSettled(folder, there))).isFalse();
        writesNew(directory("d"));
        commitsRows(3, "d", "d/there");
        assertThat(dirtyRows()).isEmpty();
        assertThat(below("")).containsExactly(directory("d"), file("d/there", "one"));
    }

    // ---- Races

    /**
     * Rows lose no change and no flag, whatever is written while a commit takes what was written
     * before. Nobody fails: locks taken in different orders would end one of the two, after a
     * second of waiting.
     */
    @Test
    void commits_everything_in_the_end_however_writers_and_the_committer_race() {
        Lease lease = lease();
        Flux<?> writers =
                Flux.range(0, 4)
                        .flatMap(writer -> writes(new Random(writer), 100), 4)
                        .ignoreElements()
                        .flux();
        Flux<?> committer = Flux.range(1, 99).concatMap(seq -> commitDirty(lease, seq));

        Flux.merge(writers, committer).blockLast(Duration.ofMinutes(1));
        get(commitDirty(lease, 100));

        List<Row> rows =
                get(
                        rows().rowsBelow(
                                        folder,
                                        EntryPath.ROOT,
                                        EntryPath.ROOT,
                                        Optional.empty(),
                                        ALL));
        assertThat(rows).noneMatch(Row::dirty).allMatch(row -> row.entry().isPresent());
        assertThat(dirtyRows()).isEmpty();
        assertThat(below(""))
                .isEqualTo(rows.stream().map(row -> row.entry().orElseThrow()).toList());
    }

    /** Looks at some of a few paths and writes what they are now, again and again. */
    private Flux<?> writes(Random random, int times) {
        return Flux.range(0, times)
                .concatMap(_ ->
                        Mono.defer(() -> {
                            List<EntryPath> some = somePaths(random);
                            return rows().rows(folder, some)
                                    .flatMap(known ->
                                            rows().write(folder, looks(random, some, known)));
                        }));
    }

    private static List<EntryPath> somePaths(Random random) {
        return random.ints(20, 0, 40).distinct().mapToObj(i -> path("p%02d".formatted(i))).toList();
    }

    private static List<RowWrite> looks(Random random, List<EntryPath> paths, List<Row> known) {
        Map<EntryPath, Version> versions =
                known.stream().collect(Collectors.toMap(Row::path, Row::version));
        return paths.stream()
                .map(path -> look(random, path, Optional.ofNullable(versions.get(path))))
                .toList();
    }

    private static RowWrite look(Random random, EntryPath path, Optional<Version> expected) {
        boolean isThere = random.nextInt(3) > 0;
        return isThere
                ? put(file(path.toString(), "text " + random.nextInt(3)), expected)
                : removal(path, expected);
    }

    private Mono<Optional<Refusal>> commitDirty(Lease lease, long seq) {
        return rows().dirtyRows(folder, Optional.empty(), ALL)
                .flatMap(taken -> commits().commit(lease, draftOf(seq, taken)));
    }

    /** No row tells of that any more. */
    @Test
    void loses_a_look_that_began_before_its_path_was_found_gone() {
        Version began = get(rows().latest());
        writes(removal("a", writesNew(file("a", "one"))));
        commits(draft(1, List.of(), paths("a"), taken(dirtyRows())));
        assertThat(row("a")).isEmpty();
        List<RowWrite> old =
                List.of(
                        put(file("a", "old"), Optional.empty()),
                        put(file("b", "never gone"), Optional.empty()));

        List<Optional<Version>> versions = get(rows().write(folder, old, began));

        assertThat(versions.getFirst()).isEmpty();
        assertThat(versions.getLast()).isPresent();
        assertThat(row("a")).isEmpty();
        assertThat(get(rows().write(folder, old.subList(0, 1), get(rows().latest()))))
                .doesNotContain(Optional.empty());
    }

    // ---- Refusals

    @Test
    void refuses_whoever_lost_the_lease_and_changes_nothing() {
        writesNew(file("a", "one"));
        Lease old = take("me", SHORT).orElseThrow();
        fixture().pass(SHORT.multipliedBy(2));
        Lease mine = take("you", LONG).orElseThrow();
        Draft draft = draft(1, List.of(file("a", "one")), List.of(), taken(dirtyRows()));

        assertThat(get(commits().commit(old, draft))).contains(Refusal.LEASE_LOST);

        assertThatNothingIsCommitted();
        assertThat(dirtyRows()).hasSize(1);
        assertThat(get(commits().commit(mine, draft))).isEmpty();
    }

    @Test
    void lets_a_holder_whose_lease_ran_out_commit_while_nobody_took_it() {
        Lease mine = take("me", SHORT).orElseThrow();
        fixture().pass(SHORT.multipliedBy(2));

        assertThat(get(commits().commit(mine, draft(1, List.of(), List.of(), List.of()))))
                .isEmpty();
    }

    @Test
    void refuses_a_number_that_is_not_higher_than_the_newest() {
        commits(after(0, 7, file("a", "one")));

        for (long seq : List.of(1L, 6L, 7L)) {
            Draft again = after(7, seq, file("a", "other"));
            assertThat(get(commits().commit(lease(), again))).contains(Refusal.NOT_NEXT);
        }
        assertThat(below("")).containsExactly(file("a", "one"));
        commits(after(7, 1_001));
    }

    /** As on a database that was put back under whoever commits. */
    @Test
    void refuses_what_follows_another_than_the_newest() {
        commits(after(0, 1, file("a", "one")));

        Draft lost = after(2, 3, file("a", "other"));

        assertThat(get(commits().commit(lease(), lost))).contains(Refusal.NOT_NEXT);
        assertThat(below("")).containsExactly(file("a", "one"));
        commits(after(1, 3, file("a", "other")));
    }

    private Draft after(long parent, long seq, Entry... puts) {
        return new Draft(
                commit(seq, parent), List.of(puts), List.of(), List.of(), Set.of(), Pages.NONE);
    }

    @Test
    void lets_one_of_many_commits_of_one_number_through() {
        Lease lease = lease();
        for (long seq = 1; seq <= 10; seq++) {
            Draft draft = draft(seq, List.of(file("a", "at " + seq)), List.of(), List.of());
            List<Optional<Refusal>> outcomes =
                    get(
                            Flux.range(0, 6)
                                    .flatMap(_ -> commits().commit(lease, draft), 6)
                                    .collectList());

            assertThat(outcomes).filteredOn(Optional::isEmpty).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(Optional::isPresent)
                    .containsOnly(Optional.of(Refusal.NOT_NEXT));
        }
    }

    @Test
    void refuses_packs_that_are_not_stored_and_changes_nothing() {
        UUID stored = pack(PackState.LIVE);
        for (UUID missing :
                List.of(pack(PackState.GONE), pack(PackState.UPLOADING), UUID.randomUUID())) {
            Draft draft = draft(1, Set.of(stored, missing));

            assertThat(get(commits().commit(lease(), draft))).contains(Refusal.PACK_GONE);
        }
        assertThatNothingIsCommitted();
    }

    @Test
    void turns_the_dying_packs_it_uses_live() {
        UUID dying = pack(PackState.DYING);
        UUID live = pack(PackState.LIVE);

        commits(draft(1, Set.of(dying, live)));

        assertThat(fixture().packState(folder, dying)).isEqualTo(PackState.LIVE);
        assertThat(fixture().packState(folder, live)).isEqualTo(PackState.LIVE);
    }

    @Test
    void leaves_a_dying_pack_dying_when_the_commit_is_refused() {
        UUID dying = pack(PackState.DYING);

        Draft draft = draft(1, Set.of(dying, UUID.randomUUID()));

        assertThat(get(commits().commit(lease(), draft))).contains(Refusal.PACK_GONE);
        assertThat(fixture().packState(folder, dying)).isEqualTo(PackState.DYING);
    }

    @Test
    void refuses_a_commit_of_another_incarnation() {
        Commit mine = commit(1);
        Commit foreign =
                new Commit(
                        folder,
                        UUID.randomUUID(),
                        1,
                        mine.root(),
                        mine.parentRoot(),
                        mine.rules(),
                        "",
                        mine.summary(),
                        NOON,
                        mine.changes(),
                        mine.signature());
        Draft draft = new Draft(foreign, List.of(), List.of(), List.of(), Set.of(), Pages.NONE);

        assertThat(get(commits().commit(lease(), draft))).contains(Refusal.NOT_NEXT);
        assertThatNothingIsCommitted();
    }

    private void assertThatNothingIsCommitted() {
        assertThat(get(commits().newest(folder))).isEmpty();
        assertThat(get(commits().unsent(folder, ALL))).isEmpty();
        assertThat(below("")).isEmpty();
    }

    private UUID pack(PackState state) {
        UUID id = UUID.randomUUID();
        does(packs().beginPacks(folder, List.of(id)));
        fixture().setPackState(folder, id, state);
        return id;
    }

    private Draft draft(long seq, Set<UUID> packs) {
        List<Entry> puts = List.of(file("a", "x"));
        return new Draft(commit(seq), puts, List.of(), List.of(), packs, Pages.NONE);
    }

    // ---- Pages and sending

    @Test
    void takes_pages_that_begin_once_or_twice() {
        does(commits().beginPages(folder, Set.of(page("one"), page("two"))));
        does(commits().beginPages(folder, Set.of(page("one"))));
        does(commits().beginPages(folder, Set.of()));

        commits(draft(1, new Pages(Set.of(page("one")), Set.of(page("two")), Set.of())));
        does(commits().beginPages(folder, Set.of(page("two"))));
        commits(draft(2, new Pages(Set.of(), Set.of(page("two")), Set.of(page("one")))));
    }

    @Test
    void refuses_a_page_that_never_began_and_changes_nothing() {
        does(commits().beginPages(folder, Set.of(page("begun"))));

        Pages pages = new Pages(Set.of(page("begun"), page("never")), Set.of(), Set.of());

        assertThat(get(commits().commit(lease(), draft(1, pages)))).contains(Refusal.PAGE_GONE);
        assertThatNothingIsCommitted();
    }

    private Draft draft(long seq, Pages pages) {
        List<Entry> puts = List.of(file("a", "x"));
        return new Draft(commit(seq), puts, List.of(), List.of(), Set.of(), pages);
    }

    @Test
    void keeps_commits_in_order_until_each_is_sent() {
        for (long seq = 1; seq <= 4; seq++) {
            commits(draft(seq, List.of(), List.of(), List.of()));
        }
        assertThat(unsent(2)).containsExactly(1L, 2L);

        does(commits().sent(folder, 1));
        does(commits().sent(folder, 3));
        does(commits().sent(folder, 3));

        assertThat(unsent(ALL)).containsExactly(2L, 4L);
        assertThat(get(commits().unsent(folder, 1))).containsExactly(commit(2));
        assertThat(get(commits().newest(folder))).contains(commit(4));
    }

    private List<Long> unsent(int limit) {
        return get(commits().unsent(folder, limit)).stream().map(Commit::seq).toList();
    }

    private List<Entry> below(String directory) {
        return get(commits().committedBelow(folder, path(directory), Optional.empty(), ALL));
    }
}
