package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Listed;
import io.driftless.tree.Listed.Name;
import io.driftless.tree.Stat;
import io.driftless.tree.Stat.Kind;
import io.driftless.tree.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link io.driftless.port.TreeReader} promises of names and looks; what it promises of
 * content and of its root is in {@link TreeContentRules}.
 */
public abstract class TreeReaderContract extends TreeContentRules {
    // ---- Walk

    @Test
    void walks_depth_first_in_path_order() {
        makeTree();

        assertThat(walk("")).extracting(Listed::path).containsExactlyElementsOf(treeInOrder());
        assertThat(walk("")).allMatch(Name.class::isInstance);
    }

    @Test
    void walks_with_the_kind_of_each_name() {
        directory("d");
        write("f", "one");
        symlink("l", "d");
        editor().makeOther(path("p"));

        assertThat(walk(""))
                .containsExactly(
                        new Name(path("d"), Kind.DIRECTORY),
                        new Name(path("f"), Kind.FILE),
                        new Name(path("l"), Kind.SYMLINK),
                        new Name(path("p"), Kind.OTHER));
    }

    @Test
    void walks_a_subtree_without_its_top() {
        makeTree();

        assertThat(walk("a"))
                .extracting(Listed::path)
                .containsExactlyElementsOf(paths("a/b", "a/b/c", "a/x"));
    }

    @Test
    void walks_on_after_every_path() {
        makeTree();
        List<EntryPath> all = treeInOrder();

        for (int i = 0; i < all.size(); i++) {
            assertThat(walk("", Optional.of(all.get(i))))
                    .as("after %s", all.get(i))
                    .extracting(Listed::path)
                    .containsExactlyElementsOf(all.subList(i + 1, all.size()));
        }
    }

    @Test
    void walks_on_after_a_path_that_is_not_there_any_more() {
        makeTree();

        assertThat(walk("", Optional.of(path("a/b/bb/gone"))))
                .extracting(Listed::path)
                .containsExactlyElementsOf(treeInOrder().subList(2, treeInOrder().size()));
        assertThat(walk("", Optional.of(path("%FFz")))).isEmpty();
    }

    @Test
    void walks_a_wide_directory_in_order() {
        List<EntryPath> names =
                IntStream.range(0, 1500).mapToObj(i -> path("%04d".formatted(i))).toList();
        names.reversed().forEach(name -> editor().write(name, new byte[0]));

        assertThat(walk("")).extracting(Listed::path).containsExactlyElementsOf(names);
    }

    @Test
    void walks_a_deep_directory() {
        EntryPath deep = EntryPath.ROOT;
        for (int i = 0; i < 100; i++) {
            deep = deep.child("d");
            editor().makeDirectory(deep);
        }

        assertThat(walk("")).hasSize(100).last().isEqualTo(new Name(deep, Kind.DIRECTORY));
    }

    @Test
    void stops_walking_when_nobody_listens() {
        makeTree();

        List<Listed> first =
                get(reader().walk(EntryPath.ROOT, Optional.empty()).take(2).collectList());

        assertThat(first).extracting(Listed::path).containsExactlyElementsOf(paths("a", "a/b"));
    }

    @Test
    void enters_no_symlink() {
        directory("d");
        write("d/f", "one");
        symlink("l", "d");
        editor().makeSymlink(path("m"), editor().outside());

        assertThat(walk(""))
                .extracting(Listed::path)
                .containsExactlyElementsOf(paths("d", "d/f", "l", "m"));
        assertThat(walk("l")).singleElement().isInstanceOf(Listed.Unlistable.class);
        assertThat(walk("m")).singleElement().isInstanceOf(Listed.Unlistable.class);
    }

    @Test
    void says_that_an_absent_top_cannot_be_listed() {
        assertThat(walk("nothing"))
                .singleElement()
                .isInstanceOfSatisfying(
                        Listed.Unlistable.class,
                        found -> {
                            assertThat(found.path()).isEqualTo(path("nothing"));
                            assertThat(found.code()).isEqualTo(ErrorCode.ENTRY_VANISHED);
                        });
    }

    @Test
    void says_which_directory_could_not_be_listed_and_walks_on() {
        makeTree();
        assumeTrue(editor().close(path("a/b")), "this process may read everything");

        List<Listed> walked = walk("");

        assertThat(walked.get(2)).isInstanceOf(Listed.Unlistable.class);
        assertThat(walked)
                .extracting(Listed::path)
                .containsExactlyElementsOf(paths("a", "a/b", "a/b", "a/x", "a.b", "é", "%FF"));
    }

    // ---- List

    @Test
    void lists_the_names_directly_in_a_directory() {
        makeTree();

        assertThat(get(reader().list(path("a"))))
                .containsExactly(
                        new Name(path("a/b"), Kind.DIRECTORY), new Name(path("a/x"), Kind.FILE));
        assertThat(get(reader().list(path(""))))
                .extracting(Listed::path)
                .containsExactlyElementsOf(paths("a", "a.b", "é", "%FF"));
    }

    @Test
    void lists_nothing_in_an_empty_directory() {
        directory("d");

        assertThat(get(reader().list(path("d")))).isEmpty();
    }

    @Test
    void cannot_list_what_is_no_directory() {
        write("f", "one");
        directory("d");
        symlink("l", "d");

        for (EntryPath path : paths("f", "l", "nothing", "f/below", "l/below")) {
            assertThat(get(reader().list(path)))
                    .as("%s", path)
                    .singleElement()
                    .isInstanceOf(Listed.Unlistable.class)
                    .extracting(Listed::path)
                    .isEqualTo(path);
        }
    }

