package io.driftless.reconciler;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.port.GarbageIndex;
import io.driftless.port.GarbageIndex.Garbage;
import io.driftless.port.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One step on for everything that is on its way out. The database decides and remembers before the
 * store loses anything; an object is deleted when its row is gone, and once more before the row
 * itself goes, so that neither a crash in between nor an upload that came late leaves one behind.
 */
final class GarbagePass {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);
    private static final int DELETIONS_IN_FLIGHT = 8;

    private final ReconcileContext context;
    private final GarbageIndex index;
    private final HeldLease held;
    private final long oldestRetained;
    private final boolean isWhole;

    /**
     * @param isWhole whether all committed blocks have a place; else no pack or page is deleted,
     *     for the last copy may be in what was abandoned
     */
    GarbagePass(ReconcileContext context, HeldLease held, long oldestRetained, boolean isWhole) {
        this.context = context;
        this.index = context.ports().garbage();
        this.held = held;
        this.oldestRetained = oldestRetained;
        this.isWhole = isWhole;
    }

    Mono<Collected> run() {
        return Flux.concat(
                        whole(retire()),
                        whole(condemn()),
                        isWhole ? whole(bury()) : Mono.just(0L),
                        isWhole ? whole(forget()) : Mono.just(0L))
                .collectList()
                .map(counts ->
                        new Collected(
                                counts.get(0), counts.get(1), counts.get(2), counts.get(3), 0));
    }

    /** Repeats a step while it finds as much as fits into one call. */
    private Mono<Long> whole(Mono<Long> step) {
        return step.expand(found -> found < batch() ? Mono.empty() : step).reduce(0L, Long::sum);
    }

    private int batch() {
        return context.garbage().batch();
    }

    private Duration grace() {
        return context.garbage().grace();
    }

    /** Objects first: a commit whose row is there is tried again. */
    private Mono<Long> retire() {
        return index.commitsBefore(context.folder(), oldestRetained, batch())
                .flatMap(commits -> {
                    List<ObjectKey> objects = new ArrayList<>();
                    commits.forEach(commit -> addObjects(commit, objects));
                    List<Long> seqs = commits.stream().map(Commit::seq).toList();
                    return commits.isEmpty()
                            ? Mono.just(0L)
                            : Flux.fromIterable(objects)
                                    .flatMap(this::delete, DELETIONS_IN_FLIGHT)
                                    .then(index.dropCommits(held.lease(), seqs))
                                    .thenReturn((long) seqs.size());
                });
    }

    /** Another commit may have the same list of changes; without it targets compare manifests. */
    private static void addObjects(Commit commit, List<ObjectKey> objects) {
        objects.add(ObjectKey.commit(commit.folder(), commit.incarnation(), commit.seq()));
        if (commit.changes() instanceof Commit.Changes.Stored(var name)) {
            objects.add(ObjectKey.changes(commit.folder(), name));
        }
    }

    private Mono<Long> condemn() {
        return index.condemn(held.lease(), oldestRetained, batch());
    }

    private Mono<Long> bury() {
        return index.bury(held.lease(), oldestRetained, grace(), batch())
                .flatMap(garbage -> deleteAll(garbage).thenReturn((long) garbage.size()));
    }

    private Mono<Long> forget() {
        return index.buried(context.folder(), grace(), batch())
                .flatMap(garbage ->
                        garbage.isEmpty()
                                ? Mono.just(0L)
                                : deleteAll(garbage)
                                        .then(index.forget(held.lease(), garbage))
                                        .thenReturn((long) garbage.size()));
    }

    private Mono<Void> deleteAll(Garbage garbage) {
        return Flux.concat(
                        Flux.fromIterable(garbage.packs())
                                .map(pack -> delete(ObjectKey.pack(context.folder(), pack))),
                        Flux.fromIterable(garbage.pages())
                                .map(page ->
                                        delete(ObjectKey.locations(context.folder(), page))
                                                .then(
                                                        delete(
                                                                ObjectKey.page(
                                                                        context.folder(), page)))))
                .flatMap(deletion -> deletion, DELETIONS_IN_FLIGHT)
                .then();
    }

    /** An object that the store cannot even delete must not keep all others from going. */
    private Mono<Void> delete(ObjectKey object) {
        return held.check()
                .then(Mono.defer(() -> context.ports().store().delete(object)))
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                failure.code() == ErrorCode.STORE_OBJECT_UNREADABLE
                                        ? Mono.fromRunnable(() -> sayLeft(object, failure))
                                        : Mono.error(failure));
    }

    private void sayLeft(ObjectKey object, SyncException failure) {
        LOG.warn(
                "object not deleted folder={} object={} code={} cause={}",
                context.folder(),
                object,
                failure.code().id(),
                failure.getMessage());
    }
}
