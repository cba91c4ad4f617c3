package io.driftless.launcher.command;

import io.driftless.launcher.command.EngineRun.Opened;
import org.reactivestreams.Publisher;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** Whether changes are printed as they are made. */
final class ItemizeOption {
    @Option(
            names = {"-i", "--itemize"},
            description = "Print each change, as rsync does.")
    private boolean itemize;

    /** Prints them beside the work, where they are wanted; does not end by itself. */
    Publisher<?> printing(Opened opened) {
        return itemize ? opened.engine().changes().doOnNext(opened.output()::change) : Mono.never();
    }
}
