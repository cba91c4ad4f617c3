package io.driftless.manifest;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.event.Commit.Summary;
import io.driftless.port.PageSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Applies changes to a manifest, loading only the pages they need, many at once. The result is the
 * same as building the changed entries from scratch. Stateless.
 *
 * <p>Changes come in path order, each path once. Removing what is not there is nothing. Without a
 * root it begins with no entries.
 */
public final class ManifestEdit {
    private ManifestEdit() {}

    /**
     * A changed manifest.
     *
     * @param added the pages that the manifest before did not have, those of lower levels before
     *     those that name them
     * @param superseded pages of the manifest before that this one does not have
     */
    public record Edited(
            PageHash root, Summary summary, Map<PageHash, Page> added, Set<PageHash> superseded) {}

    /** As {@link Edited}, where the pages were given away. */
    public record Written(
            PageHash root, Summary summary, Set<PageHash> added, Set<PageHash> superseded) {}

    /** All new pages at once: memory for one page a change at most, and their parents. */
    public static Mono<Edited> apply(
            PageSource source, Optional<PageHash> root, List<Change> changes) {
        return Mono.defer(() -> {
            Map<PageHash, Page> pages = new LinkedHashMap<>();
            return apply(
                            source,
                            root,
                            changes,
                            fresh -> Mono.fromRunnable(() -> pages.putAll(fresh)))
                    .map(written ->
                            new Edited(
                                    written.root(),
                                    written.summary(),
                                    pages,
                                    written.superseded()));
        });
    }

    /**
     * Gives new pages away in groups as they come about, the next group only when {@code write} is
     * through with the one before: bounded memory for any number of changes.
     */
    public static Mono<Written> apply(
            PageSource source,
            Optional<PageHash> root,
            List<Change> changes,
            Function<Map<PageHash, Page>, Mono<Void>> write) {
        return Mono.defer(() -> {
            Turns turns = new Turns(source, new EditRun(root, List.copyOf(changes)), write);
            return Mono.defer(turns::take)
                    .repeat(turns::areLeft)
                    .then(Mono.fromCallable(turns::result));
        });
    }

    /** The same for callers that stand inside a transaction and read their own rows. */
    public static Edited applyNow(
            Function<Set<PageHash>, Map<PageHash, Page>> source,
            Optional<PageHash> root,
            List<Change> changes) {
        EditRun run = new EditRun(root, List.copyOf(changes));
        Map<PageHash, Page> pages = new LinkedHashMap<>();
        for (Set<PageHash> lacks = run.advance(); !lacks.isEmpty(); lacks = run.advance()) {
            run.supply(source.apply(lacks), lacks);
        }
        pages.putAll(run.takeFresh());
        return new Edited(run.root(), run.summary(), pages, run.superseded());
    }

    /** Advances, writes and loads by turns. */
    private static final class Turns {
        private final PageSource source;
        private final EditRun run;
        private final Function<Map<PageHash, Page>, Mono<Void>> write;
        private boolean isDone;

        Turns(PageSource source, EditRun run, Function<Map<PageHash, Page>, Mono<Void>> write) {
            this.source = source;
            this.run = run;
            this.write = write;
        }

        Mono<Void> take() {
            Set<PageHash> lacks = run.advance();
            isDone = lacks.isEmpty();
            Map<PageHash, Page> fresh = run.takeFresh();
            Mono<Void> written = fresh.isEmpty() ? Mono.empty() : write.apply(fresh);
            return isDone ? written : written.then(load(lacks));
        }

        private Mono<Void> load(Set<PageHash> names) {
            return Mono.defer(() -> source.pages(names))
                    .single()
                    .doOnNext(pages -> run.supply(pages, names))
                    .then();
        }

        boolean areLeft() {
            return !isDone;
        }

        Written result() {
            return new Written(run.root(), run.summary(), run.added(), run.superseded());
        }
    }
}
