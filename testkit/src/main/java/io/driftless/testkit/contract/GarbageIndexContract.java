package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.PackState;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockLocation.Codec;
import io.driftless.block.BlockRef;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.GarbageIndex.Garbage;
import io.driftless.port.GarbageIndex.Heard;
import io.driftless.port.GarbageIndex.Lease;
import io.driftless.port.GarbageIndex.Search;
import io.driftless.retention.Retention;
import io.driftless.retention.Retention.Applying;
import io.driftless.retention.Retention.Standing;
import io.driftless.tree.TargetId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What every {@link io.driftless.port.GarbageIndex} promises. */
public abstract class GarbageIndexContract extends IndexRules {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration NONE = Duration.ZERO;

    // ---- The lease

    @Test
    void leases_the_collecting_apart_from_the_committing() {
        lease();
        Lease mine = collecting();

        assertThat(get(garbage().lease(folder, "you", LONG))).isEmpty();
        assertThat(collecting()).isEqualTo(mine);
        does(garbage().releaseLease(mine));
        assertThat(get(garbage().lease(folder, "you", LONG)).orElseThrow().token())
                .isGreaterThan(mine.token());
    }

    @Test
    void refuses_every_change_of_whoever_lost_the_lease() {
        packOf(1, "a");
        Lease old = get(garbage().lease(folder, "me", SHORT)).orElseThrow();
        Search search = get(garbage().beginSearch(old)).orElseThrow();
        fixture().pass(SHORT.multipliedBy(2));
        assertThat(get(garbage().lease(folder, "you", LONG))).isPresent();

        Garbage nothing = new Garbage(List.of(), List.of());
        for (Mono<?> change :
                List.of(
                        garbage().dropCommits(old, List.of(1L)),
                        garbage().beginSearch(old),
                        garbage().endSearch(search),
                        garbage().condemn(old, 1, ALL),
                        garbage().bury(old, 1, NONE, ALL),
                        garbage().forget(old, nothing),
                        garbage().abandon(old, UUID.randomUUID()),
                        garbage().storeAgain(old, List.of(path("a"))))) {
            Failures.assertFails(change, ErrorCode.LEASE_LOST);
        }
    }

    private Lease collecting() {
        return get(garbage().lease(folder, "collector", LONG)).orElseThrow();
    }

    // ---- Commits

    @Test
    void stands_nowhere_before_the_first_commit() {
        assertThat(get(garbage().standing(folder, Retention.DEFAULT))).isEmpty();
        assertThat(get(garbage().beginSearch(collecting()))).isEmpty();
    }

    @Test
    void tells_how_commits_stand_by_age_and_by_number() {
        LongStream.of(1, 2, 5).forEach(this::emptyCommit);
        fixture().pass(Duration.ofSeconds(2));
        LongStream.of(6, 7, 9).forEach(this::emptyCommit);

        Standing standing = standing(new Retention(Duration.ofMillis(1_900), 2, LONG));

        assertThat(standing.incarnation()).isEqualTo(incarnation);
        assertThat(standing.newest()).isEqualTo(9);
        assertThat(standing.firstOfLast()).isEqualTo(7);
        assertThat(standing.firstYoung()).contains(6L);
        assertThat(standing(new Retention(LONG, 4, LONG)).firstYoung()).contains(1L);
        assertThat(standing(new Retention(LONG, 100, LONG)).firstOfLast()).isEqualTo(1);
        fixture().pass(SHORT);
        assertThat(standing(new Retention(SHORT.dividedBy(50), 1, LONG)).firstYoung()).isEmpty();
    }

    @Test
    void counts_a_target_that_says_the_same_again_as_silent() {
        emptyCommit(1);
        TargetId target = new TargetId("t-" + UUID.randomUUID());
        does(garbage().heard(folder, List.of(new Heard(target, incarnation, 1, 8))));
        fixture().pass(SHORT);

        does(garbage().heard(folder, List.of(new Heard(target, incarnation, 1, 8))));
        Applying silent = standing(Retention.DEFAULT).targets().getFirst();
        does(garbage().heard(folder, List.of(new Heard(target, incarnation, 1, 7))));
        Applying speaking = standing(Retention.DEFAULT).targets().getFirst();

        assertThat(silent.silent()).isGreaterThanOrEqualTo(SHORT);
        assertThat(silent.left()).isEqualTo(8);
        assertThat(speaking.silent()).isLessThan(silent.silent());
        assertThat(speaking).isEqualTo(new Applying(target, incarnation, 1, 7, speaking.silent()));
    }

