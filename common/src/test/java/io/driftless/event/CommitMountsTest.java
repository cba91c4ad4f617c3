package io.driftless.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommitMountsTest {
    private static Commit commit() {
        return new Commit(
                new FolderId("photos"),
                new UUID(1, 2),
                1,
                Commit.ALL,
                Optional.empty(),
                Commit.ALL,
                "",
                new Commit.Summary(1, 2),
                Instant.EPOCH,
                new Commit.Changes.None(),
                Signature.NONE);
    }

    @Test
    void names_all_in_path_order() {
        List<EntryPath> mounts =
                List.of(EntryPath.parse("a"), EntryPath.parse("a/b"), EntryPath.parse("c"));
        List<EntryPath> shuffled = new ArrayList<>(mounts);
        Collections.shuffle(shuffled, new Random(1));

        assertThat(commit().withMounts(shuffled).mounts()).isEqualTo(mounts);
        assertThat(commit().mounts()).isEmpty();
    }

    @Test
    void names_the_topmost_where_they_are_too_many() {
        List<EntryPath> mounts = new ArrayList<>();
        String name = "n".repeat(95);
        for (int i = 100; i < 300; i++) {
            mounts.add(EntryPath.parse("a/" + name + i));
            mounts.add(EntryPath.parse("z" + i + name));
        }

        List<EntryPath> named = commit().withMounts(mounts).mounts();

        assertThat(named.stream().filter(path -> path.depth() == 1)).hasSize(200);
        assertThat(named).isSorted().hasSizeLessThan(mounts.size());
        assertThat(named.stream().mapToInt(EntryPath::lengthBytes).sum())
                .isBetween(Commit.MAX_MOUNT_BYTES - 100, Commit.MAX_MOUNT_BYTES);
    }

    @Test
    void keeps_them_when_it_is_said_again() {
        Commit commit = commit().withMounts(List.of(EntryPath.parse("m")));

        assertThat(commit.again(Instant.MAX, Commit.SEEN_SO_FAR).mounts())
                .isEqualTo(commit.mounts());
    }
}
