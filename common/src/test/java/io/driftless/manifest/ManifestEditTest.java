package io.driftless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.ManifestEdit.Edited;
import io.driftless.path.EntryPath;
import io.driftless.port.PageSource;
import io.driftless.testing.MapPageSource;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class ManifestEditTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Manifest LARGE = Manifest.of(RandomTrees.tree(new Random(1), 30_000));

    @Test
    void a_change_of_one_entry_loads_and_writes_one_page_a_level() {
        EntryPath path = List.copyOf(LARGE.tree().keySet()).get(LARGE.tree().size() / 2);
        MapPageSource pages = LARGE.pages().copy();

        Edited edited = edit(pages, LARGE.root(), List.of(touched(path)));

        int levels = LARGE.height() + 1;
        assertThat(levels).isGreaterThan(2);
        assertThat(pages.requests()).hasSize(levels).allMatch(names -> names.size() == 1);
        assertThat(edited.added()).hasSize(levels);
        assertThat(edited.superseded()).isEqualTo(pages.requested());
    }

    @Test
    void many_changes_load_whole_levels_at_once_in_bounded_groups() {
        List<Change> changes = everyTenth();
        MapPageSource pages = LARGE.pages().copy();

        edit(pages, LARGE.root(), changes);

        int leaves = pages.requested().size();
        assertThat(pages.requests()).allMatch(names -> names.size() <= 64);
        assertThat(pages.requests()).hasSizeLessThanOrEqualTo(LARGE.height() + 1 + leaves / 64 + 1);
    }

    @Test
    void new_pages_are_written_group_by_group_each_before_more_is_loaded() {
        MapPageSource pages = LARGE.pages().copy();
        List<String> steps = new ArrayList<>();
        Map<PageHash, Page> written = new TreeMap<>();
        PageSource source = names -> pages.pages(names).doOnSubscribe(_ -> steps.add("load"));

        Mono<ManifestEdit.Written> edit =
                ManifestEdit.apply(
                        source,
                        Optional.of(LARGE.root()),
                        everyTenth(),
                        fresh ->
                                Mono.fromRunnable(() -> {
                                    steps.add("write");
                                    assertThat(fresh).hasSizeLessThan(80);
                                    written.putAll(fresh);
                                }));

        StepVerifier.create(edit)
                .assertNext(result -> {
                    assertThat(result.root()).isEqualTo(Manifest.of(changed()).root());
                    assertThat(result.added()).isEqualTo(written.keySet());
                })
                .expectComplete()
                .verify(LIMIT);
        assertThat(String.join(" ", steps)).matches("(load )+(write load )+write");
    }

    @Test
    void a_level_that_opens_behind_a_changed_page_is_not_taken_for_its_end() {
        EntryPath end = OddTrees.BRANCH_ENDS.get(1);
        SortedMap<EntryPath, Entry> tree = new TreeMap<>();
        OddTrees.BRANCH_ENDS.stream()
                .filter(path -> path.compareTo(end) >= 0)
                .forEach(path -> put(tree, path));
        OddTrees.LEAF_ENDS.stream()
                .filter(path -> path.compareTo(end) > 0)
                .forEach(path -> put(tree, path));
        EntryPath first =
                OddTrees.LEAF_ENDS.stream()
                        .filter(path -> path.compareTo(end) < 0)
                        .findFirst()
                        .orElseThrow();
        put(tree, first);
        Manifest base = Manifest.of(tree);

        SortedMap<EntryPath, Entry> next = new TreeMap<>(tree);
        next.put(first, RandomTrees.entry(first, new Random(2)));
        next.remove(end);
        Edited edited = edit(base.pages(), base.root(), Trees.between(tree, next));

        assertThat(edited.root()).isEqualTo(Manifest.of(next).root());
    }

    @Test
    void no_changes_are_no_pages() {
        Edited edited = edit(LARGE.pages(), LARGE.root(), List.of());

        assertThat(edited).isEqualTo(new Edited(LARGE.root(), LARGE.summary(), Map.of(), Set.of()));
    }

    @Test
    void putting_what_is_there_and_removing_what_is_not_changes_nothing() {
        EntryPath path = LARGE.tree().lastKey();
        EntryPath beyond = path.child("more");
        List<Change> changes =
                List.of(new Change.Put(LARGE.tree().get(path)), new Change.Remove(beyond));

        Edited edited = edit(LARGE.pages(), LARGE.root(), changes);

        assertThat(edited).isEqualTo(new Edited(LARGE.root(), LARGE.summary(), Map.of(), Set.of()));
    }

    @Test
    void the_last_entry_can_be_removed_and_a_first_one_added() {
        Manifest one = Manifest.of(Trees.tree());
        Manifest none = Manifest.of(new TreeMap<>());

        Edited emptied = edit(one.pages(), one.root(), List.of(new Change.Remove(EntryPath.ROOT)));
        Edited begun =
                ManifestEdit.apply(
                                none.pages(),
                                Optional.empty(),
                                List.of(new Change.Put(one.tree().firstEntry().getValue())))
                        .blockOptional(LIMIT)
                        .orElseThrow();

        assertThat(emptied.root()).isEqualTo(none.root());
        assertThat(begun.root()).isEqualTo(one.root());
        assertThat(begun.superseded()).isEmpty();
    }

    @Test
    void a_page_that_is_missing_or_not_what_its_parent_says_fails_the_edit() {
        List<Change> changes = List.of(touched(LARGE.tree().firstKey()));
        MapPageSource pages = LARGE.pages().copy();
        edit(pages, LARGE.root(), changes);
        PageHash leaf = pages.requests().getLast().iterator().next();

        fails(_ -> Mono.just(Map.of()), changes, ErrorCode.STORE_OBJECT_MISSING);
        fails(instead(leaf, new Page.Leaf(List.of())), changes, ErrorCode.STORE_OBJECT_DAMAGED);
        fails(instead(leaf, Samples.branch()), changes, ErrorCode.STORE_OBJECT_DAMAGED);
        fails(instead(LARGE.root(), Samples.blockLeaf()), changes, ErrorCode.STORE_OBJECT_DAMAGED);
    }

    @Test
    void changes_out_of_order_are_refused() {
        Change change = touched(LARGE.tree().firstKey());

        fails(LARGE.pages(), List.of(change, change), ErrorCode.INVARIANT_BROKEN);
    }

    private static PageSource instead(PageHash of, Page page) {
        return names ->
                LARGE.pages()
                        .pages(names)
                        .map(found ->
                                found.entrySet().stream()
                                        .collect(
                                                Collectors.toMap(
                                                        Map.Entry::getKey,
                                                        e ->
                                                                e.getKey().equals(of)
                                                                        ? page
                                                                        : e.getValue())));
    }

    private static void fails(PageSource source, List<Change> changes, ErrorCode code) {
        StepVerifier.create(ManifestEdit.apply(source, Optional.of(LARGE.root()), changes))
                .expectErrorMatches(
                        e -> e instanceof SyncException failure && failure.code() == code)
                .verify(LIMIT);
    }

    private static Edited edit(PageSource pages, PageHash root, List<Change> changes) {
        return ManifestEdit.apply(pages, Optional.of(root), changes)
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private static Change touched(EntryPath path) {
        Entry entry = LARGE.tree().get(path);
        return new Change.Put(
                entry.withMetadata(RandomTrees.metadata(new Random(path.hashCode()))));
    }

    private static List<Change> everyTenth() {
        List<EntryPath> paths = List.copyOf(LARGE.tree().keySet());
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < paths.size(); i += 10) {
            changes.add(touched(paths.get(i)));
        }
        return changes;
    }

    private static SortedMap<EntryPath, Entry> changed() {
        return Trees.apply(LARGE.tree(), everyTenth());
    }

    private static void put(SortedMap<EntryPath, Entry> tree, EntryPath path) {
        tree.put(path, RandomTrees.entry(path, new Random(1)));
    }
}
