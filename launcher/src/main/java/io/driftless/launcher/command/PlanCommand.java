package io.driftless.launcher.command;

import io.driftless.launcher.command.EngineRun.Opened;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reactor.core.publisher.Mono;

@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Print how each target differs from its source, as rsync -i does, changing nothing.",
            "It does not know which removals sync would hold for approval. Exit status 0, whatever differs."
        },
        sortOptions = false)
final class PlanCommand implements Task {
    private final CommandContext context;

    @Mixin private FolderOptions folders = new FolderOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    PlanCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        EngineRun run = new EngineRun(context, folders, output, false);
        return run.run(opened -> plan(run, opened));
    }

    private Mono<ExitStatus> plan(EngineRun run, Opened opened) {
        Mono<Long> lines = opened.engine().plan().doOnNext(opened.output()::change).count();
        return run.telling(opened, Mono.never(), lines)
                .doOnNext(count -> opened.output().planned(count, run.took(opened)))
                .thenReturn(ExitStatus.CONVERGED);
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
