package io.driftless.launcher.command;

import io.driftless.launcher.engine.EngineFactory;
import io.driftless.launcher.output.Console;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What commands get from the process they run in.
 *
 * @param timer paces progress and limits how long stopping takes
 * @param blocking for looking at directories and taking locks
 * @param interruption completes when the process is asked to stop
 */
public record CommandContext(
        EngineFactory engines,
        Console console,
        Map<String, String> environment,
        Path workingDirectory,
        InstantSource clock,
        Scheduler timer,
        Scheduler blocking,
        Mono<Void> interruption) {}
