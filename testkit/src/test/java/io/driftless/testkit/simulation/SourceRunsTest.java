package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.event.Hint;
import io.driftless.event.Topic;
import io.driftless.flow.Backoff;
import io.driftless.reconciler.GarbageSettings;
import io.driftless.reconciler.ReconcileContext;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.ReconcileSettings;
import io.driftless.reconciler.Schedule;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * When the reconcile flow has the source scanned. Whoever scans here takes ten seconds for it, and
 * ids without chance make every wait as long as it may be, or by cron as short.
 */
class SourceRunsTest {
    private static final FolderId FOLDER = new FolderId("scanned");
    private static final Duration SCAN = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Schedule AT_THREE = Schedule.parse("key", "0 3 * * *");

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final JumpingClock clock = new JumpingClock(timer);
    private final MemoryIndex index = new MemoryIndex(this::now);
    private final MemoryEventBus bus = new MemoryEventBus(1, timer);
    private final Disposable.Composite running = Disposables.composite();
    private final List<Instant> runs = new ArrayList<>();
    private int underWay;
    private int ids;

    /** So many orders are lost on their way, and so many runs end without a word. */
    private int ordersLost;

    private int runsLost;

    @BeforeEach
    void beginToScan() {
        index.open(FOLDER, UUID.randomUUID()).block();
        running.add(
                bus.consume(Topic.HINTS, "scanner", 1)
                        .flatMap(
                                batch -> {
                                    Hint order = batch.events().getFirst();
                                    Mono<?> scanned = ordersLost-- > 0 ? Mono.empty() : scan(order);
                                    return scanned.then(batch.acknowledge());
                                },
                                8)
                        .subscribe());
    }

    private Mono<?> scan(Hint hint) {
        UUID run = hint.run().orElseThrow();
        runs.add(now());
        if (runsLost-- > 0) {
            return index.beginRun(FOLDER, run, now());
        }
        underWay++;
        assertThat(underWay).isEqualTo(1);
        return index.beginRun(FOLDER, run, now())
                .then(Mono.delay(SCAN, timer))
                .then(Mono.fromRunnable(() -> underWay--))
                .then(Mono.defer(() -> index.endRun(run, now())));
    }

