package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.port.SourceWatch.WatchEvent.Appeared;
import io.driftless.port.SourceWatch.WatchEvent.Changed;
import io.driftless.port.SourceWatch.WatchEvent.Lost;
import io.driftless.port.SourceWatch.WatchEvent.Modified;
import io.driftless.port.SourceWatch.WatchEvent.Watching;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** What every {@link SourceWatch} promises. */
public abstract class SourceWatchContract extends TreeFixture {
    private final Listener listener = new Listener();

    /**
     * Watches the tree that {@link #editor} edits; keeps at most a hundred events for a slow
     * listener.
     */
    protected abstract SourceWatch watch();

    /** For how long nothing comes any more when all that was to come has come. */
    protected Duration quiet() {
        return Duration.ofMillis(300);
    }

    @AfterEach
    void stopListening() {
        listener.cancel();
    }

    @Test
    void says_how_many_directories_it_watches() {
        directory("a");
        directory("a/b");
        write("a/f", "one");

        listen();

        assertThat(listener.told(Watching.class)).containsExactly(new Watching(3));
    }

    @Test
    void tells_of_a_file_that_was_made() {
        listen();

        write("f", "one");

        listener.awaits(new Changed(path("f")));
    }

    @Test
    void tells_of_a_file_that_was_written_in_place() {
        directory("d");
        write("d/f", "one");
        listen();

        write("d/f", "two");

        listener.awaits(new Changed(path("d/f")));
    }

    @Test
    void tells_of_a_change_of_mode_or_time() {
        write("f", "one");
        write("g", "two");
        listen();

        editor().changeMode(path("f"), 0600);
        editor().setModified(path("g"), new Timestamp(1, 0));

        listener.awaitsAnyOf(new Modified(path("f")), new Changed(path("f")));
        listener.awaitsAnyOf(new Modified(path("g")), new Changed(path("g")));
    }

    @Test
    void tells_of_what_was_removed() {
        directory("d");
        write("d/f", "one");
        listen();

        editor().delete(path("d"));

        listener.awaits(new Changed(path("d/f")));
        listener.awaits(new Changed(path("d")));
    }

    @Test
    void tells_of_both_names_of_a_rename() {
        directory("d");
        write("f", "one");
        listen();

        editor().rename(path("f"), path("d/g"));

        listener.awaits(new Changed(path("f")));
        listener.awaits(new Changed(path("d/g")));
    }

    @Test
    void tells_of_symlinks_and_does_not_watch_behind_them() {
        directory("d");
        symlink("l", "d");
        listen();

        symlink("m", "d");
        write("d/f", "one");

        listener.awaits(new Changed(path("m")));
        listener.awaits(new Changed(path("d/f")));
        assertThat(listener.paths()).noneMatch(path("l")::isAncestorOf);
        assertThat(listener.paths()).noneMatch(path("m")::isAncestorOf);
    }

    @Test
    void watches_a_directory_that_appeared() {
        listen();

        directory("d");
        listener.awaits(new Appeared(path("d")));
        write("d/f", "one");

        listener.awaits(new Changed(path("d/f")));
    }

    @Test
    void misses_nothing_in_directories_that_appear_with_content() {
        listen();

        directory("a");
        directory("a/b");
        directory("a/b/c");
        write("a/b/c/f", "one");

        waiting().untilAsserted(() -> assertThat(listener.events).anyMatch(this::leadsToDeepFile));
        listener.awaitsSilence(quiet());
        write("a/b/c/g", "two");
        listener.awaits(new Changed(path("a/b/c/g")));
    }

    /** The file itself, or a directory around it that may hold anything. */
    private boolean leadsToDeepFile(WatchEvent event) {
        return event.equals(new Changed(path("a/b/c/f"))) || event instanceof Appeared;
    }

    @Test
    void watches_a_directory_under_its_new_name() {
        directory("d");
        directory("d/sub");
        listen();

        editor().rename(path("d"), path("e"));
        listener.awaits(new Changed(path("d")));
        listener.awaits(new Appeared(path("e")));
        listener.awaitsSilence(quiet());
        write("e/f", "one");
        write("e/sub/g", "two");

        listener.awaits(new Changed(path("e/f")));
        listener.awaits(new Changed(path("e/sub/g")));
        assertThat(listener.events).doesNotContain(new Changed(path("d/f")));
    }

