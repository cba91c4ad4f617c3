package io.driftless.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a scan is asked for by what stands in a directory. */
class ExtrasGuardTest {
    private static final EntryPath FULL = EntryPath.parse("full");

    private final ExtrasGuard guard =
            new ExtrasGuard(MemoryAgent.context(new MemoryTree(Instant::now), new Counters()));

    @Test
    void a_directory_that_does_not_get_empty_asks_for_one_scan_until_one_comes_of_itself() {
        guard.mustSee(FULL);
        assertThat(guard.isScanWanted()).isTrue();

        scan();
        guard.mustSee(FULL);
        assertThat(guard.isScanWanted()).isFalse();

        scan();
        guard.mustSee(FULL);
        assertThat(guard.isScanWanted()).isTrue();
    }

    @Test
    void a_directory_that_was_removed_asks_again() {
        guard.mustSee(FULL);
        scan();
        guard.isCleared(FULL);

        guard.mustSee(FULL);

        assertThat(guard.isScanWanted()).isTrue();
    }

    /** A report is made meanwhile, when all that deviated is to be tried again. */
    private void scan() {
        guard.scanning();
        guard.nothingWaits();
        guard.scanned();
    }
}