    @AfterEach
    void stop() {
        running.dispose();
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.now(TimeUnit.MILLISECONDS));
    }

    private ReconcileFlow start(Schedule schedule) {
        MemoryBlockStore store = new MemoryBlockStore();
        ZstdBlockCodec codec = new ZstdBlockCodec();
        var ports =
                new ReconcileContext.Ports(
                        index,
                        index,
                        index,
                        index.garbage(),
                        store,
                        new StoredPages(store, codec, FOLDER, StoredPages.Limits.NO_CACHE),
                        codec,
                        bus);
        ReconcileFlow flow =
                new ReconcileFlow(
                        new ReconcileContext(
                                FOLDER,
                                ports,
                                new ReconcileSettings(
                                        schedule, Duration.ofMillis(50), Backoff.DEFAULT),
                                GarbageSettings.DEFAULT,
                                clock,
                                () -> new UUID(0, ids++),
                                "holder"));
        running.add(flow.run().subscribe());
        return flow;
    }

    private void pass(Duration time) {
        timer.advanceTimeBy(time);
    }

    @Test
    void come_at_the_start_and_then_by_the_interval_from_the_end_of_the_last() {
        start(new Schedule.Every(HOUR));

        pass(HOUR.multipliedBy(3));

        assertThat(runs).hasSize(3);
        assertThat(Duration.between(runs.get(0), runs.get(1)))
                .isBetween(HOUR.plus(SCAN), HOUR.plus(SCAN).plus(SOON));
    }

    @Test
    void come_by_cron_at_the_times_of_the_day_that_it_names() {
        start(AT_THREE);

        pass(DAY.multipliedBy(2));

        assertThat(runs).hasSize(3);
        assertThat(runs.get(1))
                .isBetween(instant("1970-01-01T03:00:00Z"), instant("1970-01-01T03:00:02Z"));
        assertThat(runs.get(2))
                .isBetween(instant("1970-01-02T03:00:00Z"), instant("1970-01-02T03:00:02Z"));
    }

    private static Instant instant(String text) {
        return Instant.parse(text);
    }

    @Test
    void take_over_a_shorter_interval_while_they_wait() {
        ReconcileFlow flow = start(new Schedule.Every(DAY.multipliedBy(7)));
        pass(HOUR.multipliedBy(2));
        assertThat(runs).hasSize(1);

        flow.schedule(new Schedule.Every(HOUR));
        pass(SOON);

        assertThat(runs).hasSize(2);
    }

    @Test
    void take_over_a_longer_interval_while_they_wait() {
        ReconcileFlow flow = start(new Schedule.Every(HOUR));
        pass(HOUR.dividedBy(2));

        flow.schedule(new Schedule.Every(HOUR.multipliedBy(2)));

        pass(HOUR);
        assertThat(runs).hasSize(1);
        pass(HOUR.dividedBy(2).plus(SCAN).plus(SOON));
        assertThat(runs).hasSize(2);
    }

    @Test
    void go_on_when_the_clock_is_set_back_by_years() {
        start(AT_THREE);
        pass(HOUR);

        clock.jump(DAY.multipliedBy(-3_650));
        pass(DAY);

        assertThat(runs).hasSize(2);
    }

    @Test
    void come_once_when_the_clock_is_set_on_by_years() {
        start(AT_THREE);
        pass(HOUR);

        clock.jump(DAY.multipliedBy(3_650));
        pass(MINUTE.plus(SOON));
        assertThat(runs).hasSize(2);

        pass(HOUR);
        assertThat(runs).hasSize(2);
        pass(DAY);
        assertThat(runs).hasSize(3);
    }

    @Test
    void come_by_the_interval_whatever_is_done_to_the_clock() {
        start(new Schedule.Every(HOUR));
        pass(MINUTE);

        for (int i = 0; i < 50; i++) {
            clock.jump(DAY.multipliedBy(i % 2 == 0 ? 3_650 : -3_650));
            pass(MINUTE);
        }
        assertThat(runs).hasSize(1);
        pass(MINUTE.multipliedBy(10));

        assertThat(runs).hasSize(2);
    }

    @Test
    void that_are_asked_for_during_one_come_once_after_it() {
        ReconcileFlow flow = start(new Schedule.Every(HOUR));
        pass(SOON);

        flow.runNow();
        flow.runNow();
        flow.schedule(new Schedule.Every(HOUR.multipliedBy(2)));
        flow.runNow();

        assertThat(runs).hasSize(1);
        pass(HOUR);
        assertThat(runs).hasSize(2);
    }

    @Test
    void that_nobody_begins_are_ordered_again_until_one_does() {
        ordersLost = 2;
        start(new Schedule.Every(HOUR));

        pass(MINUTE.multipliedBy(4));
        assertThat(runs).isEmpty();
        pass(MINUTE);
        assertThat(runs).hasSize(1);

        pass(HOUR.minus(MINUTE));
        assertThat(runs).hasSize(1);
        pass(MINUTE);
        assertThat(runs).hasSize(2);
    }

    @Test
    void that_come_to_a_stop_half_way_are_ordered_again() {
        runsLost = 1;
        start(new Schedule.Every(HOUR));

        pass(MINUTE.multipliedBy(2));
        assertThat(runs).hasSize(1);
        pass(MINUTE);
        assertThat(runs).hasSize(2);

        pass(HOUR.minus(MINUTE));
        assertThat(runs).hasSize(2);
        pass(MINUTE.multipliedBy(2));
        assertThat(runs).hasSize(3);
    }

    @Test
    void are_told_of_before_they_are_due() {
        ReconcileFlow flow = start(AT_THREE);
        pass(SOON);
        assertThat(flow.nextRun()).isEmpty();

        pass(HOUR);
        assertThat(flow.nextRun()).contains(instant("1970-01-01T03:00:00Z"));

        flow.schedule(Schedule.parse("key", "0 12 * * * Asia/Kathmandu"));
        assertThat(flow.nextRun()).contains(instant("1970-01-01T06:30:00Z"));
    }

    @Test
    void come_again_where_the_flow_is_begun_again() {
        ReconcileFlow flow = start(new Schedule.Every(HOUR));
        pass(MINUTE);

        running.add(flow.run().subscribe());
        pass(SOON);

        assertThat(runs).hasSize(2);
    }
}
