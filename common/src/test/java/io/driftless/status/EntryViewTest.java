package io.driftless.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.tree.Version;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EntryViewTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static Row row(String path, State state) {
        return new Row(
                EntryPath.parse(path),
                new Version(1),
                state,
                Optional.empty(),
                Optional.empty(),
                false);
    }

    private static State unreadable(int tries) {
        return new State.Waiting(ErrorCode.ENTRY_UNREADABLE, tries, NOON);
    }

    @Test
    void an_entry_that_is_tried_again_says_how_often_it_failed_and_when_that_is() {
        Problem told = EntryView.of(List.of(row("d/%0A", unreadable(3)))).getFirst();

        assertThat(told)
                .isEqualTo(
                        new Problem(
                                "d/%0A",
                                "DL-2003",
                                ErrorCode.ENTRY_UNREADABLE.advice(),
                                3,
                                Optional.of(NOON)));
    }

    @Test
    void what_is_left_out_or_to_be_read_has_no_tries() {
        State large = new State.Waiting(ErrorCode.LARGE_PENDING, 2, NOON);
        State left = new State.Skipped(ErrorCode.ENTRY_UNSUPPORTED);

        assertThat(EntryView.of(List.of(row("fifo", left), row("big", large))))
                .extracting(Problem::code, Problem::tries, Problem::next)
                .containsExactly(
                        tuple("DL-2004", 0, Optional.empty()),
                        tuple("DL-2013", 0, Optional.empty()));
    }

    @Test
    void what_is_carried_over_or_gone_is_not_told_and_the_rest_once() {
        List<Row> rows =
                List.of(
                        row("a", new State.Ok()),
                        row("b", unreadable(1)),
                        row("c", new State.Removed()),
                        row("b", unreadable(1)));

        assertThat(EntryView.of(rows)).extracting(Problem::path).containsExactly("b");
    }

    @Test
    void of_many_a_few_are_told() {
        List<Row> rows = IntStream.range(0, 50).mapToObj(i -> row("f" + i, unreadable(1))).toList();

        assertThat(EntryView.of(rows)).hasSize(EntryView.MAX_SHOWN);
    }
}
