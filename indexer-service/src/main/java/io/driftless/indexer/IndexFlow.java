package io.driftless.indexer;

import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.event.Topic;
import io.driftless.path.EntryPath;
import io.driftless.port.EventBus;
import io.driftless.source.RootCheck;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Hints of one folder become rows: look, read what differs, write, tell. The one walker of the
 * source.
 *
 * <p>A hint is acknowledged when its rows are written, so a crash repeats looks and loses none. A
 * row is read before its path is looked at and written only if it is still at that version; so
 * batches may overlap.
 */
public final class IndexFlow {
    private final IndexContext context;
    private final TreeScan scan;
    private final WaitingLane waiting;
    private final ScrubLane scrub;
    private final RootCheck root;

    public IndexFlow(IndexContext context) {
        this.context = context;
        this.waiting = new WaitingLane(context);
        this.scrub = new ScrubLane(context);
        this.root =
                new RootCheck(context.folder(), context.tree(), context.index(), context.timer())
                        .accepting(context.settings().acceptMounts());
        this.scan = new TreeScan(context, new Look(context, waiting::poke));
    }

    /** Runs until cancelled; emits what each step of work looked at and changed. */
    public Flux<Looked> run() {
        return root.found()
                .retryWhen(context.transientRetry("root"))
                .thenMany(
                        Flux.merge(
                                hints(), runs(), waiting.run(scan), scrub.run(), root.findAgain()));
    }

    /** Why the source is not looked at, while its root is not what it was. */
    public Optional<SyncException> rootTrouble() {
        return root.trouble();
    }

    private Flux<Looked> hints() {
        return consume("indexer-", hint -> !isOfAll(hint));
    }

    /** Full scans take long, and batches end in order: others would wait for them. */
    private Flux<Looked> runs() {
        return consume("runs-", IndexFlow::isOfAll);
    }

    private static boolean isOfAll(Hint hint) {
        return hint.scope() == Hint.Scope.TREE && hint.directory().isRoot();
    }

    private Flux<Looked> consume(String group, Predicate<Hint> isWanted) {
        return context.bus()
                .consume(Topic.HINTS, group + context.folder(), context.settings().batchPaths())
                .flatMapSequential(
                        batch -> index(batch, isWanted), context.settings().batchesInFlight(), 1)
                .concatMap(done -> done.acknowledge().thenReturn(done.looked()));
    }

    private record Done(Looked looked, Mono<Void> acknowledge) {}

    private Mono<Done> index(EventBus.Batch<Hint> batch, Predicate<Hint> isWanted) {
        List<Hint> mine =
                batch.events().stream()
                        .filter(hint -> hint.folder().equals(context.folder()))
                        .filter(isWanted)
                        .toList();
        return Flux.concat(looks(mine), directories(mine), trees(mine))
                .retryWhen(context.transientRetry("hints"))
                .reduce(Looked.NOTHING, Looked::plus)
                .map(looked -> new Done(looked, batch.acknowledge()));
    }

    /** A change of an entry changes its directory's times, so the directory is looked at too. */
    private Flux<Looked> looks(List<Hint> hints) {
        Set<EntryPath> paths = new LinkedHashSet<>();
        Set<EntryPath> doubted = new LinkedHashSet<>();
        for (Hint hint : hints) {
            if (hint.scope() == Hint.Scope.ENTRY) {
                (hint.origin() == Hint.Origin.TRANSFER ? doubted : paths).addAll(hint.paths());
                paths.add(hint.directory());
            } else if (hint.scope() == Hint.Scope.TREE) {
                paths.add(hint.directory());
                paths.add(hint.directory().parent());
            }
        }
        return Flux.concat(scan.entries(paths), scan.doubted(doubted));
    }

    private Flux<Looked> directories(List<Hint> hints) {
        return Flux.fromIterable(
                        hints.stream()
                                .filter(hint -> hint.scope() == Hint.Scope.DIRECTORY)
                                .map(Hint::directory)
                                .distinct()
                                .toList())
                .concatMap(scan::directory);
    }

    private Flux<Looked> trees(List<Hint> hints) {
        return Flux.fromIterable(
                        hints.stream()
                                .filter(hint -> hint.scope() == Hint.Scope.TREE)
                                .distinct()
                                .toList())
                .concatMap(scan::tree);
    }
}
