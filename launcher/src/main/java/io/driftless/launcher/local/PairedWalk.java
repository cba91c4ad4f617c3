package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Walks a source and a target together, in path order. The two walks are merged name by name, so
 * that memory holds one listing for each depth and a few batches, whatever the trees' sizes.
 *
 * <p>In overlay the target is not walked: only what the source has counts there. A target whose
 * root does not exist holds nothing; one that goes away later fails the walk with {@code
 * ROOT_LOST}.
 */
final class PairedWalk {
    /** Paths looked at together. */
    private static final int BATCH = 256;

    private static final int BATCHES_IN_FLIGHT = 4;

    private static final Comparator<Step> ORDER =
            Comparator.comparing(Step::path).thenComparing(Step::isClosed);

    private final Mode mode;
    private final TreeReader source;
    private final TreeReader target;

    PairedWalk(Mode mode, TreeReader source, TreeReader target) {
        this.mode = mode;
        this.source = source;
        this.target = target;
    }

    /** Something to look at, or not to be looked into. */
    private sealed interface Step {
        EntryPath path();

        /** A directory's own name comes before the word that it cannot be listed. */
        boolean isClosed();

        /** In whichever tree: both are looked at. */
        record Name(EntryPath path) implements Step {
            @Override
            public boolean isClosed() {
                return false;
            }
        }

        record Closed(Pair.Closed pair) implements Step {
            @Override
            public EntryPath path() {
                return pair.path();
            }

            @Override
            public boolean isClosed() {
                return true;
            }
        }
    }

    /** The root first, then everything below it; paths that only an overlay target has left out. */
    Flux<Pair> pairs() {
        return isTargetThere().flatMapMany(isThere -> hideClosed(look(isThere)));
    }

    private Mono<Boolean> isTargetThere() {
        return target.look(List.of(EntryPath.ROOT))
                .map(found -> !(found.getFirst() instanceof Found.Absent))
                .onErrorResume(PairedWalk::isRootLost, _ -> Mono.just(false));
    }

    private static boolean isRootLost(Throwable failure) {
        return failure instanceof SyncException known && known.code() == ErrorCode.ROOT_LOST;
    }

    private Flux<Pair> look(boolean isThere) {
        return steps(isThere)
                .buffer(BATCH)
                .flatMapSequential(steps -> look(steps, isThere), BATCHES_IN_FLIGHT, 1)
                .flatMapIterable(pairs -> pairs, 1);
    }

    private Flux<Step> steps(boolean isThere) {
        Flux<Step> ofSource = steps(Side.SOURCE, source);
        Flux<Step> below =
                isThere && mode == Mode.MIRROR
                        ? Flux.mergeComparing(BATCH, ORDER, ofSource, steps(Side.TARGET, target))
                        : ofSource;
        return Flux.<Step>just(new Step.Name(EntryPath.ROOT))
                .concatWith(below)
                .distinctUntilChanged();
    }

    private static Flux<Step> steps(Side side, TreeReader tree) {
        return tree.walk(EntryPath.ROOT, Optional.empty())
                .map(listed ->
                        switch (listed) {
                            case Listed.Name(var path, _) -> new Step.Name(path);
                            case Listed.Unlistable(var path, var code, var message) ->
                                    new Step.Closed(new Pair.Closed(path, side, code, message));
                        });
    }

    private Mono<List<Pair>> look(List<Step> steps, boolean isThere) {
        List<EntryPath> paths =
                steps.stream().filter(Step.Name.class::isInstance).map(Step::path).toList();
        Mono<List<Found>> atTarget = isThere ? target.look(paths) : Mono.just(absent(paths));
        return Mono.zip(source.look(paths), atTarget, (ours, theirs) -> pairs(steps, ours, theirs));
    }

    private static List<Found> absent(List<EntryPath> paths) {
        return paths.stream().<Found>map(Found.Absent::new).toList();
    }

    private static List<Pair> pairs(List<Step> steps, List<Found> source, List<Found> target) {
        List<Pair> pairs = new ArrayList<>(steps.size());
        int looked = 0;
        for (Step step : steps) {
            switch (step) {
                case Step.Name(var path) -> {
                    pairs.add(new Pair.Seen(path, source.get(looked), target.get(looked)));
                    looked++;
                }
                case Step.Closed(var closed) -> pairs.add(closed);
            }
        }
        return pairs;
    }

    /** Leaves out what is below a closed directory; in path order, that directory came last. */
    private static Flux<Pair> hideClosed(Flux<Pair> pairs) {
        return Flux.defer(() -> {
            AtomicReference<Optional<EntryPath>> closed = new AtomicReference<>(Optional.empty());
            return pairs.filter(pair -> {
                boolean isHidden =
                        closed.get().filter(above -> above.isAncestorOf(pair.path())).isPresent();
                if (!isHidden && pair instanceof Pair.Closed) {
                    closed.set(Optional.of(pair.path()));
                }
                return !isHidden;
            });
        });
    }
}
