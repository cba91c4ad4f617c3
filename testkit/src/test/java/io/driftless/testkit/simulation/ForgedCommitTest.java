package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.LiveTarget.bytes;
import static io.driftless.testkit.simulation.LiveTarget.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.agent.AgentSettings.Checks;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.plan.Mode;
import io.driftless.port.CommitSigner;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commits that are not signed with the key that a target trusts. */
@Tag("P9")
class ForgedCommitTest {
    private static final Duration A_WHILE = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofMinutes(3);

    private final LiveTarget target =
            new LiveTarget(Mode.MIRROR, new Checks(Duration.ofMinutes(10), 0, Duration.ZERO));
    private final Set<Long> forged = new HashSet<>();

    @BeforeEach
    void trustSome() {
        target.signer =
                new CommitSigner() {
                    @Override
                    public Signature sign(Commit commit) {
                        return Signature.NONE;
                    }

                    @Override
                    public boolean isValid(Commit commit) {
                        return !forged.contains(commit.seq());
                    }
                };
        target.source.tree.write(path("a"), bytes("alpha"));
        target.source.commit();
    }

    @AfterEach
    void stop() {
        target.stop();
    }

    private void forge() {
        target.source.tree.write(path("a"), bytes("not alpha"));
        target.source.goOn(target.source.newest().incarnation(), 1_000);
        forged.add(1_001L);
        target.source.commit();
        assertThat(target.source.newest().seq()).isEqualTo(1_001);
    }

    @Test
    void is_not_followed_and_forgotten_at_the_next_that_is_right() {
        target.start();
        target.pass(A_WHILE);
        Commit right = target.source.newest();

        forge();
        target.pass(A_WHILE);
        target.source.send(right.again(target.clock.instant(), Commit.ALL));
        target.pass(LONG);

        assertThat(target.disk.bytes(path("a"))).hasValue(bytes("alpha"));
        assertThat(target.report().isSettled()).isTrue();
    }

    /** As where a target was given another folder's key. */
    @Test
    void is_told_of_where_none_is_right() {
        forged.add(target.source.newest().seq());
        target.start();
        target.pass(A_WHILE);
        assertThat(target.reports).isEmpty();

        target.pass(LONG);

        assertThat(target.disk.names(path(""))).isEmpty();
        assertThat(target.report().isSettled()).isFalse();
        assertThat(target.report().deviations()).containsOnlyKeys("DL-3006");

        target.source.goOn(target.source.newest().incarnation(), 2_000);
        target.source.commit();
        target.pass(A_WHILE);
        assertThat(target.disk.snapshot()).isEqualTo(target.source.tree.snapshot());
        assertThat(target.report().isSettled()).isTrue();
    }
}
