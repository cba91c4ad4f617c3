package io.driftless.launcher.command;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.output.LogFile;
import io.driftless.launcher.output.Output;
import io.driftless.launcher.settings.Preflight;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.state.StateDirectory;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What all commands with an engine have in common: checked settings, the state directory's lock, an
 * engine that is closed whatever happens, and an end when the process is asked to stop.
 */
final class EngineRun {
    /** How long a person who pressed Ctrl-C waits at most. */
    static final Duration MAX_CLOSE = Duration.ofSeconds(5);

    private static final Duration TICK = Duration.ofMillis(200);

    private final CommandContext context;
    private final FolderOptions folders;
    private final OutputOptions outputs;
    private final boolean isReadyAResult;

    /**
     * @param isReadyAResult true where standard output is not kept for the lines of a list
     */
    EngineRun(
            CommandContext context,
            FolderOptions folders,
            OutputOptions outputs,
            boolean isReadyAResult) {
        this.context = context;
        this.folders = folders;
        this.outputs = outputs;
        this.isReadyAResult = isReadyAResult;
    }

    /** What a command does with its engine. */
    @FunctionalInterface
    interface Work {
        Mono<ExitStatus> with(Opened opened);
    }

    /**
     * An engine with what it was opened for.
     *
     * @param began when it was ready
     */
    record Opened(
            Engine engine, Settings settings, StateDirectory state, Output output, Instant began) {}

    /**
     * The settings of one run.
     *
     * @param written as they were given
     * @param checked the same with real directories
     */
    record Settings(RunSettings written, RunSettings checked) {}

    Mono<ExitStatus> run(Work work) {
        return Mono.fromCallable(this::settings)
                .subscribeOn(context.blocking())
                .flatMap(settings ->
                        Mono.usingWhen(
                                takeState(settings.checked()),
                                state -> withEngine(settings, state, work),
                                this::giveBack));
    }

    private Settings settings() {
        RunSettings written = settled();
        return new Settings(written, new Preflight(context.environment()).check(written));
    }

    private RunSettings settled() {
        return folders.settle(context.workingDirectory(), context.environment());
    }

    private Mono<StateDirectory> takeState(RunSettings settings) {
        return Mono.fromCallable(
                        () -> {
                            StateDirectory state = StateDirectory.open(settings.stateDirectory());
                            LogFile.write(state.logs(), outputs.verbosity());
                            return state;
                        })
                .subscribeOn(context.blocking());
    }

    private Mono<Void> giveBack(StateDirectory state) {
        return Mono.<Void>fromRunnable(state::close).subscribeOn(context.blocking());
    }

    private Mono<ExitStatus> withEngine(Settings settings, StateDirectory state, Work work) {
        Mono<Engine> engine = Mono.defer(() -> context.engines().open(settings.checked(), state));
        return Mono.usingWhen(
                        unlessInterrupted(engine),
                        opened ->
                                unlessInterrupted(
                                        Mono.defer(
                                                () -> work.with(ready(opened, settings, state)))),
                        this::close)
                .onErrorReturn(Interrupted.class, ExitStatus.INTERRUPTED);
    }

    private Opened ready(Engine engine, Settings settings, StateDirectory state) {
        Output output = outputs.open(context, settings.checked());
        output.ready(isReadyAResult);
        return new Opened(engine, settings, state, output, context.clock().instant());
    }

    /** What is cancelled here is stopped by closing the engine, which is waited for. */
    private <T> Mono<T> unlessInterrupted(Mono<T> work) {
        Mono<T> interrupted = context.interruption().then(Mono.error(Interrupted::new));
        return Mono.firstWithSignal(work, interrupted);
    }

    private Mono<Void> close(Engine engine) {
        return engine.close()
                .timeout(MAX_CLOSE, context.timer())
                .onErrorResume(failure -> {
                    Logger log = LoggerFactory.getLogger(EngineRun.class);
                    String why =
                            failure instanceof TimeoutException
                                    ? "took longer than " + MAX_CLOSE
                                    : failure.toString();
                    log.warn("Stopping was not clean: {}", why);
                    return Mono.empty();
                });
    }

    /**
     * The work, with everything told meanwhile that is worth it.
     *
     * @param beside ends with the work; what it fails with ends the work
     */
    <T> Mono<T> telling(Opened opened, Publisher<?> beside, Mono<T> work) {
        Flux<?> progress =
                Flux.interval(Duration.ZERO, TICK, context.timer())
                        .onBackpressureDrop()
                        .publishOn(context.blocking(), 1) // Nobody may read what is printed.
                        .doOnNext(_ -> opened.output().progress(opened.engine().progress()));
        Mono<T> told = Flux.merge(Flux.from(beside).then(), progress.then()).then(Mono.never());
        return Mono.firstWithSignal(told, work);
    }

    /** Takes over what changes in the settings file, where there is one; until cancelled. */
    Flux<?> reloading(Opened opened) {
        return Mono.justOrEmpty(folders.config())
                .map(context.workingDirectory()::resolve)
                .flatMapMany(file ->
                        new SettingsReload(
                                        file,
                                        this::settled,
                                        opened.settings().written(),
                                        opened.engine())
                                .run(context.timer(), context.blocking()));
    }

    /** How long it has worked by now. */
    Duration took(Opened opened) {
        return Duration.between(opened.began(), context.clock().instant());
    }

    /** The process was asked to stop. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Interrupted() {
            super("interrupted", null, false, false);
        }
    }

    /** Any failure as one with a code. */
    static SyncException known(Throwable failure) {
        return failure instanceof SyncException known
                ? known
                : new SyncException(
                        ErrorCode.INVARIANT_BROKEN, "Not expected: " + failure + ".", failure);
    }
}
