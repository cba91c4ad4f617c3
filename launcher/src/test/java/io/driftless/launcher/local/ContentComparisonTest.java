package io.driftless.launcher.local;

import static io.driftless.launcher.local.TreePair.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.launcher.local.ContentComparison.Verdict;
import io.driftless.path.EntryPath;
import io.driftless.testing.PseudoRandom;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file of many blocks, compared in stretches of few. */
class ContentComparisonTest {
    private static final EntryPath FILE = path("large");
    private static final long STRETCH_BYTES = 2 << 20;

    private final TreePair trees = new TreePair();
    private final byte[] bytes = PseudoRandom.bytes(1, 12 << 20);
    private final List<EntryPath> readsOfSource = new ArrayList<>();

    @BeforeEach
    void write() {
        trees.source.write(FILE, bytes);
        trees.target.write(FILE, bytes);
        trees.source.duringReads(readsOfSource::add);
    }

    @Test
    void reads_on_to_the_end_where_everything_is_the_same() {
        assertThat(compare()).isEqualTo(new Verdict.Same());
        assertThat(readsOfSource).hasSizeBetween(3, 6);
    }

    @Test
    void finds_a_difference_in_the_last_byte() {
        bytes[bytes.length - 1] ^= 1;
        trees.target.write(FILE, bytes);

        assertThat(compare()).isEqualTo(new Verdict.Different());
    }

    @Test
    void stops_at_the_first_difference() {
        bytes[0] ^= 1;
        trees.target.write(FILE, bytes);

        assertThat(compare()).isEqualTo(new Verdict.Different());
        assertThat(readsOfSource).hasSize(1);
    }

    @Test
    void tells_nothing_of_a_file_that_is_changed_between_two_stretches() {
        trees.source.duringReads(_ -> {
            if (readsOfSource.size() == 2) {
                trees.target.write(FILE, bytes);
            }
        });

        assertThat(compare())
                .isInstanceOfSatisfying(
                        Verdict.Untold.class,
                        untold -> assertThat(untold.side()).isEqualTo(Side.TARGET));
    }

    private Verdict compare() {
        var contents =
                new ContentComparison(
                        new MemoryTreeReader(trees.source),
                        new MemoryTreeReader(trees.target),
                        STRETCH_BYTES);
        return contents.compare(FILE, stat(trees.source), stat(trees.target))
                .blockOptional(Duration.ofSeconds(20))
                .orElseThrow();
    }

    private static Stat stat(MemoryTree tree) {
        return ((Found.Present) tree.look(FILE)).stat();
    }
}