    @Test
    void watches_a_directory_that_was_made_again() {
        directory("d");
        listen();

        editor().delete(path("d"));
        listener.awaits(new Changed(path("d")));
        directory("d");
        listener.awaits(new Appeared(path("d")));
        write("d/f", "one");

        listener.awaits(new Changed(path("d/f")));
    }

    @Test
    void tells_of_names_of_any_bytes() {
        directory("%FF");
        listen();

        write("%FF/ü%0A", "one");

        listener.awaits(new Changed(path("%FF/ü%0A")));
    }

    @Test
    void tells_nothing_of_our_own_directory() {
        directory(".driftless");
        listen();

        write(".driftless/mine", "secret");
        write("f", "one");

        listener.awaits(new Changed(path("f")));
        EntryPath own = path(".driftless");
        assertThat(listener.paths()).noneMatch(path -> own.equals(path) || own.isAncestorOf(path));
    }

    @Test
    void says_what_it_could_not_keep_for_a_slow_listener() {
        directory("d");
        listener.pause();
        watch().watch().subscribe(listener);

        for (int i = 0; i < 2000; i++) {
            write("d/%d".formatted(i), "one");
        }
        listener.awaitsSilence(quiet());
        listener.resume();

        waiting().untilAsserted(() -> assertThat(listener.events).anyMatch(this::coversLast));
    }

    private boolean coversLast(WatchEvent event) {
        EntryPath last = path("d/1999");
        return event.equals(new Changed(last))
                || (event instanceof Lost(EntryPath directory) && directory.isAncestorOf(last));
    }

    @Test
    void watches_for_everyone_who_listens() {
        Listener second = new Listener();
        listen();
        watch().watch().subscribe(second);
        second.awaitsWatching();

        write("f", "one");
        listener.awaits(new Changed(path("f")));
        second.awaits(new Changed(path("f")));

        second.cancel();
        write("g", "two");
        listener.awaits(new Changed(path("g")));
    }

    private static ConditionFactory waiting() {
        return Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20));
    }

    private void listen() {
        watch().watch().subscribe(listener);
        listener.awaitsWatching();
    }

    /** Takes down what it is told. */
    private static final class Listener extends BaseSubscriber<WatchEvent> {
        private final Queue<WatchEvent> events = new ConcurrentLinkedQueue<>();
        private boolean isPaused;

        void pause() {
            isPaused = true;
        }

        void resume() {
            requestUnbounded();
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (!isPaused) {
                requestUnbounded();
            }
        }

        @Override
        protected void hookOnNext(WatchEvent event) {
            events.add(event);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            throw new AssertionError(failure);
        }

        <T extends WatchEvent> List<T> told(Class<T> kind) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        List<EntryPath> paths() {
            return events.stream().map(Listener::pathOf).toList();
        }

        private static EntryPath pathOf(WatchEvent event) {
            return switch (event) {
                case Modified(EntryPath path) -> path;
                case Changed(EntryPath path) -> path;
                case Appeared(EntryPath directory) -> directory;
                case Lost(EntryPath directory) -> directory;
                case WatchEvent.Degraded(EntryPath directory, String _) -> directory;
                case Watching _ -> EntryPath.ROOT;
            };
        }

        void awaitsWatching() {
            awaits(told -> assertThat(told).anyMatch(Watching.class::isInstance));
        }

        void awaits(WatchEvent event) {
            awaits(told -> assertThat(told).contains(event));
        }

        void awaitsAnyOf(WatchEvent... wanted) {
            awaits(told -> assertThat(told).containsAnyOf(wanted));
        }

        private void awaits(Consumer<Queue<WatchEvent>> check) {
            waiting().untilAsserted(() -> check.accept(events));
        }

        /** Waits until nothing more comes. */
        void awaitsSilence(Duration quiet) {
            waiting().during(quiet).until(events::size, new SameAsBefore()::test);
        }
    }

    private static final class SameAsBefore {
        private int before = -1;

        boolean test(int now) {
            boolean isSame = now == before;
            before = now;
            return isSame;
        }
    }
}
