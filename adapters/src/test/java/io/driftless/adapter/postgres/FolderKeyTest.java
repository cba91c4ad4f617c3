package io.driftless.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FolderKeyTest {
    private static final FolderKey FOLDER = new FolderKey((short) 513);

    @Test
    void sorts_as_folders_and_then_paths_do() {
        FolderKey next = new FolderKey((short) 514);
        Seeds.forEach(
                20,
                random -> {
                    List<EntryPath> paths = paths(random);
                    for (int i = 1; i < paths.size(); i++) {
                        assertThat(FOLDER.of(paths.get(i - 1))).matches(isBelow(paths.get(i)));
                    }
                    assertThat(Arrays.compareUnsigned(FOLDER.of(paths.getLast()), next.prefix()))
                            .isNegative();
                });
    }

    private static Predicate<byte[]> isBelow(EntryPath path) {
        return key -> Arrays.compareUnsigned(key, FOLDER.of(path)) < 0;
    }

    @Test
    void gives_the_path_back() {
        EntryPath path = EntryPath.parse("a/%FF");

        assertThat(FolderKey.path(FOLDER.of(path))).isEqualTo(path);
        assertThat(FolderKey.path(FOLDER.of(EntryPath.ROOT))).isEqualTo(EntryPath.ROOT);
    }

    @Test
    void has_ranges_that_hold_what_they_say() {
        Seeds.forEach(
                50,
                random -> {
                    List<EntryPath> paths = paths(random);
                    EntryPath one = paths.get(random.nextInt(paths.size()));
                    EntryPath other = paths.get(random.nextInt(paths.size()));
                    EntryPath last = paths.get(random.nextInt(paths.size()));

                    assertRange(FOLDER.after(Optional.empty()), paths, _ -> true);
                    assertRange(
                            FOLDER.after(Optional.of(one)), paths, path -> path.compareTo(one) > 0);
                    assertRange(
                            FOLDER.below(one, other, Optional.of(last)),
                            paths,
                            path ->
                                    one.isAncestorOf(path)
                                            && path.compareTo(other) > 0
                                            && path.compareTo(last) <= 0);
                    assertRange(
                            FOLDER.below(one, Optional.empty()),
                            paths,
                            path -> one.isAncestorOf(path));
                    assertRange(
                            FOLDER.below(one, Optional.of(other)),
                            paths,
                            path -> one.isAncestorOf(path) && path.compareTo(other) > 0);
                });
    }

    @Test
    void ends_after_the_longest_name_of_the_highest_bytes() {
        byte[] name = new byte[EntryPath.MAX_NAME_BYTES];
        Arrays.fill(name, (byte) 0xFF);
        EntryPath last = EntryPath.ofBytes(name).child(name);

        assertRange(FOLDER.after(Optional.empty()), List.of(last), _ -> true);
        assertRange(FOLDER.below(EntryPath.ROOT, Optional.empty()), List.of(last), _ -> true);
    }

    private static void assertRange(
            FolderKey.Range range, List<EntryPath> all, Predicate<EntryPath> expected) {
        assertThat(all)
                .filteredOn(path -> isIn(range, FOLDER.of(path)))
                .containsExactlyElementsOf(all.stream().filter(expected).toList());
    }

    private static boolean isIn(FolderKey.Range range, byte[] key) {
        return Arrays.compareUnsigned(key, range.from()) >= 0
                && Arrays.compareUnsigned(key, range.to()) < 0;
    }

    private static List<EntryPath> paths(Random random) {
        return List.copyOf(RandomTrees.tree(random, 40).keySet());
    }
}
