package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Hint.Scope;
import io.driftless.flow.Backoff;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.FolderId;
import io.driftless.watcher.WatchFlow;
import io.driftless.watcher.WatchSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** More changes than the watcher holds, while nobody takes its hints. */
@Tag("P6")
class HeldBackHintsTest {
    private static final int MAX_PENDING = 1_000;
    private static final Duration AWAY = Duration.ofMinutes(5);
    private static final SyncException NOBODY =
            new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "Nobody is there.");

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Sinks.Many<WatchEvent> events = Sinks.many().unicast().onBackpressureBuffer();
    private final List<Hint> hints = new ArrayList<>();
    private Mono<Void> way = Mono.error(NOBODY);
    private Disposable running;

    @BeforeEach
    void start() {
        var bus =
                new ForwardingBus(new MemoryEventBus(1, timer), sent -> sent) {
                    @Override
                    public Mono<Void> publish(List<? extends Event> events) {
                        return Mono.defer(() -> way).then(Mono.fromRunnable(() -> hear(events)));
                    }
                };
        var settings =
                new WatchSettings(
                        Duration.ofMillis(50), Duration.ofSeconds(1), MAX_PENDING, Backoff.DEFAULT);
        running =
                new WatchFlow(new FolderId("watched"), events::asFlux, bus, settings, timer)
                        .run()
                        .subscribe();
    }

    private void hear(List<? extends Event> events) {
        events.forEach(event -> hints.add((Hint) event));
    }

    @AfterEach
    void stop() {
        running.dispose();
    }

    private static EntryPath file(int directory, int number) {
        return EntryPath.ROOT.child("d" + directory).child("f" + number);
    }

    private void changeAll(int directories, int filesInEach) {
        for (int directory = 0; directory < directories; directory++) {
            for (int number = 0; number < filesInEach; number++) {
                events.tryEmitNext(new WatchEvent.Changed(file(directory, number))).orThrow();
            }
            timer.advanceTimeBy(AWAY.dividedBy(directories));
        }
        assertThat(hints).isEmpty();
    }

    private void isHeardAgain() {
        way = Mono.empty();
        timer.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(hints.stream().mapToInt(hint -> Math.max(1, hint.paths().size())).sum())
                .isBetween(1, 2 * MAX_PENDING);
    }

    private boolean isHinted(EntryPath path) {
        return hints.stream()
                .anyMatch(hint ->
                        switch (hint.scope()) {
                            case ENTRY -> hint.paths().contains(path);
                            case DIRECTORY -> hint.directory().equals(path.parent());
                            case TREE -> hint.directory().equals(EntryPath.ROOT);
                        });
    }

    private void assertAllAreHinted(int directories, int filesInEach) {
        for (int directory = 0; directory < directories; directory++) {
            for (int number = 0; number < filesInEach; number++) {
                assertThat(isHinted(file(directory, number))).isTrue();
            }
        }
    }

    @Test
    void become_the_directories_they_are_in() {
        changeAll(20, MAX_PENDING);

        isHeardAgain();

        assertAllAreHinted(20, MAX_PENDING);
        assertThat(hints).extracting(Hint::scope).contains(Scope.DIRECTORY);
        assertThat(hints).extracting(Hint::scope).doesNotContain(Scope.TREE);
    }

    @Test
    void become_the_whole_folder_where_they_are_in_too_many_directories() {
        changeAll(5 * MAX_PENDING, 2);

        isHeardAgain();

        assertAllAreHinted(5 * MAX_PENDING, 2);
        assertThat(hints).extracting(Hint::scope).contains(Scope.TREE);
    }

    @Test
    void are_sent_as_they_are_where_there_is_room_for_all() {
        changeAll(20, 10);

        isHeardAgain();

        assertAllAreHinted(20, 10);
        assertThat(hints).extracting(Hint::scope).containsOnly(Scope.ENTRY);
    }
}
