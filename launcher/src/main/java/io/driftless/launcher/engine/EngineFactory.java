package io.driftless.launcher.engine;

import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.state.StateDirectory;
import reactor.core.publisher.Mono;

/** Makes engines. */
@FunctionalInterface
public interface EngineFactory {
    /**
     * Starts everything that has to run before the first source entry is opened: servers, stores,
     * state. No source entry has been opened when this completes. What was started before a failure
     * is stopped again; the failure is a {@code SyncException}. What was started before cancelling
     * ends with the process at the latest.
     *
     * @param settings checked by {@code Preflight}
     * @param state taken for this process; given free by the caller after the engine is closed
     */
    Mono<Engine> open(RunSettings settings, StateDirectory state);
}
