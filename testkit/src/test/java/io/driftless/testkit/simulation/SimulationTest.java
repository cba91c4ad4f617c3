package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.testing.Seeds;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("P1")
@Tag("P6")
@Tag("P8")
class SimulationTest {
    @TempDir static Path keys;

    /** P4 */
    @Test
    void a_source_that_goes_away_removes_nothing_and_is_followed_again() {
        var signer = Ed25519Signer.signing(keys.resolve("commits.key"));

        Seeds.forEach(
                Integer.getInteger("seeds", 500) / 2,
                random -> {
                    var outcome = new Simulation(random, signer).losingSource().run();

                    assertThat(outcome.problems().stream().limit(5))
                            .as(outcome.toString())
                            .isEmpty();
                });
    }

    @Test
    void full_scans_alone_bring_everything_over_where_nobody_watches() {
        var signer = Ed25519Signer.signing(keys.resolve("commits.key"));

        Seeds.forEach(
                Integer.getInteger("seeds", 500) / 5,
                random -> {
                    var outcome = new Simulation(random, signer).withoutWatcher().run();

                    assertThat(outcome.problems().stream().limit(5))
                            .as(outcome.toString())
                            .isEmpty();
                });
    }

    @Test
    void every_target_converges_when_faults_stop() {
        var signer = Ed25519Signer.signing(keys.resolve("commits.key"));

        Seeds.forEach(
                Integer.getInteger("seeds", 500),
                random -> {
                    var outcome = new Simulation(random, signer).run();

                    assertThat(outcome.problems().stream().limit(5))
                            .as(outcome.toString())
                            .isEmpty();
                });
    }
}
