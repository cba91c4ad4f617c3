package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.LiveTarget.bytes;
import static io.driftless.testkit.simulation.LiveTarget.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.agent.AgentSettings.Checks;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.event.Report;
import io.driftless.plan.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** An agent works though nobody hears what it says. */
@Tag("P6")
class UnheardAgentTest {
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    private final LiveTarget target =
            new LiveTarget(Mode.MIRROR, new Checks(INTERVAL, 0, Duration.ZERO));
    private final List<Event> heard = new ArrayList<>();
    private Mono<Void> way = Mono.empty();

    @BeforeEach
    void start() {
        target.bus =
                new ForwardingBus(target.source.bus, events -> events) {
                    @Override
                    public Mono<Void> publish(List<? extends Event> events) {
                        return way.then(Mono.fromRunnable(() -> heard.addAll(events)));
                    }
                };
        target.source.tree.write(path("a"), bytes("alpha"));
        target.source.commit();
        target.start();
        target.pass(A_WHILE);
        assertThat(target.report().isSettled()).isTrue();
    }

    @AfterEach
    void stop() {
        target.stop();
    }

    private void damagedAndRepaired() {
        target.disk.write(path("a"), bytes("by somebody else"));
        target.pass(INTERVAL);
        assertThat(target.disk.bytes(path("a"))).hasValue(bytes("alpha"));
    }

    @Test
    void work_does_not_wait_for_a_report_that_is_on_its_way() {
        way = Mono.never();
        target.source.tree.write(path("b"), bytes("beta"));
        target.source.commit();
        target.pass(A_WHILE);

        assertThat(target.disk.snapshot()).isEqualTo(target.source.tree.snapshot());
        damagedAndRepaired();
    }

    @Test
    void what_nobody_heard_is_said_when_somebody_hears_again() {
        way = Mono.error(new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "Nobody is there."));
        damagedAndRepaired();

        heard.clear();
        way = Mono.empty();
        target.pass(A_WHILE);

        assertThat(heard).singleElement().isInstanceOf(Report.class).isEqualTo(target.report());
        assertThat(target.report().checks().drift()).containsKey("content");
    }
}
