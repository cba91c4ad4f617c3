package io.driftless.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.Sha256;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeftIncarnationsTest {
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Instant FAR = Instant.parse("2036-01-01T00:00:00Z");

    private static Commit commit(UUID incarnation, Instant time) {
        return new Commit(
                new FolderId("photos"),
                incarnation,
                1,
                Sha256.page(new byte[0]),
                Optional.empty(),
                Commit.ALL,
                "",
                new Commit.Summary(1, 0),
                time,
                new Commit.Changes.None(),
                Signature.NONE);
    }

    private static LeftIncarnations left(UUID from, Instant seen, UUID to, Instant time) {
        return LeftIncarnations.NONE.leave(from, Optional.of(seen), commit(to, time));
    }

    @Test
    void take_what_was_signed_before_another_was_begun_for_past() {
        LeftIncarnations left = left(A, NOON, B, NOON.plus(HOUR));

        assertThat(left.isPast(A, NOON)).isTrue();
        assertThat(left.isPast(A, NOON.plus(HOUR))).isTrue();
        assertThat(left.isPast(A, NOON.plus(HOUR).plusNanos(1))).isFalse();
        assertThat(left.isPast(B, Instant.EPOCH)).isFalse();
    }

    /** Its clock was ahead: what it signed then is no sign that it is published now. */
    @Test
    void take_all_that_was_seen_of_one_for_past_whatever_time_it_said() {
        LeftIncarnations left = left(A, FAR, B, NOON);

        assertThat(left.isPast(A, FAR)).isTrue();
        assertThat(left.isPast(A, FAR.plusNanos(1))).isFalse();
    }

    /** Else a target that followed a record of a wrong time would wait for that time. */
    @Test
    void let_a_target_come_back_to_the_one_that_is_published_now() {
        LeftIncarnations left =
                left(A, NOON, B, NOON.plus(HOUR))
                        .leave(B, Optional.of(NOON.plus(HOUR)), commit(A, FAR));

        assertThat(left.isPast(B, NOON.plus(HOUR))).isTrue();
        assertThat(left.isPast(B, NOON.plus(HOUR).plusSeconds(60))).isFalse();

        LeftIncarnations again =
                left.leave(A, Optional.of(FAR), commit(B, NOON.plus(HOUR).plusSeconds(60)));
        assertThat(again.isPast(A, FAR)).isTrue();
    }

    @Test
    void are_the_last_few_that_were_left() {
        LeftIncarnations left = LeftIncarnations.NONE;
        for (int i = 0; i < 3 * LeftIncarnations.MAX; i++) {
            Commit next = commit(new UUID(1, i + 1), NOON.plusSeconds(i));
            left = left.leave(new UUID(1, i), Optional.empty(), next);
        }

        assertThat(left.all()).hasSize(LeftIncarnations.MAX);
        assertThat(left.isPast(new UUID(1, 3L * LeftIncarnations.MAX - 1), NOON)).isTrue();
        assertThat(left.isPast(new UUID(1, 0), NOON)).isFalse();
    }
}
