package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.LiveTarget.bytes;
import static io.driftless.testkit.simulation.LiveTarget.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.agent.AgentSettings.Checks;
import io.driftless.plan.Mode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a target says of itself, when. */
class TargetReportsTest {
    private static final Duration RARELY = Duration.ofDays(30);

    private final LiveTarget target = new LiveTarget(Mode.MIRROR, new Checks(RARELY, 0, RARELY));

    @BeforeEach
    void start() {
        target.source.tree.write(path("a"), bytes("alpha"));
        target.source.commit();
        target.start();
        target.pass(Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        target.stop();
    }

    @Test
    void where_nothing_is_new_it_says_so_every_minute() {
        int before = target.reports.size();

        target.pass(Duration.ofMinutes(10));

        assertThat(target.reports.size() - before).isBetween(9, 10);
        assertThat(target.report().time())
                .hasValueSatisfying(time ->
                        assertThat(time)
                                .isAfter(target.clock.instant().minus(Duration.ofMinutes(2))));
    }

    @Test
    void what_is_new_is_said_at_once() {
        int before = target.reports.size();
        target.source.tree.write(path("b"), bytes("beta"));
        target.source.commit();

        target.pass(Duration.ofSeconds(5));

        assertThat(target.reports.size()).isGreaterThan(before);
        assertThat(target.report().seq()).isEqualTo(2);
        assertThat(target.report().time()).isNotEqualTo(Optional.empty());
    }
}