    @Test
    void drops_commits_but_never_the_newest_or_one_that_is_not_sent() {
        LongStream.rangeClosed(1, 4).forEach(this::emptyCommit);
        LongStream.of(1, 3, 4).forEach(seq -> does(commits().sent(folder, seq)));

        assertThat(get(garbage().commitsBefore(folder, 4, ALL)))
                .extracting(Commit::seq)
                .containsExactly(1L, 3L);
        assertThat(get(garbage().commitsBefore(folder, 9, 1))).containsExactly(commit(1));
        does(garbage().dropCommits(collecting(), List.of(1L, 2L, 4L)));

        assertThat(get(garbage().commitsBefore(folder, 9, ALL)))
                .extracting(Commit::seq)
                .containsExactly(3L);
        assertThat(get(commits().unsent(folder, ALL))).containsExactly(commit(2));
        assertThat(get(commits().newest(folder))).contains(commit(4));
    }

    private Standing standing(Retention retention) {
        return get(garbage().standing(folder, retention)).orElseThrow();
    }

    private void emptyCommit(long seq) {
        commits(draft(seq, Set.of(), Pages.NONE));
    }

    // ---- Packs

    @Test
    void takes_a_pack_from_live_to_forgotten_once_no_retained_commit_needs_it() {
        UUID pack = packOf(1, "a");
        emptyCommit(2);
        search(Set.of());

        assertThat(get(garbage().condemn(collecting(), 1, ALL))).isZero();
        assertThat(get(garbage().condemn(collecting(), 2, ALL))).isEqualTo(1);
        assertThat(fixture().packState(folder, pack)).isEqualTo(PackState.DYING);
        assertThat(bury(2, LONG).isEmpty()).isTrue();
        fixture().pass(SHORT);
        assertThat(bury(1, NONE).isEmpty()).isTrue();
        assertThat(bury(2, SHORT.dividedBy(5)).packs()).containsExactly(pack);
        assertThat(fixture().packState(folder, pack)).isEqualTo(PackState.GONE);
        assertThat(get(packs().locate(folder, Set.of(block("a").hash())))).isEmpty();
        assertThat(get(garbage().buried(folder, LONG, ALL)).isEmpty()).isTrue();
        fixture().pass(SHORT);
        Garbage buried = get(garbage().buried(folder, SHORT.dividedBy(5), ALL));
        assertThat(buried.packs()).containsExactly(pack);
        does(garbage().forget(collecting(), buried));
        assertThat(get(garbage().buried(folder, NONE, ALL)).isEmpty()).isTrue();
    }

    @Test
    void keeps_a_pack_that_a_search_saw_or_a_commit_used_since_it_began() {
        UUID seen = packOf(1, "seen");
        UUID used = packOf(2, "used");
        UUID unused = packOf(3, "unused");
        emptyCommit(4);
        Search search = get(garbage().beginSearch(collecting())).orElseThrow();
        does(garbage().see(search, Set.of(seen), Set.of()));
        commits(draft(5, Set.of(used), Pages.NONE));
        does(garbage().endSearch(search));

        assertThat(get(garbage().condemn(collecting(), 4, ALL))).isZero();
        assertThat(get(garbage().condemn(collecting(), 5, ALL))).isEqualTo(1);

        assertThat(fixture().packState(folder, unused)).isEqualTo(PackState.DYING);
    }

    @Test
    void searches_again_only_after_another_commit() {
        packOf(1, "a");
        search(Set.of());

        assertThat(get(garbage().beginSearch(collecting()))).isEmpty();
        emptyCommit(2);
        assertThat(get(garbage().beginSearch(collecting()))).isPresent();
    }

