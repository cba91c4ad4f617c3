package io.driftless.launcher.command;

import reactor.core.publisher.Mono;

/** A command whose options were read. */
interface Task {
    /** Does it; failures are {@code SyncException}s. */
    Mono<ExitStatus> run();

    /** How this command tells what happens. */
    OutputOptions output();
}
