package io.driftless.launcher.command;

import io.driftless.launcher.command.EngineRun.Opened;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin private ItemizeOption itemize = new ItemizeOption();

    SyncCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        EngineRun run = new EngineRun(context, folders, output, true);
        return run.run(opened -> sync(run, opened));
    }

    private Mono<ExitStatus> sync(EngineRun run, Opened opened) {
        return run.telling(opened, itemize.printing(opened), opened.engine().sync())
                .delayUntil(_ -> opened.engine().deviations().doOnNext(opened.output()::deviation))
                .doOnNext(outcome -> opened.output().outcome(outcome, run.took(opened)))
                .map(outcome ->
                        outcome.isConverged() ? ExitStatus.CONVERGED : ExitStatus.NOT_CONVERGED);
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
