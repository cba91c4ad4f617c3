package io.driftless.flow;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Something that a flow holds while it runs and gives back when it ends, however it ends. Who stops
 * a flow by cancelling can wait here until everything is given back.
 */
public final class Holdings {
    private final AtomicReference<Mono<Void>> givenBack = new AtomicReference<>(Mono.empty());

    /** As {@link Flux#usingWhen}, and remembered. */
    public <R, T> Flux<T> using(
            Supplier<R> take, Function<R, Publisher<T>> use, Function<R, Mono<Void>> giveBack) {
        return Flux.defer(() -> {
            Sinks.Empty<Void> over = Sinks.empty();
            return Flux.usingWhen(
                    Mono.fromSupplier(take).doOnNext(_ -> givenBack.set(over.asMono())),
                    use,
                    held -> giveBack.apply(held).doFinally(end -> over.tryEmitEmpty()));
        });
    }

    /** Completes when nothing is held any more: at once where nothing was taken. */
    public Mono<Void> givenBack() {
        return Mono.defer(givenBack::get);
    }
}
