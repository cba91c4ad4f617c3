package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.port.CommitSigner;
import io.driftless.testing.Seeds;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("P1")
@Tag("P6")
@Tag("P8")
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("seeds", 300);

    @TempDir static Path keys;

    private final CommitSigner signer = Ed25519Signer.signing(keys.resolve("commits.key"));

    /** P4 */
    @Test
    void a_source_that_goes_away_removes_nothing_and_is_followed_again() {
        allConverge(SEEDS / 2, Simulation::losingSource);
    }

    @Test
    void an_index_that_is_lost_is_made_again_of_the_store() {
        allConverge(SEEDS / 5, Simulation::losingIndex);
    }

    @Test
    void full_scans_alone_bring_everything_over_where_nobody_watches() {
        allConverge(SEEDS / 5, Simulation::withoutWatcher);
    }

    /** P8 */
    @Test
    void nothing_of_ours_is_put_into_the_trash_where_nobody_else_touches_a_target() {
        allConverge(SEEDS / 5, Simulation::leavingTargetsAlone);
    }

    @Test
    void of_two_agents_of_a_target_one_works_and_the_other_takes_over() {
        allConverge(SEEDS / 5, Simulation::withTwoAgents);
    }

    /** P8 */
    @Test
    void nothing_that_an_agent_knows_is_put_into_the_trash_where_another_took_over_from_it() {
        allConverge(SEEDS / 5, simulation -> simulation.withTwoAgents().leavingTargetsAlone());
    }

    /** P4 */
    @Test
    void removals_that_wait_or_are_rejected_are_not_made_until_somebody_approves_them() {
        allConverge(SEEDS / 5, Simulation::askingForRemovals);
    }

    @Test
    void every_target_converges_when_faults_stop() {
        allConverge(SEEDS, simulation -> simulation);
    }

    private void allConverge(int seeds, UnaryOperator<Simulation> variant) {
        Distribution runs = new Distribution();
        Seeds.forEach(
                seeds,
                random -> {
                    var outcome = variant.apply(new Simulation(random, signer)).run();
                    runs.add(outcome);

                    assertThat(outcome.problems().stream().limit(5))
                            .as(outcome.toString())
                            .isEmpty();
                });
        System.out.println(runs);
    }
}
