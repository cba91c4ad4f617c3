package io.driftless.plan;

import static io.driftless.testing.Trees.TIME;
import static io.driftless.testing.Trees.dir;
import static io.driftless.testing.Trees.file;
import static io.driftless.testing.Trees.symlink;
import static io.driftless.testing.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class ItemisedTest {
    private static final SortedMap<EntryPath, Entry> DESIRED =
            tree(
                    file("changed", "one"),
                    dir("d", file("new%0A", "x")),
                    symlink("l", "target"),
                    file("mode", "m").mode(0600),
                    file("time", "t"),
                    file("way", "w"));
    private static final SortedMap<EntryPath, Entry> THERE =
            tree(
                    file("changed", "longer").modified(5),
                    symlink("l", "old"),
                    file("mode", "m"),
                    dir("old", file("x", "")),
                    file("time", "t").modified(5),
                    dir("way"));

    @Test
    void a_mirror_prints_as_rsync_does() {
        assertThat(lines(Mode.MIRROR, THERE.keySet()))
                .containsExactly(
                        "cd+++++++++ d/",
                        ">fcst...... changed",
                        ">f+++++++++ d/new%0A",
                        "cLc........ l -> target",
                        ".f...p..... mode",
                        ".f..t...... time",
                        "*trashing   way",
                        ">f+++++++++ way",
                        "*deleting   old/x",
                        "*deleting   old/");
    }

    @Test
    void an_overlay_says_what_it_leaves() {
        assertThat(lines(Mode.OVERLAY, Set.of(EntryPath.parse("old/x"))))
                .containsExactly(
                        "*blocked    way DL-2009",
                        "cd+++++++++ d/",
                        "*trashing   changed",
                        ">fcst...... changed",
                        ">f+++++++++ d/new%0A",
                        "*trashing   l",
                        "cLc........ l -> target",
                        ".f...p..... mode",
                        ".f..t...... time",
                        "*releasing  old/x");
    }

    @Test
    void the_root_and_files_still_to_be_read_are_printed_too() {
        SortedMap<EntryPath, Entry> desired = tree(file("a", "one"));
        SortedMap<EntryPath, Entry> there = tree(file("a", "two"));
        there.computeIfPresent(
                EntryPath.ROOT,
                (_, root) -> root.withMetadata(new Metadata(0700, 1000, 1000, TIME)));

        assertThat(
                        print(
                                Plan.between(
                                        desired,
                                        new Target(there).actual(Set.of()),
                                        Mode.MIRROR,
                                        Set.of())))
                .containsExactly("?f......... a", ".d...p..... ./");
    }

    @Test
    void every_code_has_eleven_characters() {
        Plan plan =
                Plan.between(
                        DESIRED, new Target(THERE).actual(THERE.keySet()), Mode.OVERLAY, Set.of());

        assertThat(plan.actions())
                .flatMap(Itemised::of)
                .allMatch(line -> line.code().length() == 11);
    }

    private static List<String> lines(Mode mode, Set<EntryPath> managed) {
        return print(
                Plan.between(DESIRED, new Target(THERE).actual(THERE.keySet()), mode, managed));
    }

    private static List<String> print(Plan plan) {
        return plan.actions().stream()
                .flatMap(action -> Itemised.of(action).stream())
                .map(Itemised::toString)
                .toList();
    }
}
