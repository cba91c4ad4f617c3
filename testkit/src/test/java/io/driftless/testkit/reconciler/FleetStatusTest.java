package io.driftless.testkit.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Hint;
import io.driftless.event.Order;
import io.driftless.event.Report.Held;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.ParkedRemovals.Parking;
import io.driftless.status.Ask;
import io.driftless.status.Parked;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.status.SystemStatus.TargetStatus;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class FleetStatusTest extends FleetFixture {
    private static final ApprovalId SET = new ApprovalId("0123456789ab");

    /** A folder that is scanned and committed, with one target that is equal to it. */
    private void converge() {
        startFlow();
        say(commit(3));
        say(report("web-1", 3));
    }

    /** Nobody here knows the key. */
    @Test
    void what_the_database_says_counts_before_what_is_in_the_topic() {
        converge();
        committed.set(Optional.of(commit(3)));

        say(commit(1L << 60));

        assertThat(status().seq()).isEqualTo(3);
        assertThat(status().isConverged()).isTrue();
    }

    @Test
    void a_fleet_is_converged_when_source_and_targets_are() {
        converge();

        FolderStatus status = status();

        assertThat(status.problems()).isEmpty();
        assertThat(status.isConverged()).isTrue();
        assertThat(status.state()).isEqualTo("watching");
        assertThat(status.seq()).isEqualTo(3);
        assertThat(status.entries()).isEqualTo(3);
        assertThat(status.runs()).isEqualTo(1);
        assertThat(status.scanned()).isPresent();
    }

    @Test
    void of_each_target_all_is_told_that_it_said() {
        converge();

        TargetStatus target = target();

        assertThat(target.id()).isEqualTo("web-1");
        assertThat(target.seq()).isEqualTo(3);
        assertThat(target.proven()).contains(Instant.EPOCH);
        assertThat(target.checks().scanned()).contains(Instant.EPOCH);
        assertThat(target.checks().drift()).isEqualTo(Map.of("extra", 2L));
        assertThat(target.reported().orElseThrow()).isBeforeOrEqualTo(clock.instant());
    }

    @Test
    void a_target_is_behind_as_soon_as_there_is_another_commit() {
        converge();

        say(commit(5));

        assertThat(target().behind()).isEqualTo(2);
        assertThat(status().isConverged()).isFalse();
    }

    @Test
    void all_targets_are_told_of_by_name_and_none_of_another_folder() {
        converge();
        say(report("a-2", 2));
        say(report(new TargetId("other"), new FolderId("music"), 1));

        assertThat(status().targets()).extracting(TargetStatus::id).containsExactly("a-2", "web-1");

        say(report(new TargetId("web-1"), new FolderId("music"), 1));

        assertThat(status().targets()).extracting(TargetStatus::id).containsExactly("a-2");
    }

    @Test
    void a_target_that_is_silent_for_long_does_not_look_converged() {
        converge();

        pass(Duration.ofMinutes(4));
        assertThat(status().isConverged()).isTrue();
        pass(Duration.ofMinutes(2));

        assertThat(target().isSilent()).isTrue();
        assertThat(status().isConverged()).isFalse();
        say(report("web-1", 3));
        assertThat(status().isConverged()).isTrue();
    }

    /** The topic gives what was said long ago again, to whoever begins to listen. */
    @Test
    void what_a_silent_target_said_last_is_not_news_to_a_new_process() {
        converge();
        pass(Duration.ofHours(1));

        restart();
        startFlow();

        assertThat(target().isSilent()).isTrue();
        assertThat(target().reported().orElseThrow())
                .isBefore(clock.instant().minus(Duration.ofMinutes(59)));
        assertThat(status().isConverged()).isFalse();
    }

    @Test
    void a_target_whose_clock_is_ahead_is_silent_when_it_is() {
        startFlow();
        say(commit(3));
        say(report("web-1", 3).at(clock.instant().plus(Duration.ofDays(365))));

        assertThat(target().isConverged()).isTrue();
        pass(Duration.ofMinutes(6));
        assertThat(target().isSilent()).isTrue();
    }

    /** A target at the newest commit, which says so every minute by a clock of its own. */
    private void minutes(int count, Duration ahead) {
        for (int i = 0; i < count; i++) {
            pass(Duration.ofMinutes(1));
            say(report("web-1", 3).at(clock.instant().plus(ahead)));
            say(commit(3));
        }
    }

    private List<String> warnings() {
        return status().warnings().stream().map(Problem::message).toList();
    }

    @Test
    void a_target_whose_clock_is_off_is_named_and_converged_nevertheless() {
        converge();

        minutes(2, Duration.ofMillis(-3_000));

        assertThat(warnings())
                .containsExactly(
                        "The clock of target web-1 is 3.0 s behind the reconciler's;"
                                + " set both by NTP.");
        assertThat(status().warnings().getFirst().code()).isEqualTo("DL-3011");
        assertThat(status().isConverged()).isTrue();
        minutes(2, Duration.ofMillis(-500));
        assertThat(warnings()).isEmpty();
    }

    @Test
    void a_source_whose_clock_is_off_is_named() {
        converge();

        for (int i = 0; i < 2; i++) {
            pass(Duration.ofMinutes(1));
            say(commit(3).again(clock.instant().plusSeconds(10), Commit.ALL));
        }

        assertThat(warnings())
                .containsExactly(
                        "The clock of the source's node is 10.0 s ahead of the reconciler's;"
                                + " set both by NTP.");
    }

    @Test
    void a_database_whose_clock_is_off_is_named() {
        converge();

        databaseAhead = Duration.ofSeconds(-7);
        pass(Duration.ofSeconds(20));

        assertThat(warnings())
                .containsExactly(
                        "The clock of the database is 7.0 s behind the reconciler's;"
                                + " set both by NTP.");
        assertThat(status().isConverged()).isTrue();
    }

    /** The topic gives again what was said an hour ago, which says nothing of a clock. */
    @Test
    void a_process_that_begins_to_listen_takes_no_clock_to_be_off() {
        converge();
        minutes(5, Duration.ZERO);
        pass(Duration.ofHours(1));

        restart();
        startFlow();
        minutes(1, Duration.ZERO);

        assertThat(warnings()).isEmpty();
    }

    @Test
    void a_target_that_went_to_another_folder_is_not_warned_of() {
        converge();
        minutes(2, Duration.ofSeconds(5));
        assertThat(warnings()).hasSize(1);

        say(report(new TargetId("web-1"), new FolderId("music"), 1));

        assertThat(warnings()).isEmpty();
    }

    @Test
    void a_target_that_was_given_up_is_left_out_after_long() {
        converge();

        pass(FORGET_AFTER.plusMinutes(1));

        assertThat(status().targets()).isEmpty();
    }

    /** Nothing is committed, and targets say that they hold the newest commit. */
    @Test
    void nothing_is_converged_where_nobody_reads_the_source() {
        converge();
        isIndexerAway = true;

        pass(Duration.ofMinutes(70));
        say(report("web-1", 3));

        assertThat(problems()).singleElement().asString().contains("does not move");
        assertThat(status().isConverged()).isFalse();

        isIndexerAway = false;
        pass(Duration.ofMinutes(5));
        say(report("web-1", 3));
        assertThat(problems()).isEmpty();
        assertThat(status().isConverged()).isTrue();
    }

    @Test
    void nothing_is_converged_before_anything_was_scanned_or_heard() {
        assertThat(status().isConverged()).isFalse();
        assertThat(problems()).hasSize(2).allMatch(text -> text.endsWith("yet."));

        startFlow();

        assertThat(problems()).containsExactly("What targets report is not read yet.");
        pass(Duration.ofMinutes(1));
        assertThat(problems()).singleElement().asString().startsWith("No target has reported");

        say(report("web-1", 3));
        assertThat(problems()).isEmpty();
    }

    private void park() {
        List<EntryPath> paths = Stream.of("a", "b").map(EntryPath::parse).toList();
        List<RowWrite> gone =
                paths.stream()
                        .map(path ->
                                new RowWrite(
                                        path,
                                        Optional.empty(),
                                        new State.Removed(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))
                        .toList();
        List<Version> versions =
                get(index.write(FOLDER, gone)).stream().map(Optional::orElseThrow).toList();
        List<Removal> removals =
                List.of(
                        new Removal(paths.getFirst(), versions.getFirst()),
                        new Removal(paths.getLast(), versions.getLast()));
        index.park(FOLDER, new Parking(Optional.empty(), SET, 2, removals)).block();
    }

    @Test
    void removals_that_wait_are_told_and_can_be_approved() {
        converge();
        park();

        Parked parked = status().parked().getFirst();
        assertThat(parked.id()).isEqualTo(SET.value());
        assertThat(parked.isWaiting()).isTrue();
        assertThat(parked.examples()).containsExactly("a", "b");
        announced.clear();

        assertThat(get(fleet().decide(SET, Decision.APPROVED))).isTrue();

        assertThat(status().parked().getFirst().decision()).isEqualTo("approved");
        assertThat(announced).contains(FOLDER);
    }

    @Test
    void removals_can_be_rejected() {
        park();

        assertThat(get(fleet().decide(SET, Decision.REJECTED))).isTrue();

        assertThat(status().parked().getFirst().decision()).isEqualTo("rejected");
    }

    @Test
    void nobody_decides_on_a_set_that_is_not_there() {
        announced.clear();

        assertThat(get(fleet().decide(SET, Decision.APPROVED))).isFalse();

        assertThat(announced).isEmpty();
    }

    @Test
    void what_a_target_holds_too_much_of_is_told_and_can_be_approved_there() {
        converge();
        say(report("web-2", 3));
        say(holding("web-1", 3, new Held(SET, 60)));

        Parked held = status().parked().getFirst();
        assertThat(held.code()).isEqualTo("DL-3021");
        assertThat(held.target()).contains("web-1");
        assertThat(held.entries()).isEqualTo(60);
        assertThat(held.isWaiting()).isTrue();
        assertThat(get(fleet().decide(SET, Decision.REJECTED))).isTrue();
        assertThat(orders).isEmpty();

        assertThat(get(fleet().decide(SET, Decision.APPROVED))).isTrue();
        pass(Duration.ofSeconds(5));

        assertThat(orders)
                .containsExactly(
                        new Order(
                                new TargetId("web-1"),
                                Optional.empty(),
                                false,
                                4,
                                5,
                                6,
                                List.of(SET.value())));
    }

    private void ask(Ask ask) {
        fleet().ask(ask).block(Duration.ofSeconds(10));
        pass(Duration.ofSeconds(5));
    }

    @Test
    void a_scan_is_ordered_of_the_source_and_of_each_target() {
        converge();
        say(report("web-2", 3));
        int runs = hints.size();

        ask(Ask.SCAN);

        assertThat(hints).hasSize(runs + 1);
        assertThat(hints.getLast().origin()).isEqualTo(Hint.Origin.RUN);
        assertThat(status().runs()).isEqualTo(2);
        assertThat(orders)
                .containsExactlyInAnyOrder(order("web-1", 5, 5, 6), order("web-2", 5, 5, 6));
    }

    @Test
    void a_resync_and_a_retry_are_orders_of_their_own() {
        converge();

        ask(Ask.RESYNC);
        ask(Ask.RETRY);
        ask(Ask.RETRY);

        assertThat(orders)
                .containsExactly(
                        order("web-1", 4, 6, 6), order("web-1", 4, 6, 7), order("web-1", 4, 6, 8));
        assertThat(status().runs()).isEqualTo(2);
    }

    @Test
    void an_order_keeps_what_another_process_wished() {
        converge();
        TargetId target = new TargetId("web-1");
        say(new Order(target, Optional.of(2L), true, 9, 5, 6, List.of("x")));

        ask(Ask.SCAN);

        assertThat(orders.getLast())
                .isEqualTo(new Order(target, Optional.of(2L), true, 10, 5, 6, List.of("x")));
    }

    private static Order order(String target, long scan, long resync, long retry) {
        return new Order(
                new TargetId(target), Optional.empty(), false, scan, resync, retry, List.of());
    }

    @Test
    void a_retry_looks_at_the_source_entries_that_wait() {
        converge();
        write("d/secret", unreadable(3, clock.instant().plus(Duration.ofMinutes(5))));

        ask(Ask.RETRY);

        assertThat(hints.getLast())
                .isEqualTo(
                        Hint.entries(
                                FOLDER,
                                EntryPath.parse("d"),
                                List.of(EntryPath.parse("d/secret")),
                                Hint.Origin.OPERATOR));
    }

    private static State unreadable(int tries, Instant due) {
        return new State.Waiting(ErrorCode.ENTRY_UNREADABLE, tries, due);
    }

    /** An indexer, in whatever process, concludes this of a path. */
    private void write(String path, State state) {
        EntryPath at = EntryPath.parse(path);
        Optional<Version> before =
                get(index.rows(FOLDER, List.of(at))).stream().map(Row::version).findFirst();
        RowWrite row =
                new RowWrite(
                        at, before, state, Optional.empty(), Optional.empty(), Optional.empty());
        assertThat(get(index.write(FOLDER, List.of(row))).getFirst()).isPresent();
    }

    @Test
    void entries_of_the_source_say_how_often_they_failed_and_when_they_are_tried_again() {
        Instant due = clock.instant().plus(Duration.ofMinutes(5));
        write("fifo", new State.Skipped(ErrorCode.ENTRY_UNSUPPORTED));
        converge();

        write("d/secret", unreadable(3, due));

        assertThat(status().skippedEntries())
                .extracting(Problem::path, Problem::code, Problem::tries, Problem::next)
                .containsExactly(
                        tuple("d/secret", "DL-2003", 3, Optional.of(due)),
                        tuple("fifo", "DL-2004", 0, Optional.empty()));
        assertThat(status().isConverged()).isFalse();
    }

    @Test
    void entries_of_the_source_that_are_carried_over_again_are_told_no_more() {
        write("d/secret", unreadable(3, clock.instant()));
        converge();
        assertThat(status().skipped()).isEqualTo(Map.of("DL-2003", 1L));

        write("d/secret", new State.Removed());

        assertThat(status().skippedEntries()).isEmpty();
    }

    @Test
    void while_the_database_is_away_it_tells_what_is_known_and_that_it_is() {
        converge();
        park();
        assertThat(status().parked()).hasSize(1);

        indexFault.set(Optional.of(Mono.error(AWAY)));

        FolderStatus status = status();
        assertThat(status.problems()).extracting("code").containsExactly("DL-4001");
        assertThat(status.parked()).hasSize(1);
        assertThat(status.targets().getFirst().isConverged()).isTrue();
        assertThat(status.isConverged()).isFalse();
        assertThatThrownBy(() -> get(fleet().decide(SET, Decision.APPROVED))).isSameAs(AWAY);
        indexFault.set(Optional.empty());
        assertThat(status().problems()).isEmpty();
    }

    @Test
    void a_database_that_does_not_answer_is_not_waited_for_long() {
        converge();

        indexFault.set(Optional.of(Mono.never()));

        FolderStatus status = statusWithin(Duration.ofSeconds(4));
        assertThat(status.problems())
                .extracting("message")
                .containsExactly("PostgreSQL did not answer within 3 s.");
        assertThat(status.seq()).isEqualTo(3);
        assertThat(status.isConverged()).isFalse();
    }

    @Test
    void while_the_broker_is_away_it_says_so_and_orders_nothing() {
        converge();

        busFault.set(Optional.of(AWAY));
        pass(Duration.ofSeconds(20));

        assertThat(problems()).containsExactly("It is away.");
        assertThat(status().isConverged()).isFalse();
        assertThat(target().isConverged()).isTrue();
        assertThatThrownBy(() -> ask(Ask.SCAN)).isInstanceOf(SyncException.class);
        assertThat(orders).isEmpty();
        busFault.set(Optional.empty());
        pass(Duration.ofSeconds(20));
        assertThat(problems()).isEmpty();
        assertThat(status().isConverged()).isTrue();
    }

    @Test
    void a_broker_that_comes_late_is_listened_to_when_it_is_there() {
        busFault.set(Optional.of(AWAY));
        restart();
        pass(Duration.ofMinutes(2));
        assertThat(problems()).contains("It is away.");

        busFault.set(Optional.empty());
        pass(Duration.ofMinutes(1));
        converge();

        assertThat(problems()).isEmpty();
        assertThat(status().isConverged()).isTrue();
    }

    /** It may not be sent yet, or its topic may be lost. */
    @Test
    void a_commit_that_only_the_database_knows_counts() {
        converge();

        committed.set(Optional.of(commit(4)));

        assertThat(status().seq()).isEqualTo(4);
        assertThat(target().behind()).isEqualTo(1);
        assertThat(status().isConverged()).isFalse();
    }
}
