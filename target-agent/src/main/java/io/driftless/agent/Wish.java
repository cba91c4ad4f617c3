package io.driftless.agent;

import io.driftless.event.Order;
import io.driftless.port.TargetState.Requests;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/**
 * What is wished of this target and how much of it is done. Requests are counters: one that is not
 * what is done is to be done, once, however far it is ahead. What is done is remembered, or each
 * start would do it again. Only {@link #learn} comes from outside.
 */
final class Wish {
    private final AgentContext context;
    private final AtomicReference<Optional<Requests>> wished =
            new AtomicReference<>(Optional.empty());
    private Requests done = Requests.NONE;
    private Requests underWay = Requests.NONE;

    Wish(AgentContext context) {
        this.context = context;
    }

    /** The newest order is the whole wish. */
    void learn(Order order) {
        wished.set(Optional.of(new Requests(order.scan(), order.resync(), order.retry())));
    }

    /** To be called before anything is asked. */
    Mono<Void> recall() {
        return context.ports().state().requestsDone().doOnNext(found -> done = found).then();
    }

    /** Nothing was heard yet: nothing but what is done is wished. */
    private Requests wished() {
        return wished.get().orElse(done);
    }

    boolean isScanWished() {
        return wished().scan() != done.scan() || isResyncWished();
    }

    /** A scan that reads everything. */
    boolean isResyncWished() {
        return wished().resync() != done.resync();
    }

    boolean isRetryWished() {
        return wished().retry() != done.retry();
    }

    /** What is wished from now on is not done by what begins now. */
    void begin() {
        underWay = wished();
    }

    Mono<Void> scanned() {
        return remember(new Requests(underWay.scan(), underWay.resync(), done.retry()));
    }

    Mono<Void> retried() {
        return remember(new Requests(done.scan(), done.resync(), underWay.retry()));
    }

    private Mono<Void> remember(Requests next) {
        return next.equals(done)
                ? Mono.empty()
                : context.ports()
                        .state()
                        .requestsDone(next)
                        .then(Mono.fromRunnable(() -> done = next));
    }

    Requests done() {
        return done;
    }
}
