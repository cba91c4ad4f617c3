package io.driftless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.PageSource;
import io.driftless.testing.MapPageSource;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Trees;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class ManifestDiffTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Manifest LARGE = Manifest.of(RandomTrees.tree(new Random(1), 30_000));

    @Test
    void equal_roots_load_nothing() {
        MapPageSource pages = LARGE.pages().copy();

        StepVerifier.create(
                        ManifestDiff.diff(pages, Optional.of(LARGE.root()), pages, LARGE.root()))
                .expectComplete()
                .verify(LIMIT);

        assertThat(pages.requests()).isEmpty();
    }

    @Test
    void one_changed_entry_loads_one_page_a_level_of_each() {
        Manifest next = Manifest.of(Trees.apply(LARGE.tree(), List.of(oneChange())));
        MapPageSource a = LARGE.pages().copy();
        MapPageSource b = next.pages().copy();

        StepVerifier.create(ManifestDiff.diff(a, Optional.of(LARGE.root()), b, next.root()))
                .expectNext(oneChange())
                .expectComplete()
                .verify(LIMIT);

        assertThat(a.requested()).hasSize(LARGE.height() + 1);
        assertThat(b.requested()).hasSize(LARGE.height() + 1);
    }

    @Test
    void a_whole_manifest_is_loaded_in_groups_and_only_as_fast_as_it_is_taken() {
        MapPageSource pages = LARGE.pages().copy();
        Flux<Change> all =
                ManifestDiff.diff(new MapPageSource(), Optional.empty(), pages, LARGE.root());

        StepVerifier.create(all, 10)
                .expectNextCount(10)
                .then(() ->
                        assertThat(pages.requested())
                                .hasSizeLessThan(LARGE.pages().names().size() - 10))
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(LARGE.tree().size() - 10)
                .expectComplete()
                .verify(LIMIT);

        assertThat(pages.requests()).allMatch(names -> names.size() <= 64);
        assertThat(pages.requested()).isEqualTo(pages.names());
    }

    @Test
    void a_page_that_is_missing_or_of_another_kind_fails_the_diff() {
        Manifest empty = Manifest.of(new TreeMap<>());
        PageHash root = LARGE.root();

        fails(_ -> Mono.just(Map.of()), root, ErrorCode.STORE_OBJECT_MISSING);
        fails(new MapPageSource(), root, ErrorCode.STORE_OBJECT_MISSING);
        fails(
                names -> Mono.just(Map.of(root, Samples.blockLeaf())),
                root,
                ErrorCode.STORE_OBJECT_DAMAGED);
        fails(
                names ->
                        Mono.just(
                                names.contains(root)
                                        ? rootOver(empty.root())
                                        : Map.of(empty.root(), Samples.branch())),
                root,
                ErrorCode.STORE_OBJECT_DAMAGED);
    }

    private static Map<PageHash, Page> rootOver(PageHash child) {
        Page.Child only = new Page.Child(Samples.path("z"), child, 0, 0);
        return Map.of(LARGE.root(), new Page.Branch(1, List.of(only)));
    }

    private static void fails(PageSource next, PageHash root, ErrorCode code) {
        StepVerifier.create(ManifestDiff.diff(new MapPageSource(), Optional.empty(), next, root))
                .expectErrorMatches(
                        e -> e instanceof SyncException failure && failure.code() == code)
                .verify(LIMIT);
    }

    private static Change oneChange() {
        return new Change.Put(
                LARGE.tree()
                        .get(LARGE.tree().lastKey())
                        .withMetadata(RandomTrees.metadata(new Random(5))));
    }
}
