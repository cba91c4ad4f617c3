package io.driftless.testkit.simulation;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.testkit.simulation.Actor.Life;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Random;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Puts random time before and after every call of a port, so that a crash can fall between any two
 * steps: also between an effect and its caller hearing of it. While faults are on, calls of some
 * ports fail now and then.
 */
final class Faults {
    private final Random random;
    private final Scheduler timer;
    private boolean areOn = true;

    Faults(Random random, Scheduler timer) {
        this.random = random;
        this.timer = timer;
    }

    void end() {
        areOn = false;
    }

    boolean areOn() {
        return areOn;
    }

    boolean happens(double probability) {
        return areOn && random.nextDouble() < probability;
    }

    /**
     * The port with faults in between.
     *
     * @param life the process that calls
     * @param failures how likely a call is to fail as if its server were away
     */
    <T> T between(Life life, Class<T> port, T real, double failures) {
        InvocationHandler handler =
                (proxy, method, arguments) -> {
                    if (life.isOver()) {
                        return Flux.class.equals(method.getReturnType())
                                ? Flux.never()
                                : Mono.never();
                    }
                    Object result = invoke(real, method, arguments);
                    return switch (result) {
                        case Mono<?> mono -> late(life, mono, failures);
                        case Flux<?> flux ->
                                Flux.defer(() -> Mono.delay(pause(life), timer).thenMany(flux));
                        default -> result;
                    };
                };
        Object faulty =
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler);
        return port.cast(faulty);
    }

    private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private <T> Mono<T> late(Life life, Mono<T> call, double failures) {
        return Mono.defer(() -> {
            if (life.isOver()) {
                return Mono.never();
            }
            if (happens(failures)) {
                return Mono.delay(pause(life), timer)
                        .then(
                                Mono.error(
                                        new SyncException(
                                                ErrorCode.DEPENDENCY_UNAVAILABLE,
                                                "Made to fail.")));
            }
            Mono<T> started = Mono.delay(pause(life), timer).then(call);
            return started.materialize()
                    .delayUntil(_ -> Mono.delay(pause(life), timer))
                    .<T>dematerialize();
        });
    }

    /** At least as long as the process stands still. */
    private Duration pause(Life life) {
        Duration delay = Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(20) : 0);
        return delay.plus(life.stop());
    }
}
