package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.port.CommitSigner;
import io.driftless.testing.Seeds;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Seeds that once found something, each by the name of what it was. What a seed draws changes with
 * the simulation, so each may by now be a seed like others; they cost little.
 */
@Tag("P6")
class PinnedSeedsTest {
    @TempDir static Path keys;

    private final CommitSigner signer = Ed25519Signer.signing(keys.resolve("commits.key"));

    @Test
    void seed_73_brought_a_file_back_that_was_gone_with_its_directory() {
        converges(simulation(73));
    }

    @Test
    void seed_178_removed_what_a_mount_only_hid() {
        converges(simulation(178).losingSource());
    }

    @Test
    void seed_33_could_not_commit_while_one_page_could_not_be_read() {
        converges(simulation(33));
    }

    /** What it found was mended and not written down. */
    @Test
    void seed_233_did_not_converge() {
        converges(simulation(233));
    }

    @Test
    void seed_640_forgot_to_store_again_what_was_in_an_abandoned_pack_after_a_crash() {
        converges(simulation(640));
    }

    @Test
    void seed_2568_committed_what_was_seen_before_the_path_was_found_gone_twice() {
        converges(simulation(2568));
    }

    @Test
    void seed_107_waited_for_ever_for_a_page_to_make_the_index_of() {
        converges(simulation(107).losingIndex());
    }

    private Simulation simulation(long seed) {
        return new Simulation(Seeds.randomOf(seed), signer);
    }

    private static void converges(Simulation simulation) {
        var outcome = simulation.run();

        assertThat(outcome.problems().stream().limit(5)).as(outcome.toString()).isEmpty();
    }
}