    @Test
    void rescues_a_dying_pack_that_a_search_sees() {
        UUID pack = dying("a");
        emptyCommit(3);

        search(Set.of(pack));

        assertThat(fixture().packState(folder, pack)).isEqualTo(PackState.LIVE);
        assertThat(get(garbage().condemn(collecting(), 3, ALL))).isZero();
    }

    @Test
    void keeps_a_dying_pack_that_a_commit_used() {
        UUID pack = dying("a");

        commits(draft(3, Set.of(pack), Pages.NONE));

        assertThat(bury(3, NONE).isEmpty()).isTrue();
        assertThat(get(garbage().condemn(collecting(), 3, ALL))).isZero();
        assertThat(fixture().packState(folder, pack)).isEqualTo(PackState.LIVE);
    }

    @Test
    void buries_what_was_begun_and_never_finished() {
        UUID pack = UUID.randomUUID();
        does(packs().beginPacks(folder, List.of(pack)));
        does(commits().beginPages(folder, Set.of(page("p"))));
        assertThat(bury(0, LONG).isEmpty()).isTrue();
        fixture().pass(SHORT);

        Garbage gone = bury(0, SHORT.dividedBy(5));

        assertThat(gone).isEqualTo(new Garbage(List.of(pack), List.of(page("p"))));
        Failures.assertFails(
                packs().finishPack(folder, pack, 3, List.of(in(pack, "a"))),
                ErrorCode.STORE_OBJECT_MISSING);
        assertThat(get(commits().commit(lease(), draft(1, Set.of(), manifest("p")))))
                .contains(Refusal.PAGE_GONE);
        does(commits().beginPages(folder, Set.of(page("p"))));
        commits(draft(1, Set.of(), manifest("p")));
    }

    @Test
    void collects_no_more_at_once_than_it_is_asked_to() {
        for (int i = 1; i <= 3; i++) {
            packOf(i, "block " + i);
        }
        emptyCommit(4);
        search(Set.of());

        assertThat(get(garbage().condemn(collecting(), 4, 2))).isEqualTo(2);
        assertThat(get(garbage().condemn(collecting(), 4, 2))).isEqualTo(1);
        fixture().pass(SHORT);
        assertThat(get(garbage().bury(collecting(), 4, NONE, 2)).packs()).hasSize(2);
        assertThat(bury(4, NONE).packs()).hasSize(1);
        fixture().pass(SHORT);
        assertThat(get(garbage().buried(folder, NONE, 2)).packs()).hasSize(2);
    }

    @Test
    void abandons_a_pack_that_commits_need_with_all_its_blocks() {
        UUID pack = packOf(1, "a");
        assertThat(get(garbage().blocksIn(folder, pack))).containsExactly(in(pack, "a"));
        assertThat(get(garbage().livePacks(folder, Optional.empty(), ALL))).containsExactly(pack);

        assertThat(get(garbage().abandon(collecting(), pack))).isTrue();

        assertThat(fixture().packState(folder, pack)).isEqualTo(PackState.GONE);
        assertThat(get(garbage().blocksIn(folder, pack))).isEmpty();
        assertThat(get(garbage().livePacks(folder, Optional.empty(), ALL))).isEmpty();
        assertThat(get(packs().locate(folder, Set.of(block("a").hash())))).isEmpty();
        assertThat(get(garbage().abandon(collecting(), pack))).isFalse();
        assertThat(get(commits().commit(lease(), draft(2, Set.of(pack), Pages.NONE))))
                .contains(Refusal.PACK_GONE);
        UUID next = UUID.randomUUID();
        does(packs().beginPacks(folder, List.of(next)));
        does(packs().finishPack(folder, next, 3, List.of(in(next, "a"))));
        assertThat(get(packs().locate(folder, Set.of(block("a").hash()))))
                .containsValue(in(next, "a"));
    }

