package io.driftless.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.plan.Drift.Judgement;
import io.driftless.testing.Seeds;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one look says of a path of a target. */
class DriftLawsTest {
    private static final EntryPath PATH = EntryPath.parse("a/b");
    private static final Metadata METADATA = new Metadata(0644, 1, 2, new Timestamp(1_000, 5));
    private static final Timestamp CHANGED = new Timestamp(2_000, 7);
    private static final Entry.FileEntry FILE =
            new Entry.FileEntry(PATH, METADATA, Trees.contentOf("four"));
    private static final Entry DIRECTORY = new Entry.DirectoryEntry(PATH, METADATA);
    private static final Entry LINK =
            new Entry.SymlinkEntry(PATH, METADATA, LinkTarget.parse("goal"));

    private static Stat stat(Stat.Kind kind, long size, Metadata metadata, Timestamp changed) {
        return new Stat(kind, size, metadata, changed, 7, 11, 1);
    }

    private static Stat left(Entry entry) {
        return switch (entry) {
            case Entry.FileEntry _ -> stat(Stat.Kind.FILE, 4, METADATA, CHANGED);
            case Entry.DirectoryEntry _ -> stat(Stat.Kind.DIRECTORY, 0, METADATA, CHANGED);
            case Entry.SymlinkEntry _ -> stat(Stat.Kind.SYMLINK, 0, METADATA, CHANGED);
        };
    }

    private static Found found(Stat stat) {
        return new Found.Present(
                PATH,
                stat,
                stat.kind() == Stat.Kind.SYMLINK
                        ? Optional.of(LinkTarget.parse("goal"))
                        : Optional.empty());
    }

    private static Judgement judge(Mode mode, Entry desired, Found found) {
        return Drift.judge(mode, Optional.of(desired), Optional.of(left(desired)), found);
    }

    private static Judgement is(Drift drift) {
        return new Judgement.Drifted(drift);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_as_it_was_left_has_not_drifted(Mode mode) {
        for (Entry entry : new Entry[] {FILE, DIRECTORY, LINK}) {
            assertThat(judge(mode, entry, found(left(entry)))).isEqualTo(new Judgement.None());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatever_else_is_there_has_drifted_or_is_to_be_read(Mode mode) {
        Seeds.forEach(random -> {
            Entry entry = new Entry[] {FILE, DIRECTORY, LINK}[random.nextInt(3)];
            Stat actual = touched(left(entry), random);

            Judgement judgement = judge(mode, entry, found(actual));

            boolean isTouchedFile = entry.equals(FILE) && actual.sizeBytes() == 4;
            if (actual.kind() != left(entry).kind()) {
                assertThat(judgement).isEqualTo(is(Drift.TYPE));
            } else if (isTouchedFile) {
                assertThat(judgement).isEqualTo(new Judgement.Touched());
            } else if (entry.equals(FILE)) {
                assertThat(judgement)
                        .isEqualTo(is(actual.sizeBytes() < 4 ? Drift.PARTIAL : Drift.CONTENT));
            } else if (entry.equals(LINK)) {
                assertThat(judgement).isEqualTo(is(Drift.METADATA));
            }
        });
    }

    /** Everything but what only a directory's contents change. */
    private static Stat touched(Stat stat, Random random) {
        return switch (random.nextInt(4)) {
            case 0 ->
                    stat(
                            stat.kind() == Stat.Kind.FILE ? Stat.Kind.DIRECTORY : Stat.Kind.FILE,
                            0,
                            METADATA,
                            CHANGED);
            case 1 -> stat(stat.kind(), random.nextInt(9), METADATA, new Timestamp(2_000, 8));
            case 2 ->
                    stat(
                            stat.kind(),
                            stat.sizeBytes(),
                            new Metadata(0600, 1, 2, METADATA.modified()),
                            CHANGED);
            default -> new Stat(stat.kind(), stat.sizeBytes(), METADATA, CHANGED, 7, 12, 1);
        };
    }

    @Test
    void the_time_of_a_directory_counts_in_a_mirror_only() {
        Metadata later = new Metadata(0644, 1, 2, new Timestamp(1_001, 5));
        Found found = found(stat(Stat.Kind.DIRECTORY, 0, later, CHANGED));

        assertThat(judge(Mode.MIRROR, DIRECTORY, found)).isEqualTo(is(Drift.METADATA));
        assertThat(judge(Mode.OVERLAY, DIRECTORY, found)).isEqualTo(new Judgement.None());
    }

    @Test
    void what_is_not_desired_is_extra_in_a_mirror_only() {
        Found found = found(left(FILE));

        assertThat(Drift.judge(Mode.MIRROR, Optional.empty(), Optional.empty(), found))
                .isEqualTo(is(Drift.EXTRA));
        assertThat(Drift.judge(Mode.OVERLAY, Optional.empty(), Optional.empty(), found))
                .isEqualTo(new Judgement.None());
    }

    @ParameterizedTest
    @EnumSource
    void only_what_is_desired_can_be_missing_or_unreadable(Mode mode) {
        Found absent = new Found.Absent(PATH);
        Found unreadable = new Found.Unreadable(PATH, ErrorCode.ENTRY_UNREADABLE, "no");

        assertThat(judge(mode, FILE, absent)).isEqualTo(is(Drift.MISSING));
        assertThat(judge(mode, FILE, unreadable)).isEqualTo(new Judgement.Unreadable());
        for (Found nothing : new Found[] {absent, unreadable}) {
            assertThat(Drift.judge(mode, Optional.empty(), Optional.of(left(FILE)), nothing))
                    .isEqualTo(new Judgement.None());
        }
    }

    @Test
    void a_file_that_was_read_differs_in_its_bytes_else_in_its_metadata() {
        Stat other = stat(Stat.Kind.FILE, 4, new Metadata(0600, 1, 2, CHANGED), CHANGED);

        assertThat(Drift.judgeRead(FILE, left(FILE), true)).isEmpty();
        assertThat(Drift.judgeRead(FILE, other, true)).contains(Drift.METADATA);
        assertThat(Drift.judgeRead(FILE, other, false)).contains(Drift.CONTENT);
        assertThat(Drift.judgeRead(FILE, left(FILE), false)).contains(Drift.CONTENT);
    }
}
