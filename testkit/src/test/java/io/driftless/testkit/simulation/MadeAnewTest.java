package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.LiveTarget.bytes;
import static io.driftless.testkit.simulation.LiveTarget.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.agent.AgentSettings.Checks;
import io.driftless.event.Commit;
import io.driftless.event.Report.Held;
import io.driftless.plan.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a target does whose agent goes on while the folder is made anew, as after database and store
 * were lost, or goes back to what it was before.
 */
@Tag("P4")
class MadeAnewTest {
    private static final Duration A_WHILE = Duration.ofSeconds(30);
    private static final int MANY = 60;

    private Optional<LiveTarget> live = Optional.empty();

    @AfterEach
    void stop() {
        live.ifPresent(LiveTarget::stop);
    }

    private LiveTarget started(Mode mode, int files) {
        LiveTarget target =
                new LiveTarget(mode, new Checks(Duration.ofMinutes(10), 0, Duration.ZERO));
        live = Optional.of(target);
        fill(target, files);
        target.source.commit();
        target.start();
        target.pass(A_WHILE);
        isEqualToTheSource(target);
        return target;
    }

    private static void fill(LiveTarget target, int files) {
        target.source.tree.mkdir(path("d"));
        for (int i = 0; i < files; i++) {
            target.source.tree.write(path("d/f" + (1_000 + i)), bytes("file " + i));
        }
    }

    private static void empty(LiveTarget target) {
        target.source.tree.names(path("d")).forEach(target.source.tree::delete);
        target.source.tree.delete(path("d"));
    }

    private static void isEqualToTheSource(LiveTarget target) {
        assertThat(target.disk.snapshot()).isEqualTo(target.source.tree.snapshot());
        assertThat(target.report().isSettled()).isTrue();
    }

    private static Instant now(LiveTarget target) {
        return target.clock.instant();
    }

    /** The same commit, said again by whoever publishes it now. */
    private static void sayAgain(LiveTarget target, Commit commit) {
        target.source.send(commit.again(now(target), Commit.ALL));
    }

    // ---- What is there

    @Test
    void an_empty_folder_in_its_place_takes_nothing_from_a_target_unasked() {
        LiveTarget target = started(Mode.MIRROR, MANY);
        empty(target);
        target.source.beginAnew();
        target.source.commit();

        target.pass(A_WHILE);

        assertThat(target.disk.names(path("d"))).hasSize(MANY);
        assertThat(target.report().deviations()).containsEntry("DL-3021", MANY + 1L);
        Held held = target.report().checks().held().orElseThrow();
        assertThat(held.entries()).isEqualTo(MANY + 1L);
        target.pass(Duration.ofMinutes(15)); // Scans change nothing of it.
        assertThat(target.disk.names(path("d"))).hasSize(MANY);
        assertThat(target.report().checks().held()).contains(held);

        target.approve(held.id());
        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(MANY).contains("file 7");
    }

    @Test
    void what_waits_for_approval_waits_in_the_next_life_of_the_agent_too() {
        LiveTarget target = started(Mode.MIRROR, MANY);
        empty(target);
        target.source.beginAnew();
        target.source.commit();
        target.pass(A_WHILE);

        target.restart();
        target.pass(A_WHILE);

        assertThat(target.disk.names(path("d"))).hasSize(MANY);
        assertThat(target.report().checks().held()).isPresent();
    }

