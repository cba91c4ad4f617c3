package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceProofs;
import io.driftless.port.SourceProofs.Turn;
import io.driftless.port.SourceProofs.Written;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link SourceProofs} promises. */
public abstract class SourceProofsContract extends IndexRules {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(50);

    private SourceProofs proofs() {
        return fixture().proofs();
    }

    private Optional<Turn> turn(String holder, Duration life) {
        return get(proofs().turn(folder, holder, life));
    }

    private List<Written> written(String... after) {
        Optional<EntryPath> from =
                after.length == 0 ? Optional.empty() : Optional.of(path(after[0]));
        return get(proofs().rows(folder, from, ALL));
    }

    private Instant timeOf(String path) {
        return written().stream()
                .filter(one -> one.row().path().equals(path(path)))
                .map(Written::at)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void lets_one_read_a_folder_at_a_time() {
        Turn mine = turn("me", LONG).orElseThrow();

        assertThat(turn("you", LONG)).isEmpty();
        assertThat(turn("me", LONG)).contains(mine);
        assertThat(mine.reached()).isEmpty();
    }

    @Test
    void has_nothing_to_do_with_the_right_to_commit() {
        assertThat(turn("me", LONG)).isPresent();

        assertThat(get(commits().lease(folder, "you", LONG))).isPresent();
    }

    @Test
    void goes_on_where_the_last_holder_was() {
        Turn mine = turn("me", SHORT).orElseThrow();
        does(proofs().reached(mine, Optional.of(path("a/b"))));
        fixture().pass(SHORT.multipliedBy(2));

        Turn yours = turn("you", LONG).orElseThrow();

        assertThat(yours.reached()).contains(path("a/b"));
        Failures.assertFails(proofs().reached(mine, Optional.of(path("a"))), ErrorCode.LEASE_LOST);
        assertThat(turn("you", LONG).orElseThrow().reached()).contains(path("a/b"));
    }

    @Test
    void is_proven_since_the_last_turn_that_is_over_began() {
        Turn turn = turn("me", LONG).orElseThrow();
        assertThat(get(proofs().since(folder))).isEmpty();
        fixture().pass(SHORT);
        does(proofs().reached(turn, Optional.of(path("z"))));
        assertThat(get(proofs().since(folder))).isEmpty();

        does(proofs().reached(turn, Optional.empty()));
        Instant first = get(proofs().since(folder)).orElseThrow();
        assertThat(turn("me", LONG).orElseThrow().reached()).isEmpty();
        fixture().pass(SHORT);
        does(proofs().reached(turn, Optional.empty()));

        assertThat(get(proofs().since(folder)).orElseThrow()).isAfter(first);
    }

    @Test
    void lists_rows_in_path_order_after_a_path() {
        writesNew(file("b", "1"));
        writesNew(file("a", "1"));
        writesNew(file("c", "1"));

        assertThat(written("a").stream().map(one -> one.row().path()).toList())
                .isEqualTo(paths("b", "c"));
        assertThat(get(proofs().rows(folder, Optional.empty(), 2))).hasSize(2);
    }

    @Test
    void knows_when_a_row_was_written_or_proven_last() {
        writesNew(file("a", "1"));
        Version version = writesNew(file("b", "1"));
        Instant written = timeOf("b");
        fixture().pass(SHORT);

        does(proofs().proven(folder, path("b"), version));

        Instant proven = timeOf("b");
        assertThat(proven).isAfter(written);
        assertThat(timeOf("a")).isBeforeOrEqualTo(written);
        assertThat(row("b").orElseThrow().version()).isEqualTo(version);
        fixture().pass(SHORT);
        writes(put(file("b", "2"), Optional.of(version)));
        assertThat(timeOf("b")).isAfter(proven);
    }

    @Test
    void proves_nothing_of_a_row_that_was_written_meanwhile() {
        Version version = writesNew(file("a", "1"));
        writes(put(file("a", "2"), Optional.of(version)));
        Instant written = timeOf("a");
        fixture().pass(SHORT);

        does(proofs().proven(folder, path("a"), version));

        assertThat(timeOf("a")).isEqualTo(written);
    }
}