    @Test
    void has_rows_stored_again_that_are_settled_and_have_an_entry() {
        writesNew(file("a", "text"));
        commitsRows(1, "a");
        writesNew(file("b", "text"));
        assertThat(pathsOf(dirtyRows())).containsExactly(path("b"));

        does(garbage().storeAgain(collecting(), List.of(path("a"), path("b"), path("not there"))));

        assertThat(pathsOf(dirtyRows())).containsExactlyInAnyOrder(path("a"), path("b"));
        commitsRows(2, "a", "b");
        assertThat(dirtyRows()).isEmpty();
    }

    // ---- Pages

    @Test
    void takes_a_page_from_superseded_to_forgotten() {
        pages(1, manifest("one", "two"));
        pages(2, new Pages(Set.of(page("three")), Set.of(), Set.of(page("one"))));

        assertThat(livePages()).containsExactlyInAnyOrder(page("two"), page("three"));
        assertThat(get(garbage().condemn(collecting(), 1, ALL))).isZero();
        assertThat(get(garbage().condemn(collecting(), 2, ALL))).isEqualTo(1);
        fixture().pass(SHORT);
        assertThat(bury(2, NONE).pages()).containsExactly(page("one"));
        fixture().pass(SHORT);
        Garbage buried = get(garbage().buried(folder, NONE, ALL));
        assertThat(buried.pages()).containsExactly(page("one"));
        does(commits().beginPages(folder, Set.of(page("one"))));
        does(garbage().forget(collecting(), buried));
        commits(draft(3, Set.of(), manifest("one")));
        assertThat(livePages()).containsExactlyInAnyOrder(page("one"), page("two"), page("three"));
    }

    @Test
    void keeps_a_superseded_page_that_came_back() {
        pages(1, manifest("one"));
        pages(2, new Pages(Set.of(page("two")), Set.of(), Set.of(page("one"))));
        get(garbage().condemn(collecting(), 2, ALL));

        pages(3, new Pages(Set.of(page("one")), Set.of(), Set.of(page("two"))));

        assertThat(bury(3, NONE).isEmpty()).isTrue();
        assertThat(livePages()).containsExactly(page("one"));
    }

    @Test
    void finds_lists_of_blocks_by_search_and_leaves_pages_of_manifests_alone() {
        pages(1, new Pages(Set.of(page("leaf")), Set.of(page("old"), page("list")), Set.of()));
        emptyCommit(2);
        Search search = get(garbage().beginSearch(collecting())).orElseThrow();
        does(garbage().see(search, Set.of(), Set.of(page("list"))));
        does(garbage().endSearch(search));

        get(garbage().condemn(collecting(), 2, ALL));

        fixture().pass(SHORT);
        assertThat(bury(2, NONE).pages()).containsExactly(page("old"));
        assertThat(livePages()).containsExactlyInAnyOrder(page("leaf"), page("list"));
    }