    @Test
    void a_source_that_comes_back_finds_everything_there() {
        LiveTarget target = started(Mode.MIRROR, MANY);
        long fetched = target.report().totals().bytesFetched();
        empty(target);
        target.source.beginAnew();
        target.source.commit();
        target.pass(A_WHILE);

        fill(target, MANY);
        target.source.commit();
        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.report().totals().bytesFetched()).isEqualTo(fetched);
        assertThat(target.tree.trash()).isEmpty();
        assertThat(target.report().checks().held()).isEmpty();
    }

    /** The first commits of a folder made anew hold only what was found so far. */
    @Test
    void the_same_folder_made_anew_fetches_and_moves_nothing() {
        LiveTarget target = started(Mode.MIRROR, MANY);
        long fetched = target.report().totals().bytesFetched();
        empty(target);
        fill(target, MANY / 2);
        target.source.beginAnew();
        target.source.commitSeenSoFar();
        target.pass(A_WHILE);
        assertThat(target.disk.names(path("d"))).hasSize(MANY);

        fill(target, MANY);
        target.source.commitSeenSoFar();
        target.source.say(now(target));
        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.report().totals().bytesFetched()).isEqualTo(fetched);
        assertThat(target.tree.trash()).isEmpty();
    }

    @Test
    void what_another_folder_in_its_place_replaces_or_lacks_goes_to_the_trash() {
        LiveTarget target = started(Mode.MIRROR, 5);
        target.source.tree.write(path("d/f1001"), bytes("another file"));
        target.source.tree.delete(path("d/f1002"));
        target.source.beginAnew();
        target.source.commit();

        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.trashed()).containsExactlyInAnyOrder("file 1", "file 2");
        target.source.tree.delete(path("d/f1001"));
        target.source.commit();
        target.pass(A_WHILE);
        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(2);
    }

    /** It was ours, but not what is in it. */
    @Test
    void what_waits_for_approval_is_not_taken_along_where_its_directory_becomes_a_file() {
        LiveTarget target = started(Mode.MIRROR, MANY);
        empty(target);
        target.source.tree.write(path("d"), bytes("a file"));
        target.source.beginAnew();
        target.source.commit();

        target.pass(A_WHILE);

        assertThat(target.disk.names(path("d"))).hasSize(MANY);
        assertThat(target.tree.trash()).isEmpty();
        target.approve(target.report().checks().held().orElseThrow().id());
        target.pass(A_WHILE);
        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(MANY);
    }

    @Test
    void an_overlay_keeps_what_it_had_of_the_folder_before() {
        LiveTarget target = started(Mode.OVERLAY, MANY);
        empty(target);
        target.source.tree.write(path("new"), bytes("new"));
        target.source.beginAnew();
        target.source.commit();

        target.pass(A_WHILE);

        assertThat(target.disk.names(path("d"))).hasSize(MANY);
        assertThat(target.disk.bytes(path("new"))).contains(bytes("new"));
        assertThat(target.tree.trash()).isEmpty();
        assertThat(target.report().isSettled()).isTrue();
    }

    // ---- Which of them counts

    @Test
    void a_late_record_of_the_folder_before_takes_a_target_nowhere() {
        LiveTarget target = started(Mode.MIRROR, 5);
        Commit late = target.source.newest();
        target.source.tree.write(path("d/f1001"), bytes("another file"));
        target.source.beginAnew();
        target.source.commit();
        target.pass(A_WHILE);
        isEqualToTheSource(target);

        target.source.send(late);
        target.pass(A_WHILE);

        isEqualToTheSource(target);
        target.restart(); // Nothing else is heard of, and another process remembers too.
        target.pass(A_WHILE);
        assertThat(target.disk.snapshot()).isEqualTo(target.source.tree.snapshot());
        target.pass(Duration.ofMinutes(3));
        assertThat(target.report().deviations()).containsOnlyKeys("DL-3041");
        sayAgain(target, target.source.newest());
        target.pass(A_WHILE);
        isEqualToTheSource(target);
    }

    @Test
    void a_record_of_a_folder_that_nobody_here_knew_is_left_at_the_next_that_is_right() {
        LiveTarget target = started(Mode.MIRROR, 5);
        Commit right = target.source.newest();
        target.source.tree.write(path("d/f1001"), bytes("another file"));
        target.source.beginAnew();
        target.source.commit();
        Commit wrong = target.source.newest();
        target.pass(A_WHILE);
        isEqualToTheSource(target);

        target.source.tree.write(path("d/f1001"), bytes("file 1"));
        sayAgain(target, right);
        target.pass(A_WHILE);
        assertThat(target.disk.bytes(path("d/f1001"))).contains(bytes("file 1"));

        target.source.send(wrong);
        target.pass(A_WHILE);
        assertThat(target.disk.bytes(path("d/f1001"))).contains(bytes("file 1"));
    }

    // ---- Numbers

    @Test
    void a_target_that_is_ahead_of_its_folder_says_so() {
        LiveTarget target = started(Mode.MIRROR, 5);
        UUID incarnation = target.source.newest().incarnation();
        target.source.goOn(incarnation, 1_000);
        target.source.commit();
        target.pass(A_WHILE);
        target.source.goOn(incarnation, 900);
        target.source.tree.write(path("later"), bytes("later"));
        target.source.commit();
        target.pass(A_WHILE);
        assertThat(target.report().deviations()).isEmpty(); // It may be a late one.

        target.pass(Duration.ofMinutes(3));

        assertThat(target.report().deviations()).containsOnlyKeys("DL-3042");
        assertThat(target.report().problems().getFirst().message())
                .contains("holds commit 1001, the folder is at 901");
        target.source.goOn(incarnation, 1_001);
        target.source.commit();
        target.pass(A_WHILE);
        isEqualToTheSource(target);
    }

    /** They may be the only copies: the folder lost what came in the time between. */
    @Test
    void what_a_target_is_ahead_of_its_folder_with_goes_to_the_trash() {
        LiveTarget target = started(Mode.MIRROR, 5);
        UUID incarnation = target.source.newest().incarnation();
        target.source.tree.write(path("d/f1001"), bytes("edited since"));
        target.source.tree.write(path("d/made"), bytes("made since"));
        target.source.goOn(incarnation, 1_000);
        target.source.commit();
        target.pass(A_WHILE);
        isEqualToTheSource(target);

        target.source.tree.write(path("d/f1001"), bytes("file 1"));
        target.source.tree.delete(path("d/made"));
        target.source.goOn(incarnation, 900);
        target.source.commit();
        target.pass(Duration.ofMinutes(3));
        assertThat(target.report().deviations()).containsOnlyKeys("DL-3042");
        target.restart();
        target.source.goOn(incarnation, 1_001);
        target.source.commit();
        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.trashed()).containsExactlyInAnyOrder("edited since", "made since");
        target.source.tree.delete(path("d/f1002"));
        target.source.commit();
        target.pass(A_WHILE);
        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(2);
    }
}
