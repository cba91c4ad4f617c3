package io.driftless.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.change.Change;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetTree.StageName;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** An agent was killed after it placed a file and before it remembered that. */
@Tag("P8")
class RecoveryTest {
    private static final EntryPath PATH = EntryPath.parse("f");
    private static final byte[] BYTES = {1, 2, 3};
    private static final Metadata METADATA =
            new Metadata(0644, 1000, 1000, new Timestamp(1_000, 5));

    private final MemoryTree disk = new MemoryTree(() -> Instant.ofEpochSecond(2_000_000));
    private final AgentContext context = MemoryAgent.context(disk, new Counters());
    private final TargetState state = context.ports().state();
    private long inode;

    @BeforeEach
    void placeWithoutRemembering() {
        Entry root = new Entry.DirectoryEntry(EntryPath.ROOT, METADATA);
        Entry.FileEntry file = new Entry.FileEntry(PATH, METADATA, Trees.contentOf(BYTES));
        ManifestBuilder manifest = new ManifestBuilder((_, _) -> {});
        manifest.add(root);
        manifest.add(file);
        run(context.ports().tree().claim(MemoryAgent.MARKER));
        run(state.collect(List.of(new Change.Put(root), new Change.Put(file))));
        run(state.fold(MemoryAgent.INCARNATION, 1, manifest.finish().root()));
        disk.write(PATH, BYTES);
        disk.touch(PATH, METADATA.modified());
        inode = stat().inode();
        intend("s-1");
    }

    private void intend(String name) {
        run(
                state.intend(
                        List.of(
                                new Intent(
                                        PATH,
                                        new StageName(name),
                                        Optional.of(inode),
                                        Optional.of(Trees.contentOf(BYTES).id())))));
    }

    @Test
    void remembers_the_file_that_it_placed() {
        run(new Recovery(context, new Takeover(context)).run());

        assertThat(applied())
                .contains(new Applied(PATH, stat(), Optional.of(Trees.contentOf(BYTES))));
    }

    @Test
    void does_not_take_a_file_that_somebody_wrote_into_since_for_what_it_placed() {
        disk.overwrite(PATH, 0, new byte[] {9});

        run(new Recovery(context, new Takeover(context)).run());

        assertThat(applied()).isEmpty();
    }

    /** Else a large file that was renamed is fetched again. */
    @Test
    void makes_visible_what_was_on_its_way_and_is_still_desired() {
        disk.mkdir(EntryPath.parse(".driftless/stage"));
        disk.rename(PATH, EntryPath.parse(".driftless/stage/t-1"));
        intend("t-1");

        run(new Recovery(context, new Takeover(context)).run());

        assertThat(disk.bytes(PATH)).contains(BYTES);
        assertThat(applied())
                .contains(new Applied(PATH, stat(), Optional.of(Trees.contentOf(BYTES))));
    }

    /** It is taken first and described then. */
    @Test
    void makes_visible_what_was_taken_from_its_old_path_and_not_described_yet() {
        EntryPath before = EntryPath.parse("before");
        disk.touch(PATH, new Timestamp(900, 7));
        run(
                state.observe(
                        Map.of(
                                before,
                                Optional.of(
                                        new Applied(
                                                before,
                                                stat(),
                                                Optional.of(Trees.contentOf(BYTES)))))));
        disk.mkdir(EntryPath.parse(".driftless/stage"));
        disk.rename(PATH, EntryPath.parse(".driftless/stage/t-1"));
        intend("t-1");

        run(new Recovery(context, new Takeover(context)).run());

        assertThat(disk.bytes(PATH)).contains(BYTES);
        assertThat(disk.names(EntryPath.parse(".driftless/stage"))).isEmpty();
    }

    @Test
    void keeps_what_was_on_its_way_and_was_written_into_before() {
        disk.overwrite(PATH, 0, new byte[] {9});
        disk.mkdir(EntryPath.parse(".driftless/stage"));
        disk.rename(PATH, EntryPath.parse(".driftless/stage/t-1"));
        intend("t-1");

        run(new Recovery(context, new Takeover(context)).run());

        assertThat(disk.bytes(PATH)).isEmpty();
        assertThat(disk.bytes(EntryPath.parse(".driftless/trash/00000001/t-1")))
                .contains(new byte[] {9, 2, 3});
    }

    private Stat stat() {
        return ((Found.Present) disk.look(PATH)).stat();
    }

    private Optional<Applied> applied() {
        return state.knownOf(List.of(PATH)).blockOptional().orElseThrow().getFirst().applied();
    }

    private static void run(Mono<?> work) {
        work.block(Duration.ofSeconds(20));
    }
}
