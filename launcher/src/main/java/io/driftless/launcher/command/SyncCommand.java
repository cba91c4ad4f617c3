package io.driftless.launcher.command;

import io.driftless.launcher.command.EngineRun.Opened;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.engine.SyncOutcome;
import java.time.Duration;
import java.time.Instant;
import org.reactivestreams.Publisher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        description = "Bring the targets up to date once, verify, exit.",
        sortOptions = false)
final class SyncCommand implements Task {
    private final CommandContext context;

    @Mixin private FolderOptions folders = new FolderOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = {"-i", "--itemize"},
            description = "Print each change, as rsync does.")
    private boolean itemize;

    SyncCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        EngineRun run = new EngineRun(context, folders, output, true);
        return run.run(opened -> sync(run, opened));
    }

    private Mono<ExitStatus> sync(EngineRun run, Opened opened) {
        Engine engine = opened.engine();
        Instant began = context.clock().instant();
        Publisher<?> changes =
                itemize ? engine.changes().doOnNext(opened.output()::change) : Mono.never();
        return run.telling(opened, changes, engine.sync())
                .delayUntil(_ -> engine.deviations().doOnNext(opened.output()::deviation))
                .doOnNext(outcome ->
                        opened.output()
                                .outcome(
                                        outcome,
                                        Duration.between(began, context.clock().instant())))
                .map(SyncCommand::statusOf);
    }

    private static ExitStatus statusOf(SyncOutcome outcome) {
        return outcome.isConverged() ? ExitStatus.CONVERGED : ExitStatus.NOT_CONVERGED;
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
