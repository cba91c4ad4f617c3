package io.driftless.hosting;

import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A flow with everything it needs, ready to run once.
 *
 * @param run runs until cancelled
 * @param stopped after cancelling: completes when everything is given back
 */
public record HostedFlow(Supplier<? extends Flux<?>> run, Supplier<Mono<Void>> stopped) {

    /** Of a flow that holds nothing when it is cancelled. */
    public static HostedFlow of(Supplier<? extends Flux<?>> run) {
        return new HostedFlow(run, Mono::empty);
    }

    /** Makes the flow of this process. */
    @FunctionalInterface
    public interface Source {
        /**
         * Fails where something that is needed is not there now; is asked again where that may
         * pass.
         */
        Mono<HostedFlow> open();
    }
}
