package io.driftless.launcher.command;

import io.driftless.launcher.command.EngineRun.Opened;
import io.driftless.launcher.engine.Engine.VerifyDepth;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Compare the targets with their source, report, exit 1 on any difference.",
            "Differences are also FIFOs, sockets and devices, which are not carried over, and removals that wait. While run has the same state, use scan --content and status instead."
        },
        sortOptions = false)
final class VerifyCommand implements Task {
    private final CommandContext context;

    @Mixin private FolderOptions folders = new FolderOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Option(names = "--content", description = "Read and hash every byte of every file as well.")
    private boolean content;

    VerifyCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        EngineRun run = new EngineRun(context, folders, output, false);
        return run.run(opened -> verify(run, opened));
    }

    private Mono<ExitStatus> verify(EngineRun run, Opened opened) {
        VerifyDepth depth = content ? VerifyDepth.CONTENT : VerifyDepth.METADATA;
        Mono<Long> found =
                opened.engine().verify(depth).doOnNext(opened.output()::deviation).count();
        return run.telling(opened, Mono.never(), found)
                .doOnNext(count -> opened.output().verified(count, run.took(opened)))
                .map(count -> count == 0 ? ExitStatus.CONVERGED : ExitStatus.NOT_CONVERGED);
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
