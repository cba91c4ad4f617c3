package io.driftless.reconciler;

import io.driftless.event.Commit;
import io.driftless.port.ObjectKey;
import reactor.core.publisher.Mono;

/**
 * Whether the store has later commits of the incarnation than the database, which is an old copy
 * then: what it takes for garbage may be needed again. Whoever commits next makes it anew first.
 * For one thread at a time.
 */
final class StoreAhead {
    private final ReconcileContext context;

    /** Also a copy of long ago would have shown, of which the next commit is not retained. */
    private boolean isListed;

    StoreAhead(ReconcileContext context) {
        this.context = context;
    }

    Mono<Boolean> isSetBack() {
        return newest().flatMap(known ->
                        isAhead(known)
                                .filter(isAhead -> isAhead)
                                .flatMap(_ -> newest())
                                .map(now -> isSame(known, now)))
                .defaultIfEmpty(false);
    }

    private Mono<Commit> newest() {
        return context.ports()
                .commits()
                .newest(context.folder())
                .flatMap(Mono::<Commit>justOrEmpty);
    }

    /** Else somebody committed while the store was asked. */
    private static boolean isSame(Commit known, Commit now) {
        return now.seq() == known.seq() && now.incarnation().equals(known.incarnation());
    }

    private Mono<Boolean> isAhead(Commit known) {
        return isListed
                ? context.ports().store().exists(key(known, known.seq() + 1))
                : isAnyLater(known).doOnNext(isAnyLater -> isListed = !isAnyLater);
    }

    private Mono<Boolean> isAnyLater(Commit known) {
        String last = key(known, known.seq()).value();
        String beside = last.substring(0, last.lastIndexOf('/') + 1);
        return context.ports().store().list(beside).any(key -> key.value().compareTo(last) > 0);
    }

    private static ObjectKey key(Commit commit, long seq) {
        return ObjectKey.commit(commit.folder(), commit.incarnation(), seq);
    }
}
