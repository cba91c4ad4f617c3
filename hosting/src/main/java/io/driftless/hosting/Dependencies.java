package io.driftless.hosting;

import io.driftless.clock.Clocks;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.Presence;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What was last heard of the services and roots that this process needs. Flows try again by
 * themselves and say nothing of it; so their ports are listened to on the way.
 */
public final class Dependencies {
    private static final Set<ErrorCode> NOTED =
            EnumSet.of(
                    ErrorCode.DEPENDENCY_UNAVAILABLE,
                    ErrorCode.STORE_REFUSED,
                    ErrorCode.NO_SPACE,
                    ErrorCode.ROOT_LOST);

    private static final Logger LOG = LoggerFactory.getLogger(Dependencies.class);

    private final InstantSource clock;
    private final Clocks clocks = new Clocks("this machine's", Dependencies::log);
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

    /**
     * @param over when the first call after the failure succeeded; empty while none did
     */
    record Trouble(Failure last, Optional<Instant> over) {}

    public Dependencies(InstantSource clock) {
        this.clock = clock;
    }

    /** The last trouble with each dependency that ever had one, by its name. */
    Map<String, Trouble> troubles() {
        return new TreeMap<>(troubles);
    }

    /** The same port; what its calls come to is noted under the dependency's name. */
    public <T> T listen(String dependency, Class<T> port, T adapter) {
        InvocationHandler handler =
                (_, method, arguments) -> {
                    try {
                        return listened(dependency, method.invoke(adapter, arguments));
                    } catch (InvocationTargetException failed) {
                        throw failed.getTargetException();
                    }
                };
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
    }

    private @Nullable Object listened(String dependency, @Nullable Object result) {
        return switch (result) {
            case Mono<?> one -> listened(dependency, one);
            case Flux<?> many ->
                    many.doOnError(failure -> failed(dependency, failure))
                            .doOnNext(each -> answered(dependency));
            case null, default -> result;
        };
    }

    /** The same call, noted. */
    public <T> Mono<T> listened(String dependency, Mono<T> call) {
        return call.doOnError(failure -> failed(dependency, failure))
                .doOnSuccess(answer -> answered(dependency));
    }

    /**
     * Asks a dependency until cancelled whether it is there, and takes note of it: nobody may have
     * called it lately, and clients wait for long.
     *
     * @param title its name, as people call it
     */
    public Flux<?> watch(String dependency, String title, Mono<Void> question, Scheduler timer) {
        return Presence.of(title, question, timer)
                .doOnNext(failure ->
                        failure.ifPresentOrElse(
                                why -> failed(dependency, why), () -> answered(dependency)))
                .scan(Optional.<SyncException>empty(), (before, next) -> log(title, before, next));
    }

    /** Each change once. */
    private static Optional<SyncException> log(
            String title, Optional<SyncException> before, Optional<SyncException> next) {
        if (before.isEmpty() && next.isPresent()) {
            LOG.warn(
                    "{} is away code={} cause={}",
                    title,
                    next.get().code().id(),
                    next.get().getMessage());
        } else if (before.isPresent() && next.isEmpty()) {
            LOG.info("{} is there again", title);
        }
        return next;
    }

    /** Clocks of dependencies, compared with this machine's. */
    public Clocks clocks() {
        return clocks;
    }

    /** What is wrong with those clocks now. */
    List<Failure> skewed() {
        Instant now = clock.instant();
        return clocks.troubles(now).stream().map(skew -> Failure.of(skew, now)).toList();
    }

    private static void log(String whose, Optional<SyncException> trouble) {
        trouble.ifPresentOrElse(
                skew ->
                        LOG.warn(
                                "clocks are apart code={} cause={}",
                                skew.code().id(),
                                skew.getMessage()),
                () -> LOG.info("clocks agree again whose={}", whose));
    }

    private void failed(String dependency, Throwable failure) {
        if (failure instanceof SyncException known && NOTED.contains(known.code())) {
            troubles.put(
                    dependency, new Trouble(Failure.of(known, clock.instant()), Optional.empty()));
        }
    }

    private void answered(String dependency) {
        Trouble trouble = troubles.get(dependency);
        if (trouble != null && trouble.over().isEmpty()) {
            Trouble ended = new Trouble(trouble.last(), Optional.of(clock.instant()));
            troubles.replace(dependency, trouble, ended);
        }
    }
}