    @Test
    void lists_live_pages_piece_by_piece() {
        pages(1, manifest("one", "two", "three"));

        List<PageHash> first = get(garbage().livePages(folder, Optional.empty(), 2));
        List<PageHash> rest = get(garbage().livePages(folder, Optional.of(first.getLast()), 2));

        assertThat(first).hasSize(2).isSorted();
        assertThat(rest).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    private List<PageHash> livePages() {
        return get(garbage().livePages(folder, Optional.empty(), ALL));
    }

    private void pages(long seq, Pages pages) {
        does(commits().beginPages(folder, pages.stored()));
        commits(draft(seq, Set.of(), pages));
    }

    private static Pages manifest(String... names) {
        return new Pages(
                Arrays.stream(names).map(IndexRules::page).collect(Collectors.toSet()),
                Set.of(),
                Set.of());
    }

    // ---- Races

    /** Whoever is first wins, and the other one knows. */
    @Test
    void lets_a_commit_have_a_dying_pack_or_know_that_it_is_gone() {
        long seq = 1;
        for (int round = 0; round < 20; round++) {
            UUID pack = packOf(seq, "block " + round);
            emptyCommit(seq + 1);
            search(Set.of());
            get(garbage().condemn(collecting(), seq + 1, ALL));
            Draft draft = draft(seq + 2, Set.of(pack), Pages.NONE);
            Lease collector = collecting();
            var committer = lease();
            fixture().pass(Duration.ofMillis(2));

            var both =
                    get(
                            Mono.zip(
                                    commits().commit(committer, draft),
                                    garbage().bury(collector, seq + 1, NONE, ALL)));

            boolean isCommitted = both.getT1().isEmpty();
            boolean isBuried = both.getT2().packs().contains(pack);
            assertThat(isCommitted).isNotEqualTo(isBuried);
            assertThat(fixture().packState(folder, pack))
                    .isEqualTo(isCommitted ? PackState.LIVE : PackState.GONE);
            seq += 3;
        }
    }

    @Test
    void lets_a_late_upload_finish_or_know_that_it_was_given_up() {
        Lease collector = collecting();
        for (int round = 0; round < 20; round++) {
            UUID pack = UUID.randomUUID();
            BlockLocation block = in(pack, "late " + round);
            does(packs().beginPacks(folder, List.of(pack)));
            fixture().pass(Duration.ofMillis(2));

            var both =
                    get(
                            Mono.zip(
                                    packs().finishPack(folder, pack, 9, List.of(block))
                                            .thenReturn(true)
                                            .onErrorReturn(SyncException.class, false),
                                    garbage().bury(collector, 0, NONE, ALL)));

            assertThat(both.getT1()).isNotEqualTo(both.getT2().packs().contains(pack));
            assertThat(get(packs().locate(folder, Set.of(block.hash()))))
                    .isEqualTo(both.getT1() ? Map.of(block.hash(), block) : Map.of());
        }
    }

    // ---- What the rules above are made of

    /** A live pack that a commit used. */
    private UUID packOf(long seq, String text) {
        UUID pack = UUID.randomUUID();
        does(packs().beginPacks(folder, List.of(pack)));
        does(packs().finishPack(folder, pack, 300, List.of(in(pack, text))));
        commits(draft(seq, Set.of(pack), Pages.NONE));
        return pack;
    }

    /** Used by the first commit, and not needed since the second. */
    private UUID dying(String text) {
        UUID pack = packOf(1, text);
        emptyCommit(2);
        search(Set.of());
        get(garbage().condemn(collecting(), 2, ALL));
        assertThat(fixture().packState(folder, pack)).isEqualTo(PackState.DYING);
        return pack;
    }

    /** The numbers of another incarnation say nothing of what was needed under the one before. */
    @Test
    void drops_nothing_after_a_search_during_which_the_folder_began_anew() {
        UUID pack = packOf(1, "a");
        LongStream.of(2, 3).forEach(this::emptyCommit);
        Search search = get(garbage().beginSearch(collecting())).orElseThrow();
        does(fixture().recovery().forgetCommits(lease()));

        does(garbage().endSearch(search));
        emptyCommit(1);
        does(garbage().endSearch(search));

        assertThat(get(garbage().condemn(collecting(), Long.MAX_VALUE, ALL))).isZero();
        assertThat(fixture().packState(folder, pack)).isEqualTo(PackState.LIVE);
        assertThat(get(garbage().beginSearch(collecting())).map(Search::seq)).contains(1L);
    }

    private long newest() {
        return get(commits().newest(folder)).map(Commit::seq).orElse(0L);
    }

    private void search(Set<UUID> seen) {
        Search search = get(garbage().beginSearch(collecting())).orElseThrow();
        does(garbage().see(search, seen, Set.of()));
        does(garbage().endSearch(search));
    }

    private Garbage bury(long oldestRetained, Duration grace) {
        return get(garbage().bury(collecting(), oldestRetained, grace, ALL));
    }

    private Draft draft(long seq, Set<UUID> packs, Pages pages) {
        return new Draft(commit(seq, newest()), List.of(), List.of(), List.of(), packs, pages);
    }

    private static BlockRef block(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new BlockRef(Sha256.block(bytes), bytes.length);
    }

    private static BlockLocation in(UUID pack, String text) {
        return new BlockLocation(block(text), pack, 0, text.length() + 4, Codec.ZSTD);
    }
}
