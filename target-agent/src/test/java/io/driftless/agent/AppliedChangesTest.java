package io.driftless.agent;

import static io.driftless.testing.Trees.contentOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.block.Content;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetState.Work;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What an agent tells of the changes it makes. */
class AppliedChangesTest {
    private static final Metadata METADATA =
            new Metadata(0755, 1000, 1000, new Timestamp(1_000, 5));

    private final MemoryTree disk = new MemoryTree(() -> Instant.ofEpochSecond(2_000_000));
    private final List<AppliedChange> told = new ArrayList<>();
    private final AgentContext context = MemoryAgent.context(disk, new Counters(told::add));
    private final Settling settling = new Settling(context);
    private final TreeStep trees = new TreeStep(context, new ExtrasGuard(context), settling);
    private final ContentStep contents = MemoryAgent.contents(context, settling);

    @BeforeEach
    void claim() {
        run(context.ports().tree().claim(MemoryAgent.MARKER));
    }

    @Test
    void tells_once_of_a_new_directory() {
        run(trees.makeDirectories(List.of(desired(directory("d"), Optional.empty()))));
        run(trees.setDirectoryMetadata(List.of(desired(directory("d"), applied("d")))));

        assertThat(told).containsExactly(AppliedChange.made(directory("d"), Optional.empty()));
    }

    @Test
    void does_not_tell_of_a_directory_that_is_there() {
        disk.mkdir(path("d"));

        run(trees.makeDirectories(List.of(desired(directory("d"), Optional.empty()))));

        assertThat(told).isEmpty();
    }

    @Test
    void tells_of_a_directory_that_takes_the_place_of_a_file() {
        disk.write(path("d"), new byte[1]);
        Stat before = stat("d");

        run(trees.makeDirectories(List.of(desired(directory("d"), Optional.empty()))));

        assertThat(told).containsExactly(AppliedChange.made(directory("d"), Optional.of(before)));
    }

    @Test
    void tells_of_directory_metadata_only_where_it_was_not_right_before_the_work() {
        disk.mkdir(path("d"));
        disk.touch(path("d"), METADATA.modified());
        Optional<Applied> right = applied("d");
        disk.write(path("d/f"), new byte[1]);

        run(trees.setDirectoryMetadata(List.of(desired(directory("d"), right))));

        assertThat(told).isEmpty();

        Metadata other = new Metadata(0700, 1000, 1000, new Timestamp(7, 7));
        Entry changed = directory("d").withMetadata(other);
        run(trees.setDirectoryMetadata(List.of(desired(changed, right))));

        assertThat(told)
                .containsExactly(AppliedChange.described(changed, right.orElseThrow().stat()));
    }

    @Test
    void tells_of_files_and_symlinks_that_are_made_with_what_was_there() {
        Entry link = new Entry.SymlinkEntry(path("l"), linkMetadata(), LinkTarget.parse("f"));
        disk.write(path("f"), new byte[3]);
        Stat before = stat("f");

        run(
                contents.apply(
                        List.of(
                                desired(emptyFile("f"), Optional.empty()),
                                desired(link, Optional.empty()))));

        assertThat(told)
                .containsExactlyInAnyOrder(
                        AppliedChange.made(emptyFile("f"), Optional.of(before)),
                        AppliedChange.made(link, Optional.empty()));
    }

    @Test
    void tells_of_both_ends_of_a_move() {
        disk.write(path("old"), new byte[] {1});
        Content content = contentOf(new byte[] {1});
        Applied old = new Applied(path("old"), stat("old"), Optional.of(content));
        TargetState state = context.ports().state();
        run(state.settle(Kind.CONTENT, List.of(new Settled.Right(old))));
        run(state.demand(List.of(new Demand(path("old"), Kind.REMOVAL, false))));
        Entry moved = new Entry.FileEntry(path("new"), METADATA, content);

        run(contents.apply(List.of(desired(moved, Optional.empty()))));
        run(trees.remove(List.of(undesired("old"))));

        assertThat(told)
                .containsExactly(
                        AppliedChange.removed(path("old"), old.stat()),
                        AppliedChange.made(moved, Optional.empty()));
    }

    @Test
    void does_not_tell_of_a_file_that_is_right_already() {
        disk.write(path("f"), new byte[0]);
        disk.chmod(path("f"), METADATA.mode());
        disk.touch(path("f"), METADATA.modified());

        run(contents.apply(List.of(desired(emptyFile("f"), Optional.empty()))));

        assertThat(told).isEmpty();
    }

    @Test
    void tells_of_metadata_alone_where_the_content_was_right() {
        disk.write(path("f"), new byte[0]);
        Stat before = stat("f");

        run(contents.apply(List.of(desired(emptyFile("f"), Optional.empty()))));

        assertThat(told).containsExactly(AppliedChange.described(emptyFile("f"), before));
    }

    @Test
    void tells_of_removals_but_not_of_what_was_gone_already_or_stays() {
        disk.mkdir(path("d"));
        disk.mkdir(path("full"));
        disk.write(path("full/foreign"), new byte[1]);
        disk.write(path("f"), new byte[1]);
        Stat directory = stat("d");
        Stat file = stat("f");

        run(
                trees.remove(
                        List.of(
                                undesired("nothing"),
                                undesired("f"),
                                undesired("full"),
                                undesired("d"))));

        assertThat(told)
                .containsExactly(
                        AppliedChange.removed(path("f"), file),
                        AppliedChange.removed(path("d"), directory));
    }

    @Test
    void tells_nothing_of_what_failed() {
        disk.write(path("parent"), new byte[1]);

        run(contents.apply(List.of(desired(emptyFile("parent/f"), Optional.empty()))));

        assertThat(told).isEmpty();
    }

    // ---- Values

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static Entry directory(String path) {
        return new Entry.DirectoryEntry(path(path), METADATA);
    }

    private static Entry emptyFile(String path) {
        return new Entry.FileEntry(path(path), METADATA, Content.empty());
    }

    private static Metadata linkMetadata() {
        return new Metadata(0777, 1000, 1000, METADATA.modified());
    }

    private static Work desired(Entry entry, Optional<Applied> applied) {
        return new Work(entry.path(), Optional.of(entry), applied, false);
    }

    private static Work undesired(String path) {
        return new Work(path(path), Optional.empty(), Optional.empty(), true);
    }

    private Optional<Applied> applied(String path) {
        return Optional.of(new Applied(path(path), stat(path), Optional.empty()));
    }

    private Stat stat(String path) {
        return ((Found.Present) disk.look(path(path))).stat();
    }

    private static void run(Mono<?> work) {
        work.block(Duration.ofSeconds(20));
    }
}
