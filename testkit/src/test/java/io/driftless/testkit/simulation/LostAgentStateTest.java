package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.LiveTarget.bytes;
import static io.driftless.testkit.simulation.LiveTarget.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.agent.AgentSettings.Checks;
import io.driftless.error.ErrorCode;
import io.driftless.event.Commit;
import io.driftless.event.Topic;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetTree.Marker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An agent that lost its state finds at the target what another one left there. */
@Tag("P3")
@Tag("P8")
class LostAgentStateTest {
    private static final Duration RARELY = Duration.ofDays(30);
    private static final Duration A_WHILE = Duration.ofMinutes(1);
    private static final EntryPath STAGED = path(".driftless/stage/s-1");

    private final LiveTarget target = new LiveTarget(Mode.MIRROR, new Checks(RARELY, 0, RARELY));
    private Commit older;

    @BeforeEach
    void stand_at_the_second_commit() {
        older = commit("first");
        commit("second");
        target.start();
        target.pass(A_WHILE);
    }

    @AfterEach
    void stop() {
        target.stop();
    }

    @Test
    void does_not_go_back_to_a_commit_that_is_older_than_what_stood_there() {
        loseState(() -> hear(older));

        assertThat(text()).contains("second");
        assertThat(target.report().deviations()).containsKey(ErrorCode.COMMIT_AWAITED.id());

        target.source.say(target.clock.instant());
        target.pass(A_WHILE);

        assertThat(text()).contains("second");
        assertThat(target.report().deviations()).isEmpty();
        assertThat(target.report().seq()).isEqualTo(2);
    }

    /** Else its marker would hold the target for ever where numbers began again. */
    @Test
    void goes_back_where_nothing_newer_comes_for_a_long_time() {
        loseState(() -> hear(older));

        target.pass(Duration.ofMinutes(10));

        assertThat(text()).contains("first");
        assertThat(target.report().deviations()).isEmpty();
        assertThat(target.report().seq()).isEqualTo(1);
    }

    @Test
    void follows_a_folder_that_was_made_anew_at_once() {
        loseState(() -> hear(anew(older)));

        assertThat(text()).contains("first");
        assertThat(target.report().deviations()).isEmpty();
    }

    /** It may be what somebody wrote and an exchange brought out of the tree. */
    @Test
    void keeps_what_is_in_the_stage_and_was_not_put_there_with_its_state() {
        loseState(() -> target.disk.write(STAGED, bytes("edited")));

        assertThat(target.trashed()).containsExactly("edited");
    }

    @Test
    void keeps_it_also_where_it_was_killed_after_it_had_the_target() {
        loseState(() -> {
            target.disk.write(STAGED, bytes("edited"));
            claimAndDie();
        });

        assertThat(target.trashed()).containsExactly("edited");
    }

    @Test
    void keeps_it_also_where_the_marker_is_lost_too() {
        loseState(() -> {
            target.disk.write(STAGED, bytes("edited"));
            target.disk.delete(path(".driftless/marker"));
            claimAndDie();
        });

        assertThat(target.trashed()).containsExactly("edited");
    }

    private void claimAndDie() {
        MemoryTargetTree tree = new MemoryTargetTree(target.disk);
        tree.claim(
                        new Marker(
                                LiveTarget.TARGET.value(),
                                CommittedTree.FOLDER.value(),
                                older.incarnation(),
                                "another",
                                0))
                .block();
        tree.crash();
    }

    @Test
    void drops_what_is_in_the_stage_and_was_put_there_with_its_state() {
        loseState(() -> {});

        target.restart(() -> target.disk.write(STAGED, bytes("staged")));
        target.pass(A_WHILE);

        assertThat(target.disk.names(STAGED.parent())).isEmpty();
        assertThat(target.trashed()).isEmpty();
    }

    private void loseState(Runnable meanwhile) {
        target.restart(() -> {
            target.state = MemoryTargetState.create("another");
            meanwhile.run();
        });
        target.pass(A_WHILE);
    }

    private Commit commit(String text) {
        target.source.tree.write(path("f"), bytes(text));
        return target.source.commit();
    }

    /** From now on an agent hears of this commit and of no other. */
    private void hear(Commit commit) {
        target.source.bus.lose(Topic.COMMITS);
        target.source.bus.publish(List.of(commit)).block();
    }

    private static Commit anew(Commit one) {
        return new Commit(
                one.folder(),
                UUID.randomUUID(),
                one.seq(),
                one.root(),
                one.parentRoot(),
                one.rules(),
                one.approvedRemovals(),
                one.summary(),
                one.time(),
                one.changes(),
                one.signature());
    }

    private Optional<String> text() {
        return target.disk.bytes(path("f")).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
