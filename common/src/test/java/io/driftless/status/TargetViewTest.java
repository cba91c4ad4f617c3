package io.driftless.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.event.Commit;
import io.driftless.event.Report;
import io.driftless.event.Signature;
import io.driftless.status.SystemStatus.TargetStatus;
import io.driftless.status.TargetView.Heard;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TargetViewTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final UUID INCARNATION = new UUID(1, 2);
    private static final PageHash ROOT = Sha256.page(new byte[] {1});
    private static final PageHash OTHER_ROOT = Sha256.page(new byte[] {2});

    @Test
    void a_target_at_the_newest_commit_is_converged() {
        TargetStatus status = status(report(INCARNATION, 5, ROOT, 0), false);

        assertThat(status.isConverged()).isTrue();
        assertThat(status.state()).isEqualTo("converged");
        assertThat(status.lagSeconds()).isZero();
        assertThat(status.reported()).contains(NOON);
    }

    @Test
    void a_target_that_is_not_there_yet_is_not() {
        TargetStatus behind = status(report(INCARNATION, 3, OTHER_ROOT, 0), false);

        assertThat(behind.isConverged()).isFalse();
        assertThat(behind.behind()).isEqualTo(2);
        assertThat(behind.lagSeconds()).isEqualTo(60);
        assertThat(status(report(INCARNATION, 5, ROOT, 1), false).isConverged()).isFalse();
    }

    @Test
    void the_number_of_the_commit_alone_proves_nothing() {
        assertThat(status(report(INCARNATION, 5, OTHER_ROOT, 0), false).isConverged()).isFalse();
    }

    @Test
    void a_commit_of_another_incarnation_is_none() {
        TargetStatus status = status(report(new UUID(3, 4), 5, ROOT, 0), false);

        assertThat(status.isConverged()).isFalse();
        assertThat(status.seq()).isZero();
        assertThat(status.behind()).isEqualTo(5);
    }

    @Test
    void who_is_silent_is_not_converged_whatever_was_said_last() {
        TargetStatus status = status(report(INCARNATION, 5, ROOT, 0), true);

        assertThat(status.isConverged()).isFalse();
        assertThat(status.isSilent()).isTrue();
    }

    /** An agent that was started again knows where it stood, and not what happened since. */
    @Test
    void who_has_not_looked_yet_is_not_converged() {
        Report report = report(INCARNATION, 5, ROOT, 0, Optional.empty());

        assertThat(status(report, false).isConverged()).isFalse();
    }

    @Test
    void without_a_commit_nobody_is_converged() {
        Heard heard = new Heard(report(INCARNATION, 5, ROOT, 0), NOON, false);

        assertThat(view(Optional.of(heard), Optional.empty()).isConverged()).isFalse();
        assertThat(view(Optional.empty(), Optional.empty()).isConverged()).isFalse();
    }

    private static TargetStatus status(Report report, boolean isSilent) {
        return view(Optional.of(new Heard(report, NOON, isSilent)), Optional.of(commit()));
    }

    private static TargetStatus view(Optional<Heard> heard, Optional<Commit> newest) {
        return TargetView.of(
                new TargetView.Place("nas", "/nas", "mirror"), heard, newest, NOON.plusSeconds(60));
    }

    private static Commit commit() {
        return new Commit(
                new FolderId("photos"),
                INCARNATION,
                5,
                ROOT,
                Optional.empty(),
                Commit.ALL,
                "",
                new Commit.Summary(1, 2),
                NOON,
                new Commit.Changes.None(),
                Signature.NONE);
    }

    private static Report report(UUID incarnation, long seq, PageHash root, long pending) {
        return report(incarnation, seq, root, pending, Optional.of(NOON));
    }

    private static Report report(
            UUID incarnation, long seq, PageHash root, long pending, Optional<Instant> scanned) {
        return new Report(
                new TargetId("nas"),
                new FolderId("photos"),
                incarnation,
                seq,
                Optional.of(root),
                Map.of(),
                pending,
                scanned,
                Optional.empty(),
                0,
                0,
                0,
                new Report.Totals(0, 0, 0),
                List.of(),
                Report.Checks.NONE,
                Set.of(),
                Optional.empty());
    }
}
