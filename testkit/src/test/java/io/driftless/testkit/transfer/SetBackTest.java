package io.driftless.testkit.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A folder of which more was published than its database and its store know of. */
@Tag("P6")
class SetBackTest extends FlowFixture {
    private static final Duration A_WHILE = Duration.ofMinutes(1);
    private static final long LATER = 1_000;

    private Commit before;

    @BeforeEach
    void commitSome() {
        directory("d", 10);
        scan();
        before = newest();
        assertThat(before.incarnation()).isEqualTo(FOLDER.incarnation());
    }

    private Commit newest() {
        return index.newest(FOLDER.id()).block().orElseThrow();
    }

    /** What the topic holds of a time that the database does not know of. */
    private Commit published(UUID incarnation) {
        return published(incarnation, LATER, before.root());
    }

    private Commit published(UUID incarnation, long seq, PageHash root) {
        return new Commit(
                before.folder(),
                incarnation,
                seq,
                root,
                before.parentRoot(),
                before.rules(),
                "",
                before.summary(),
                before.time(),
                new Commit.Changes.None(),
                Signature.NONE);
    }

    private void publish(Commit commit) {
        bus.publish(List.of(commit)).block();
    }

    @Test
    void goes_on_under_another_incarnation_after_all_that_was_published() {
        Commit unsigned = published(FOLDER.incarnation());
        publish(unsigned.signed(signer().sign(unsigned)));

        pass(A_WHILE);

        Commit next = newest();
        assertThat(next.incarnation()).isNotEqualTo(FOLDER.incarnation());
        assertThat(next.seq()).isEqualTo(LATER + 1);
        assertThat(next.root()).isEqualTo(before.root());
        assertThat(next.summary()).isEqualTo(before.summary());

        write("d/new", "new");
        startCommitter("other");
        scan();
        assertThat(newest().seq()).isGreaterThan(LATER + 1);
        assertThat(newest().incarnation()).isEqualTo(next.incarnation());
        assertThat(committed()).isEqualTo(atSource());
    }

    /** Each copy made one commit since: the numbers are the same, what they stand for is not. */
    @Test
    void goes_on_under_another_incarnation_where_another_commit_had_this_number() {
        committedBefore(Sha256.page(new byte[] {1}));

        startCommitter("other");
        pass(A_WHILE);

        assertThat(newest().seq()).isEqualTo(before.seq() + 1);
        assertThat(newest().incarnation()).isNotEqualTo(FOLDER.incarnation());
    }

    private void committedBefore(PageHash root) {
        bus.lose(Topic.COMMITS);
        Commit other = published(FOLDER.incarnation(), before.seq(), root);
        publish(other.signed(signer().sign(other)));
    }

    @Test
    void is_told_nothing_by_who_cannot_sign() {
        publish(published(FOLDER.incarnation()).signed(before.signature()));

        pass(A_WHILE);

        assertThat(newest().seq()).isEqualTo(before.seq());
        assertThat(newest().incarnation()).isEqualTo(FOLDER.incarnation());
    }

    @Test
    void is_told_nothing_by_what_was_published_of_a_folder_before_it() {
        Commit unsigned = published(new UUID(3, 4));
        publish(unsigned.signed(signer().sign(unsigned)));

        pass(A_WHILE);

        assertThat(newest().seq()).isEqualTo(before.seq());
        assertThat(newest().incarnation()).isEqualTo(FOLDER.incarnation());
    }
}
