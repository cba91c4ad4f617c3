package io.driftless.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.SyncException;
import io.driftless.retention.Retention.Applying;
import io.driftless.retention.Retention.Standing;
import io.driftless.testing.Seeds;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetentionLawsTest {
    private static final UUID INCARNATION = new UUID(0, 1);
    private static final Retention RETENTION =
            new Retention(Duration.ofHours(24), 100, Duration.ofDays(30));

    @Test
    void the_newest_commit_the_young_and_the_last_are_retained() {
        Seeds.forEach(random -> {
            Standing standing = standing(random, targets(random));

            long oldest = RETENTION.oldestRetained(standing);

            assertThat(oldest).isLessThanOrEqualTo(standing.newest());
            assertThat(oldest).isLessThanOrEqualTo(standing.firstOfLast());
            standing.firstYoung().ifPresent(young -> assertThat(oldest).isLessThanOrEqualTo(young));
        });
    }

    @Test
    void what_a_live_target_applies_is_retained_and_no_more_than_somebody_asks_for() {
        Seeds.forEach(random -> {
            List<Applying> targets = targets(random);
            Standing standing = standing(random, targets);

            long oldest = RETENTION.oldestRetained(standing);

            List<Long> wanted = new ArrayList<>();
            wanted.add(standing.newest());
            wanted.add(standing.firstOfLast());
            standing.firstYoung().ifPresent(wanted::add);
            for (Applying target : targets) {
                boolean isWorking = target.left() > 0 && target.seq() > 0;
                boolean isLive = target.silent().toDays() <= 30;
                if (isWorking && isLive && target.incarnation().equals(INCARNATION)) {
                    assertThat(oldest).isLessThanOrEqualTo(target.seq());
                    wanted.add(target.seq());
                }
            }
            assertThat(wanted).contains(oldest);
        });
    }

    @Test
    void another_target_never_makes_more_go() {
        Seeds.forEach(random -> {
            Standing standing = standing(random, targets(random));
            List<Applying> more = new ArrayList<>(standing.targets());
            more.add(target(random, more.size()));

            Standing with =
                    new Standing(
                            INCARNATION,
                            standing.newest(),
                            standing.firstYoung(),
                            standing.firstOfLast(),
                            more);

            assertThat(RETENTION.oldestRetained(with))
                    .isLessThanOrEqualTo(RETENTION.oldestRetained(standing));
        });
    }

    @Test
    void a_target_holds_nothing_when_it_is_done_silent_or_of_another_incarnation() {
        Duration month = Duration.ofDays(30);
        TargetId t = new TargetId("t");

        assertThat(oldestWith(new Applying(t, INCARNATION, 7, 1, month))).isEqualTo(7);
        assertThat(oldestWith(new Applying(t, INCARNATION, 7, 0, Duration.ZERO))).isEqualTo(900);
        assertThat(oldestWith(new Applying(t, INCARNATION, 7, 1, month.plusSeconds(1))))
                .isEqualTo(900);
        assertThat(oldestWith(new Applying(t, new UUID(0, 2), 7, 1, Duration.ZERO))).isEqualTo(900);
        assertThat(oldestWith(new Applying(t, INCARNATION, 0, 1, Duration.ZERO))).isEqualTo(900);
    }

    private static long oldestWith(Applying target) {
        return RETENTION.oldestRetained(
                new Standing(INCARNATION, 1_000, Optional.empty(), 900, List.of(target)));
    }

    @Test
    void a_retention_of_no_commit_is_refused() {
        assertThatThrownBy(() -> new Retention(Duration.ZERO, 0, Duration.ZERO))
                .isInstanceOf(SyncException.class);
    }

    private static Standing standing(Random random, List<Applying> targets) {
        long newest = 1 + random.nextInt(1_000);
        Optional<Long> young =
                random.nextBoolean() ? Optional.of(1 + random.nextLong(newest)) : Optional.empty();
        return new Standing(INCARNATION, newest, young, 1 + random.nextLong(newest), targets);
    }

    private static List<Applying> targets(Random random) {
        List<Applying> targets = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            targets.add(target(random, i));
        }
        return targets;
    }

    private static Applying target(Random random, int number) {
        return new Applying(
                new TargetId("t" + number),
                random.nextInt(4) == 0 ? new UUID(0, 2) : INCARNATION,
                random.nextInt(1_200),
                random.nextInt(3),
                Duration.ofDays(random.nextInt(60)));
    }
}
