package io.driftless.guard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.testing.Seeds;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MovesTest {
    private static final Metadata METADATA = new Metadata(0777, 0, 0, new Timestamp(0, 0));
    private static final Instant NOW = Instant.EPOCH;

    private final Moves moves = new Moves(Duration.ofMinutes(10));

    /** Symlinks to one target are one thing at many places. */
    private static List<Entry> links(String prefix, int count, String target) {
        return IntStream.range(0, count)
                .<Entry>mapToObj(i ->
                        new Entry.SymlinkEntry(
                                EntryPath.parse(prefix + i),
                                METADATA,
                                LinkTarget.ofBytes(target.getBytes(UTF_8))))
                .toList();
    }

    @Test
    void each_of_many_equal_entries_makes_up_for_one_removal() {
        moves.made(List.of(), links("new/a", 2, "x"), NOW);
        moves.made(List.of(), links("new/b", 1, "x"), NOW);
        List<Entry> old = links("old", 4, "x");

        assertThat(moves.among(old, List.of())).hasSize(3);
        moves.made(old.subList(0, 2), List.of(), NOW);
        assertThat(moves.among(old.subList(2, 4), List.of())).hasSize(1);
        moves.made(old.subList(2, 3), List.of(), NOW);
        assertThat(moves.among(old.subList(3, 4), List.of())).isEmpty();
    }

    /** As where a directory goes that is too large for one change. */
    @Test
    void removals_that_are_matched_in_parts_are_moves_as_they_are_together() {
        Seeds.forEach(random -> {
            Moves known = new Moves(Duration.ofMinutes(10));
            List<Entry> all = new ArrayList<>();
            for (String target : List.of("x", "y", "z")) {
                List<Entry> fresh = links("new/" + target, random.nextInt(5), target);
                known.made(List.of(), fresh, NOW);
                all.addAll(fresh.subList(0, random.nextInt(1 + fresh.size())));
                all.addAll(links("old/" + target, random.nextInt(6), target));
            }
            List<Entry> appeared = links("now", random.nextInt(3), "y");
            Collections.shuffle(all, random);
            int part = 1 + random.nextInt(5);

            Moves.Matching matching = known.new Matching(appeared);
            parts(all, part).forEach(matching::expect);
            Set<EntryPath> moved = new HashSet<>();
            parts(all, part).forEach(some -> moved.addAll(matching.moved(some)));

            assertThat(moved).isEqualTo(known.among(all, appeared));
        });
    }

    private static List<List<Entry>> parts(List<Entry> all, int size) {
        return IntStream.range(0, Math.ceilDiv(all.size(), size))
                .mapToObj(i -> all.subList(i * size, Math.min(all.size(), (i + 1) * size)))
                .toList();
    }

    @Test
    void what_appeared_is_forgotten_in_time_though_nothing_else_happens() {
        moves.made(List.of(), links("new", 1, "x"), NOW);
        moves.age(NOW.plus(Duration.ofMinutes(9)));
        assertThat(moves.among(links("old", 1, "x"), List.of())).hasSize(1);

        moves.age(NOW.plus(Duration.ofMinutes(21)));

        assertThat(moves.among(links("old", 1, "x"), List.of())).isEmpty();
        assertThat(moves.isEmpty()).isTrue();
    }

    @Test
    void what_appeared_and_went_again_makes_up_for_nothing() {
        List<Entry> fresh = links("new", 2, "x");
        moves.made(List.of(), fresh, NOW);
        moves.made(fresh, List.of(), NOW);

        assertThat(moves.among(links("old", 3, "x"), List.of())).isEmpty();
    }

    @Test
    void an_entry_that_is_written_again_counts_once() {
        List<Entry> fresh = links("new", 1, "x");
        moves.made(List.of(), fresh, NOW);
        moves.made(List.of(), fresh, NOW);

        assertThat(moves.among(links("old", 3, "x"), List.of())).hasSize(1);
    }

    @Test
    void remembers_no_more_paths_than_it_says_however_equal_they_are() {
        moves.made(List.of(), links("new", Moves.MAX_REMEMBERED, "x"), NOW);
        assertThat(moves.among(links("old", 3, "x"), List.of())).hasSize(3);

        moves.made(List.of(), links("more", 1, "x"), NOW);
        assertThat(moves.among(links("old", 3, "x"), List.of())).isEmpty();
    }

    @Test
    void has_room_again_when_what_it_knew_is_old() {
        moves.made(List.of(), links("new", Moves.MAX_REMEMBERED, "x"), NOW);
        moves.made(List.of(), List.of(), NOW.plusSeconds(600));
        moves.made(List.of(), List.of(), NOW.plusSeconds(1_200));
        moves.made(List.of(), links("more", 3, "x"), NOW.plusSeconds(1_200));

        assertThat(moves.among(links("old", 3, "x"), List.of())).hasSize(3);
    }
}
