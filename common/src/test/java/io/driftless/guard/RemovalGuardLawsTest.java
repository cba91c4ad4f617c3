package io.driftless.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.guard.RemovalGuard.Judgement;
import io.driftless.guard.RemovalGuard.Loss;
import io.driftless.guard.RemovalGuard.Rest;
import io.driftless.guard.RemovalGuard.Window;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.testing.Seeds;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("P4")
class RemovalGuardLawsTest {
    private static final Metadata METADATA = new Metadata(0755, 0, 0, new Timestamp(0, 0));
    private static final Window QUIET = new Window(0, 0, false);
    private static final ApprovalId SET = new ApprovalId("0123456789ab");

    private static final Removal ROW = new Removal(EntryPath.parse("d"), new Version(7));

    private final RemovalGuard guard = new RemovalGuard(RemovalLimit.DEFAULT);

    private static Entry entry(String path) {
        return new Entry.DirectoryEntry(EntryPath.parse(path), METADATA);
    }

    private static List<Entry> entries(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> entry(prefix + i)).toList();
    }

    private static List<Removal> rows(List<Entry> entries) {
        return entries.stream().map(entry -> new Removal(entry.path(), new Version(7))).toList();
    }

    private static Loss loss(List<Entry> removed, long entries) {
        return new Loss(rows(removed), removed, List.of(), entries, List.of());
    }

    private static Moves noMoves() {
        return new Moves(Duration.ofMinutes(10));
    }

    private Judgement judge(Loss loss, Window window) {
        return guard.judge(loss, window, List.of(), noMoves());
    }

    /** However a deletion is cut into changes, never more than the limit goes by itself. */
    @Test
    void no_cut_of_a_deletion_lets_more_through_than_the_limit() {
        Seeds.forEach(random -> {
            int total = 60 + random.nextInt(2_000);
            RemovalLimit limit = new RemovalLimit(Duration.ofMinutes(10), random.nextDouble(), 50);
            long gone = deletedInPieces(random, total, limit);

            assertThat(gone).isLessThanOrEqualTo((long) Math.max(49, limit.ratio() * total));
            assertThat(gone).isLessThan(total);
        });
    }

    private static long deletedInPieces(Random random, int total, RemovalLimit limit) {
        RemovalGuard guard = new RemovalGuard(limit);
        List<Entry> all = entries("f", total);
        long passed = 0;
        long parked = 0;
        int at = 0;
        while (at < total) {
            int next = Math.min(total, at + 1 + random.nextInt(200));
            Window window = new Window(passed + parked, at == 0 ? 0 : total + 1, parked > 0);
            Judgement judgement =
                    guard.judge(
                            loss(all.subList(at, next), total + 1 - passed),
                            window,
                            List.of(),
                            noMoves());
            switch (judgement) {
                case Judgement.Pass(long lost) -> passed += lost;
                case Judgement.Park(List<Removal> rows, long weight) -> {
                    assertThat(rows)
                            .isEqualTo(rows(all.subList(at, next)).stream().sorted().toList());
                    parked += weight;
                }
                case Judgement.Join join -> throw new AssertionError(join);
                case Judgement.Grow growth -> throw new AssertionError(growth);
            }
            at = next;
        }
        return passed;
    }

    @Test
    void fewer_than_the_floor_always_go_unless_nothing_is_left() {
        Seeds.forEach(random -> {
            int removed = 1 + random.nextInt(49);
            int entries = removed + 2 + random.nextInt(1_000);

            assertThat(judge(loss(entries("f", removed), entries), QUIET))
                    .isEqualTo(new Judgement.Pass(removed));
        });
        assertThat(judge(loss(entries("f", 49), 50), QUIET)).isInstanceOf(Judgement.Park.class);
        assertThat(judge(loss(entries("f", 1), 2), QUIET)).isInstanceOf(Judgement.Park.class);
        var lastOnes = judge(loss(entries("f", 10), 11), new Window(0, 61, false));
        assertThat(lastOnes).isInstanceOf(Judgement.Park.class);
    }

    @Test
    void an_emptied_folder_is_asked_for_whatever_the_ratio() {
        var lenient = new RemovalGuard(RemovalLimit.DEFAULT.withRatio(1));

        assertThat(lenient.judge(loss(entries("f", 50), 51), QUIET, List.of(), noMoves()))
                .isInstanceOf(Judgement.Park.class);
        assertThat(lenient.judge(loss(entries("f", 50), 52), QUIET, List.of(), noMoves()))
                .isEqualTo(new Judgement.Pass(50));
    }

    @Test
    void nobody_is_asked_who_never_wants_to_be() {
        var never = new RemovalGuard(RemovalLimit.NEVER);

        assertThat(never.judge(loss(entries("f", 500), 501), QUIET, List.of(), noMoves()))
                .isEqualTo(new Judgement.Pass(500));
    }

    /** Within the window the same part of a folder may be written and removed many times. */
    @Test
    void nobody_is_asked_at_ratio_one_however_much_comes_and_goes() {
        var lenient = new RemovalGuard(RemovalLimit.DEFAULT.withRatio(1));
        Window busy = new Window(10_000, 1_000, false);

        assertThat(lenient.judge(loss(entries("f", 500), 1_001), busy, List.of(), noMoves()))
                .isEqualTo(new Judgement.Pass(500));
    }

    /** A directory that is too large for one change is asked for as a whole, at whatever piece. */
    @Test
    void what_goes_later_with_the_same_row_counts_now() {
        Seeds.forEach(random -> {
            int entries = 1_000 + random.nextInt(1_000);
            int going = 2 + random.nextInt(entries - 10);
            int now = 1 + random.nextInt(going - 1);
            int before = random.nextInt(300);
            Window window = new Window(before, entries + before, false);

            Judgement whole = judge(loss(entries("d/f", going), entries), window);
            Judgement piece = judge(piece(now, going - now, 0, entries), window);

            if (whole instanceof Judgement.Pass) {
                assertThat(piece).isEqualTo(new Judgement.Pass(now));
            } else {
                assertThat(piece).isEqualTo(new Judgement.Park(List.of(ROW), going));
            }
        });
    }

    @Test
    void what_goes_later_and_moved_is_not_lost() {
        assertThat(judge(piece(10, 500, 470, 1_001), QUIET)).isEqualTo(new Judgement.Pass(10));
        assertThat(judge(piece(10, 500, 0, 1_001), QUIET))
                .isEqualTo(new Judgement.Park(List.of(ROW), 510));
        assertThat(judge(piece(0, 1_000, 1_000, 1_001), QUIET)).isEqualTo(new Judgement.Pass(0));
    }

    @Test
    void what_goes_later_and_was_approved_is_not_lost_once_more() {
        Standing approved = new Standing(ROW.path(), SET, Decision.APPROVED);
        Window parked = new Window(0, 0, true);

        assertThat(guard.judge(piece(10, 500, 0, 512), parked, List.of(approved), noMoves()))
                .isEqualTo(new Judgement.Pass(0));
    }

    @Test
    void what_is_to_stay_far_below_keeps_a_directory_that_goes_later() {
        Standing kept = new Standing(EntryPath.parse("d/x/y"), SET, Decision.REJECTED);
        Window parked = new Window(0, 0, true);

        assertThat(guard.judge(piece(10, 500, 0, 10_000), parked, List.of(kept), noMoves()))
                .isEqualTo(new Judgement.Grow(SET, List.of(ROW), 510));
    }

    private static Loss piece(int now, int later, int moved, long entries) {
        return new Loss(
                List.of(ROW),
                entries("d/f", now),
                List.of(),
                entries,
                List.of(new Rest(ROW.path(), later, moved)));
    }

    @Test
    void what_appears_elsewhere_is_not_lost() {
        Seeds.forEach(random -> {
            List<Entry> removed = new ArrayList<>(entries("old/f", 100));
            List<Entry> appeared = new ArrayList<>(entries("new/f", 100));
            Collections.shuffle(appeared, random);
            int missing = random.nextInt(3) == 0 ? 0 : random.nextInt(60);
            List<Entry> there = appeared.subList(missing, 100);

            var loss = new Loss(rows(removed), removed, there, 120, List.of());
            Judgement judgement = guard.judge(loss, QUIET, List.of(), noMoves());

            if (missing < 50) {
                assertThat(judgement).isEqualTo(new Judgement.Pass(missing));
            } else {
                assertThat(judgement)
                        .isInstanceOfSatisfying(
                                Judgement.Park.class,
                                park -> assertThat(park.weight()).isEqualTo(missing));
            }
        });
    }

    @Test
    void one_that_appeared_makes_up_for_one_that_goes() {
        Moves moves = noMoves();
        moves.made(List.of(), entries("new/f", 60), Instant.EPOCH);
        List<Entry> removed = entries("old/f", 60);

        assertThat(moves.among(removed, List.of())).hasSize(60);
        moves.made(removed, List.of(), Instant.EPOCH.plusSeconds(60));
        assertThat(moves.among(removed, List.of())).isEmpty();

        moves.made(List.of(), entries("new/f", 60), Instant.EPOCH.plusSeconds(120));
        moves.made(List.of(), List.of(), Instant.EPOCH.plusSeconds(3_600));
        moves.made(List.of(), List.of(), Instant.EPOCH.plusSeconds(7_200));
        assertThat(moves.among(removed, List.of())).isEmpty();
    }

    /** A directory that goes, or becomes a file, takes along what is below it. */
    @Test
    void the_row_that_takes_others_along_is_the_one_withheld() {
        Seeds.forEach(random -> {
            List<Entry> removed = new ArrayList<>(entries("d/f", 80));
            Removal directory = new Removal(EntryPath.parse("d"), new Version(9));
            boolean isFile = random.nextBoolean();
            if (!isFile) {
                removed.add(entry("d"));
            }
            var loss = new Loss(List.of(directory), removed, List.of(), 100, List.of());

            assertThat(judge(loss, QUIET))
                    .isEqualTo(new Judgement.Park(List.of(directory), removed.size()));
        });
    }

    @Test
    void what_is_below_a_parked_path_goes_with_it() {
        var loss = loss(List.of(entry("d/x"), entry("e")), 1_000);
        for (Decision decision : List.of(Decision.WAITING, Decision.REJECTED)) {
            var above = new Standing(EntryPath.parse("d"), SET, decision);

            assertThat(judgeWith(loss, above))
                    .isInstanceOfSatisfying(
                            Judgement.Join.class,
                            join -> assertThat(join.rows().get(SET)).hasSize(1));
        }
    }

    @Test
    void what_is_rejected_does_not_go_along_with_its_directory() {
        Removal directory = new Removal(EntryPath.parse("d"), new Version(9));
        var loss =
                new Loss(
                        List.of(directory),
                        List.of(entry("d"), entry("d/x")),
                        List.of(),
                        1_000,
                        List.of());

        var below = new Standing(EntryPath.parse("d/x"), SET, Decision.REJECTED);

        assertThat(judgeWith(loss, below))
                .isEqualTo(new Judgement.Grow(SET, List.of(directory), 1));
    }

    /** Whoever approved the one set was not asked of the other. */
    @Test
    void what_is_not_approved_does_not_go_along_with_a_directory_that_is() {
        Removal directory = new Removal(EntryPath.parse("d"), new Version(9));
        var loss =
                new Loss(
                        List.of(directory),
                        List.of(entry("d"), entry("d/x")),
                        List.of(),
                        1_000,
                        List.of());
        var above =
                new Standing(
                        EntryPath.parse("d"), new ApprovalId("ba9876543210"), Decision.APPROVED);
        var rejected = new Standing(EntryPath.parse("d/x"), SET, Decision.REJECTED);
        var waiting = new Standing(EntryPath.parse("d/x"), SET, Decision.WAITING);

        assertThat(judgeWith(loss, above, rejected))
                .isEqualTo(new Judgement.Grow(SET, List.of(directory), 0));
        assertThat(judgeWith(loss, above, waiting))
                .isEqualTo(new Judgement.Grow(SET, List.of(directory), 0));
    }

    /** An approval of the set as it was seen is none of what its directory takes along. */
    @Test
    void a_set_is_another_one_where_a_directory_above_it_goes() {
        Loss loss =
                new Loss(
                        List.of(ROW),
                        List.of(entry("d/f"), entry("d/x"), entry("d/y")),
                        List.of(),
                        10_000,
                        List.of(new Rest(ROW.path(), 500, 0)));
        var waiting = new Standing(EntryPath.parse("d/x"), SET, Decision.WAITING);

        assertThat(judgeWith(loss, waiting)).isEqualTo(new Judgement.Grow(SET, List.of(ROW), 502));
    }

    @Test
    void what_is_approved_goes_and_does_not_count() {
        List<Entry> removed = new ArrayList<>(entries("d/f", 80));
        removed.add(entry("d"));
        var loss = loss(removed, 100);

        var above = new Standing(EntryPath.parse("d"), SET, Decision.APPROVED);

        assertThat(judgeWith(loss, above)).isEqualTo(new Judgement.Pass(0));
    }

    private Judgement judgeWith(Loss loss, Standing... standings) {
        return guard.judge(loss, new Window(0, 0, true), List.of(standings), noMoves());
    }

    @Test
    void a_set_has_one_name_in_any_order_and_another_with_any_other_member() {
        Seeds.forEach(random -> {
            List<Removal> removals = new ArrayList<>(rows(entries("f", 1 + random.nextInt(20))));
            ApprovalId id = ApprovalId.of(removals);
            Set<ApprovalId> others = new HashSet<>();
            others.add(ApprovalId.of(removals.subList(1, removals.size())));
            Removal first = removals.getFirst();
            List<Removal> newer = new ArrayList<>(removals);
            newer.set(0, new Removal(first.path(), new Version(first.version().value() + 1)));
            others.add(ApprovalId.of(newer));
            Collections.shuffle(removals, random);

            assertThat(ApprovalId.of(removals)).isEqualTo(id);
            assertThat(others).hasSize(2).doesNotContain(id);
        });
    }
}
