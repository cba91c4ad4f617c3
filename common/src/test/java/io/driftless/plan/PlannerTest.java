package io.driftless.plan;

import static io.driftless.testing.Trees.dir;
import static io.driftless.testing.Trees.file;
import static io.driftless.testing.Trees.symlink;
import static io.driftless.testing.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.plan.Action.Blocked;
import io.driftless.plan.Action.CreateDirectory;
import io.driftless.plan.Action.Keep;
import io.driftless.plan.Action.ReadFirst;
import io.driftless.plan.Action.Release;
import io.driftless.plan.Action.Remove;
import io.driftless.plan.Action.SetMetadata;
import io.driftless.plan.Action.TrashThenWrite;
import io.driftless.plan.Action.WriteContent;
import io.driftless.plan.Differs.Aspect;
import io.driftless.testing.Trees.Node;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlannerTest {
    private static final EntryPath P = EntryPath.parse("p");
    private static final Entry FILE = entry(file("p", "one"));
    private static final Entry OTHER_BYTES = entry(file("p", "two"));
    private static final Entry LONGER = entry(file("p", "three"));
    private static final Entry DIRECTORY = entry(dir("p"));
    private static final Entry LINK = entry(symlink("p", "x"));

    @ParameterizedTest
    @EnumSource
    void what_is_missing_is_made(Mode mode) {
        assertThat(decide(mode, Optional.of(FILE), Optional.empty(), false))
                .isEqualTo(new WriteContent(FILE, Differs.NEW));
        assertThat(decide(mode, Optional.of(LINK), Optional.empty(), true))
                .isEqualTo(new WriteContent(LINK, Differs.NEW));
        assertThat(decide(mode, Optional.of(DIRECTORY), Optional.empty(), true))
                .isEqualTo(new CreateDirectory((DirectoryEntry) DIRECTORY));
        assertThat(decide(mode, Optional.empty(), Optional.empty(), true)).isEqualTo(new Keep(P));
    }

    @ParameterizedTest
    @EnumSource
    void what_is_right_is_kept_whoever_made_it(Mode mode) {
        for (Entry entry : new Entry[] {FILE, LINK, DIRECTORY}) {
            assertThat(decide(mode, Optional.of(entry), Optional.of(there(entry)), true))
                    .isEqualTo(new Keep(P));
            assertThat(decide(mode, Optional.of(entry), Optional.of(there(entry)), false))
                    .isEqualTo(new Keep(P));
        }
    }

    @Test
    void what_is_not_desired_is_removed_in_mirror() {
        assertThat(decide(Mode.MIRROR, Optional.empty(), Optional.of(there(FILE)), true))
                .isEqualTo(new Remove(P, Stat.Kind.FILE, false));
        assertThat(decide(Mode.MIRROR, Optional.empty(), Optional.of(there(DIRECTORY)), false))
                .isEqualTo(new Remove(P, Stat.Kind.DIRECTORY, true));
    }

    @Test
    void what_is_not_desired_is_released_or_kept_in_overlay() {
        assertThat(decide(Mode.OVERLAY, Optional.empty(), Optional.of(there(FILE)), true))
                .isEqualTo(new Release(P, Stat.Kind.FILE));
        assertThat(decide(Mode.OVERLAY, Optional.empty(), Optional.of(there(FILE)), false))
                .isEqualTo(new Keep(P));
    }

    @ParameterizedTest
    @EnumSource
    void other_bytes_are_replaced_and_go_to_the_trash_where_they_are_not_ours(Mode mode) {
        assertThat(decide(mode, Optional.of(FILE), Optional.of(there(OTHER_BYTES)), true))
                .isEqualTo(new WriteContent(FILE, Differs.in(Set.of(Aspect.CONTENT))));
        assertThat(decide(mode, Optional.of(FILE), Optional.of(there(LONGER)), false))
                .isEqualTo(
                        new TrashThenWrite(FILE, Differs.in(Set.of(Aspect.CONTENT, Aspect.SIZE))));
        assertThat(
                        decide(
                                mode,
                                Optional.of(LINK),
                                Optional.of(there(entry(symlink("p", "y")))),
                                false))
                .isEqualTo(new TrashThenWrite(LINK, Differs.in(Set.of(Aspect.CONTENT))));
    }

    @ParameterizedTest
    @EnumSource
    void a_file_of_the_right_size_and_unknown_bytes_is_read_first(Mode mode) {
        Actual unread = Target.actual(OTHER_BYTES, false);

        assertThat(decide(mode, Optional.of(FILE), Optional.of(unread), true))
                .isEqualTo(new ReadFirst((FileEntry) FILE));
    }

    @ParameterizedTest
    @EnumSource
    void another_kind_gives_way_and_goes_to_the_trash_where_it_is_not_ours(Mode mode) {
        assertThat(decide(mode, Optional.of(DIRECTORY), Optional.of(there(FILE)), true))
                .isEqualTo(new CreateDirectory((DirectoryEntry) DIRECTORY));
        assertThat(decide(mode, Optional.of(DIRECTORY), Optional.of(there(LINK)), false))
                .isEqualTo(new TrashThenWrite(DIRECTORY, Differs.NEW));
        assertThat(decide(mode, Optional.of(FILE), Optional.of(there(LINK)), true))
                .isEqualTo(new WriteContent(FILE, Differs.NEW));
        Stat fifo = new Stat(Stat.Kind.OTHER, 0, FILE.metadata(), Timestamp.EPOCH, 1, 1, 1);
        assertThat(
                        decide(
                                mode,
                                Optional.of(FILE),
                                Optional.of(new Actual(fifo, Optional.empty(), Optional.empty())),
                                false))
                .isEqualTo(new TrashThenWrite(FILE, Differs.NEW));
    }

    @Test
    void a_directory_in_the_way_is_blocked_in_overlay_and_goes_to_the_trash_in_mirror() {
        for (boolean isManaged : new boolean[] {true, false}) {
            assertThat(
                            decide(
                                    Mode.OVERLAY,
                                    Optional.of(FILE),
                                    Optional.of(there(DIRECTORY)),
                                    isManaged))
                    .isEqualTo(new Blocked(FILE, ErrorCode.FOREIGN_IN_THE_WAY));
            assertThat(
                            decide(
                                    Mode.MIRROR,
                                    Optional.of(FILE),
                                    Optional.of(there(DIRECTORY)),
                                    isManaged))
                    .isEqualTo(new TrashThenWrite(FILE, Differs.NEW));
        }
    }

    @Test
    void each_part_of_the_metadata_is_compared_where_it_counts() {
        Metadata other = new Metadata(0700, 5, 6, Timestamp.EPOCH);

        assertThat(aspects(Mode.OVERLAY, FILE, other))
                .containsExactly(Aspect.TIME, Aspect.MODE, Aspect.OWNER, Aspect.GROUP);
        assertThat(aspects(Mode.MIRROR, DIRECTORY, other))
                .containsExactly(Aspect.TIME, Aspect.MODE, Aspect.OWNER, Aspect.GROUP);
        assertThat(aspects(Mode.OVERLAY, DIRECTORY, other))
                .containsExactly(Aspect.MODE, Aspect.OWNER, Aspect.GROUP);
        assertThat(aspects(Mode.MIRROR, LINK, other))
                .containsExactly(Aspect.TIME, Aspect.OWNER, Aspect.GROUP);
    }

    private static Set<Aspect> aspects(Mode mode, Entry desired, Metadata actual) {
        Action action =
                decide(
                        mode,
                        Optional.of(desired),
                        Optional.of(there(desired.withMetadata(actual))),
                        true);
        return ((SetMetadata) action).differs().aspects();
    }

    private static Action decide(
            Mode mode, Optional<Entry> desired, Optional<Actual> actual, boolean isManaged) {
        return new Planner(mode).decide(new Situation(P, desired, actual, isManaged));
    }

    private static Actual there(Entry entry) {
        return Target.actual(entry, true);
    }

    private static Entry entry(Node node) {
        return tree(node).get(P);
    }
}
