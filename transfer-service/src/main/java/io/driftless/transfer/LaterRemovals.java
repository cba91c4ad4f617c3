package io.driftless.transfer;

import io.driftless.committed.CommittedWalk;
import io.driftless.guard.Moves;
import io.driftless.guard.RemovalGuard.Loss;
import io.driftless.guard.RemovalGuard.Rest;
import io.driftless.guard.Standing;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks through what is taken out of large directories by commits after the one in question. There
 * may be any number of it, so it is read a batch at a time and never held.
 */
final class LaterRemovals {
    private final TransferContext context;
    private final Moves moves;

    LaterRemovals(TransferContext context, Moves moves) {
        this.context = context;
        this.moves = moves;
    }

    /** The same, with how much of it moved. */
    Mono<List<Rest>> moved(Loss loss) {
        Moves.Matching matching = moves.new Matching(loss.appeared());
        Set<EntryPath> now = loss.removed().stream().map(Entry::path).collect(Collectors.toSet());
        matching.expect(loss.removed());
        return Flux.fromIterable(loss.later())
                .concatMap(rest -> entries(rest, now))
                .doOnNext(matching::expect)
                .then(Mono.fromRunnable(() -> matching.moved(loss.removed())))
                .thenMany(Flux.fromIterable(loss.later()))
                .concatMap(rest -> moved(rest, now, matching))
                .collectList();
    }

    private Mono<Rest> moved(Rest rest, Set<EntryPath> now, Moves.Matching matching) {
        return entries(rest, now)
                .map(entries -> (long) matching.moved(entries).size())
                .reduce(0L, Long::sum)
                .map(moved -> new Rest(rest.directory(), rest.entries(), moved));
    }

    private Flux<List<Entry>> entries(Rest rest, Set<EntryPath> now) {
        return CommittedWalk.below(
                        context.ports().commits(), context.folder().id(), rest.directory())
                .map(entries ->
                        entries.stream().filter(entry -> !now.contains(entry.path())).toList());
    }

    /** Of each directory one path that is to stay is enough for it to wait. */
    Mono<List<Standing>> kept(Loss loss) {
        return Flux.fromIterable(loss.later())
                .concatMap(rest ->
                        context.ports().parked().keptBelow(context.folder().id(), rest.directory()))
                .concatMap(Mono::justOrEmpty)
                .collectList();
    }
}
