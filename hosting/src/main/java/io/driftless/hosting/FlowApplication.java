package io.driftless.hosting;

import io.driftless.error.SyncException;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Sinks;

/**
 * The process of one service: its flow is begun last and stopped first, and SIGTERM stops it in
 * order. Ends with status 1 when the flow ends with something that no further try can mend.
 */
public final class FlowApplication implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(FlowApplication.class);

    private final FlowLife life;
    private final Flux<?> watching;
    private final Disposable.Swap watch = Disposables.swap();
    private final Runnable end;
    private final Sinks.Empty<Void> over = Sinks.empty();
    private volatile boolean isRunning;

    /**
     * @param watching what is asked beside the flow, whatever becomes of it
     * @param end ends the process, after {@link #start} returned
     */
    FlowApplication(FlowLife life, Flux<?> watching, Runnable end) {
        this.life = life;
        this.watching = watching;
        this.end = end;
    }

    /**
     * Runs a service.
     *
     * @param port where health is told, unless settings say otherwise
     */
    public static void run(Class<?> application, int port, String... arguments) {
        // Several pieces of one work can fail; the first tells what became of it.
        Hooks.onErrorDropped(failure -> LOG.info("failed besides: {}", failure.toString()));
        SpringApplication spring = new SpringApplication(application);
        spring.setBannerMode(Banner.Mode.OFF);
        spring.setDefaultProperties(
                Map.of("server.port", port, "spring.application.name", nameOf(application)));
        spring.run(arguments);
    }

    private static String nameOf(Class<?> application) {
        return application.getSimpleName().replace("Application", "").toLowerCase(Locale.ROOT);
    }

    /** Closing takes a while and waits for other threads, so it has one of its own. */
    static Runnable endOf(ConfigurableApplicationContext context) {
        return () ->
                Thread.ofPlatform()
                        .name("end")
                        .start(() -> System.exit(SpringApplication.exit(context, () -> 1)));
    }

    @Override
    public void start() {
        isRunning = true;
        watch.update(watching.subscribe(_ -> {}, FlowApplication::blind));
        life.run().doFinally(signal -> over.tryEmitEmpty()).subscribe(none -> {}, this::failed);
    }

    private static void blind(Throwable failure) {
        LOG.error(
                "health does not tell any more what is away cause={}", failure.toString(), failure);
    }

    private void failed(Throwable failure) {
        String said =
                failure instanceof SyncException known ? known.describe() : failure.toString();
        LOG.error("flow ended, so this process ends cause={}", said, failure);
        end.run();
    }

    @Override
    public void stop(Runnable stopped) {
        watch.dispose();
        life.stop();
        over.asMono()
                .subscribe(
                        none -> {},
                        failure -> stopped.run(),
                        () -> {
                            isRunning = false;
                            stopped.run();
                        });
    }

    /** Only for callers that do not wait; Spring waits by the other one. */
    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }
}
