package io.driftless.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.event.Hint;
import io.driftless.flow.Backoff;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.testing.Seeds;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What waits while nothing can be sent is bounded, and no path that changed is forgotten. */
class HintBufferLawsTest {
    private static final FolderId FOLDER = new FolderId("photos");

    /** Later than anything is due. */
    private static final long END = 1_000_000_000;

    private static HintBuffer buffer(int maxPending) {
        return new HintBuffer(
                FOLDER,
                new WatchSettings(
                        Duration.ofMillis(50), Duration.ofSeconds(1), maxPending, Backoff.DEFAULT));
    }

    private static EntryPath path(Random random) {
        EntryPath path = EntryPath.ROOT;
        int depth = random.nextInt(5);
        for (int i = 0; i < depth; i++) {
            path = path.child("n" + random.nextInt(8));
        }
        return path;
    }

    private static WatchEvent event(Random random) {
        EntryPath path = path(random);
        return switch (random.nextInt(20)) {
            case 0 -> new WatchEvent.Appeared(path);
            case 1 -> new WatchEvent.Lost(path);
            case 2 -> new WatchEvent.Degraded(path, "no watches left");
            case 3, 4, 5, 6 -> new WatchEvent.Modified(path);
            default -> new WatchEvent.Changed(path);
        };
    }

    private static List<WatchEvent> events(Random random, int count) {
        List<WatchEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(event(random));
        }
        return events;
    }

    private static boolean isCovered(WatchEvent event, List<Hint> hints) {
        return switch (event) {
            case WatchEvent.Changed(EntryPath path) -> isLookedAt(path, hints);
            case WatchEvent.Modified(EntryPath path) -> isLookedAt(path, hints);
            case WatchEvent.Appeared(EntryPath top) ->
                    isLookedAt(top, hints) && isWalked(top, hints);
            case WatchEvent.Lost(EntryPath top) -> isWalked(top, hints);
            case WatchEvent.Degraded(EntryPath top, String _) -> isWalked(top, hints);
            case WatchEvent.Watching _ -> true;
        };
    }

    private static boolean isLookedAt(EntryPath path, List<Hint> hints) {
        return isWalked(path, hints)
                || hints.stream()
                        .anyMatch(hint ->
                                switch (hint.scope()) {
                                    case ENTRY -> hint.paths().contains(path);
                                    case DIRECTORY -> hint.directory().equals(path.parent());
                                    case TREE -> false;
                                });
    }

    private static boolean isWalked(EntryPath top, List<Hint> hints) {
        return hints.stream()
                .filter(hint -> hint.scope() == Hint.Scope.TREE)
                .map(Hint::directory)
                .anyMatch(above -> above.equals(top) || above.isAncestorOf(top));
    }

    private static int size(List<Hint> hints) {
        return hints.stream().mapToInt(hint -> Math.max(1, hint.paths().size())).sum();
    }

    @Test
    void every_path_is_covered_however_little_is_held() {
        Seeds.forEach(random -> {
            List<WatchEvent> events = events(random, 1 + random.nextInt(300));
            HintBuffer buffer = buffer(2 + random.nextInt(100));

            events.forEach(event -> buffer.add(event, random.nextInt(2_000)));

            List<Hint> hints = buffer.take(END);
            assertThat(events).allMatch(event -> isCovered(event, hints));
            assertThat(buffer.nextDue()).isEmpty();
        });
    }

    @Test
    void no_more_is_held_than_is_set() {
        Seeds.forEach(random -> {
            int maxPending = 2 + random.nextInt(100);
            HintBuffer buffer = buffer(maxPending);

            events(random, 1 + random.nextInt(300)).forEach(event -> buffer.add(event, 0));

            assertThat(size(buffer.take(END))).isBetween(1, maxPending);
        });
    }

    /** While it is emptied now and then, each path is hinted after it changed. */
    @Test
    void what_changes_after_a_hint_is_hinted_again() {
        Seeds.forEach(random -> {
            HintBuffer buffer = buffer(2 + random.nextInt(50));
            List<WatchEvent> waiting = new ArrayList<>();
            for (int now = 0; now < 3_000; now += random.nextInt(30)) {
                WatchEvent event = event(random);
                buffer.add(event, now);
                waiting.add(event);
                if (random.nextInt(20) == 0) {
                    List<Hint> hints = buffer.take(now);
                    waiting.removeIf(one -> isCovered(one, hints));
                }
            }

            List<Hint> last = buffer.take(END);
            assertThat(waiting).allMatch(event -> isCovered(event, last));
        });
    }

    @Test
    void repeats_add_nothing_where_all_have_room() {
        Seeds.forEach(random -> {
            List<WatchEvent> events = events(random, 1 + random.nextInt(100));
            HintBuffer once = buffer(1_000);
            HintBuffer twice = buffer(1_000);

            events.forEach(event -> once.add(event, 0));
            events.forEach(event -> twice.add(event, 0));
            events.forEach(event -> twice.add(event, 0));

            assertThat(Set.copyOf(twice.take(END))).isEqualTo(new HashSet<>(once.take(END)));
        });
    }

    /** What collapsed once stays so: more of the same does not grow beyond it. */
    @Test
    void repeats_cover_the_same_where_they_have_no_room() {
        Seeds.forEach(random -> {
            List<WatchEvent> events = events(random, 100 + random.nextInt(200));
            int maxPending = 2 + random.nextInt(50);
            HintBuffer buffer = buffer(maxPending);

            events.forEach(event -> buffer.add(event, 0));
            events.forEach(event -> buffer.add(event, 0));

            List<Hint> hints = buffer.take(END);
            assertThat(events).allMatch(event -> isCovered(event, hints));
            assertThat(size(hints)).isBetween(1, maxPending);
        });
    }
}