    @Test
    void cannot_list_a_closed_directory() {
        makeTree();
        assumeTrue(editor().close(path("a")), "this process may read everything");

        assertThat(get(reader().list(path("a"))))
                .singleElement()
                .isInstanceOfSatisfying(
                        Listed.Unlistable.class,
                        found -> assertThat(found.code()).isEqualTo(ErrorCode.ENTRY_UNREADABLE));
    }

    // ---- Look

    @Test
    void looks_at_paths_in_the_order_given() {
        makeTree();
        List<EntryPath> asked = paths("a.b", "nothing", "a/x", "a", "a/x", "");

        List<Found> found = get(reader().look(asked));

        assertThat(found).extracting(Found::path).containsExactlyElementsOf(asked);
        assertThat(found.get(1)).isEqualTo(new Found.Absent(path("nothing")));
        assertThat(found.get(2)).isEqualTo(found.get(4));
    }

    @Test
    void sees_everything_of_a_file() {
        write("f", "four");
        editor().changeMode(path("f"), 06751);
        editor().setModified(path("f"), new Timestamp(1_234_567_890, 123_456_789));

        Stat seen = look("f").stat();

        assertThat(seen).isEqualTo(stat("f"));
        assertThat(seen.kind()).isEqualTo(Kind.FILE);
        assertThat(seen.sizeBytes()).isEqualTo(4);
        assertThat(seen.metadata().mode()).isEqualTo(06751);
        assertThat(seen.metadata().modified()).isEqualTo(new Timestamp(1_234_567_890, 123_456_789));
        assertThat(look("f").target()).isEmpty();
    }

    @Test
    void sees_every_kind() {
        directory("d");
        editor().makeOther(path("p"));
        symlink("l", "../t%FF/ü");

        assertThat(look("d").stat()).isEqualTo(stat("d"));
        assertThat(look("p").stat()).isEqualTo(stat("p"));
        assertThat(look("p").stat().kind()).isEqualTo(Kind.OTHER);
        assertThat(look("l").stat()).isEqualTo(stat("l"));
        assertThat(look("l").stat().sizeBytes()).isZero();
        assertThat(look("l").target()).contains(LinkTarget.parse("../t%FF/ü"));
        assertThat(look("").stat()).isEqualTo(stat(""));
    }

    @Test
    void sees_that_a_file_has_two_names() {
        write("f", "one");
        editor().makeHardLink(path("f"), path("g"));

        assertThat(look("f").stat().links()).isEqualTo(2);
        assertThat(look("f").stat().isSameInode(look("g").stat())).isTrue();
    }

    @Test
    void sees_that_an_edit_kept_size_and_modification_time() {
        write("f", "one");
        Stat before = look("f").stat();

        write("f", "two");
        editor().setModified(path("f"), before.metadata().modified());

        assertThat(look("f").stat().metadata()).isEqualTo(before.metadata());
        assertThat(look("f").stat().isSameTuple(before)).isFalse();
    }

    @Test
    void finds_nothing_below_what_is_no_directory() {
        write("f", "one");
        directory("d");
        write("d/kept", "inside");
        symlink("l", "d");
        editor().makeSymlink(path("m"), editor().outside());

        for (EntryPath path : paths("f/x", "l/kept", "m/kept", "nothing/x")) {
            assertThat(get(reader().look(List.of(path)))).containsExactly(new Found.Absent(path));
        }
    }

    @Test
    void concludes_nothing_of_what_is_in_a_closed_directory() {
        makeTree();
        assumeTrue(editor().close(path("a")), "this process may read everything");

        List<Found> found = get(reader().look(paths("a", "a/x", "a/nothing")));

        assertThat(found.get(0)).isInstanceOf(Found.Present.class);
        assertThat(found.get(1)).isInstanceOf(Found.Unreadable.class);
        assertThat(found.get(2)).isInstanceOf(Found.Unreadable.class);
    }

    // ---- Our own directory

    @Test
    void shows_nothing_of_our_own_directory() {
        makeOwn();
        write("f", "one");

        assertThat(walk("")).extracting(Listed::path).containsExactly(path("f"));
        assertThat(get(reader().list(path(""))))
                .extracting(Listed::path)
                .containsExactly(path("f"));
        assertThat(walk(".driftless")).singleElement().isInstanceOf(Listed.Unlistable.class);
        assertThat(get(reader().look(paths(".driftless", ".driftless/mine"))))
                .allMatch(Found.Absent.class::isInstance);
    }

    @Test
    void shows_directories_of_that_name_elsewhere() {
        directory("d");
        directory("d/.driftless");
        write(".driftless2", "one");

        assertThat(walk(""))
                .extracting(Listed::path)
                .containsExactlyElementsOf(paths(".driftless2", "d", "d/.driftless"));
        assertThat(look("d/.driftless").stat()).isEqualTo(stat("d/.driftless"));
    }

    private void makeTree() {
        directory("a");
        write("a.b", "1");
        write("a/x", "2");
        directory("a/b");
        write("a/b/c", "3");
        write("%FF", "4");
        write("é", "5");
    }

    private static List<EntryPath> treeInOrder() {
        return paths("a", "a/b", "a/b/c", "a/x", "a.b", "é", "%FF");
    }

    private List<Listed> walk(String top) {
        return walk(top, Optional.empty());
    }

    private List<Listed> walk(String top, Optional<EntryPath> after) {
        return get(reader().walk(path(top), after).collectList());
    }
}
