package io.driftless.launcher.command;

import io.driftless.adapter.http.StatusServer;
import io.driftless.launcher.command.EngineRun.Opened;
import io.driftless.launcher.status.AnnouncedServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Keep the targets up to date until stopped.",
        sortOptions = false)
final class RunCommand implements Task {
    private final CommandContext context;

    @Mixin private FolderOptions folders = new FolderOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Mixin private ItemizeOption itemize = new ItemizeOption();

    RunCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        EngineRun run = new EngineRun(context, folders, output, true);
        return run.run(opened ->
                Mono.usingWhen(
                        AnnouncedServer.start(
                                opened.settings().checked().statusPort(),
                                new StatusServer.Answers(
                                        Mono.fromSupplier(opened.engine()::status),
                                        opened.engine()::decide,
                                        opened.engine()::ask),
                                opened.state(),
                                context.timer()),
                        server -> keep(run, opened, server),
                        AnnouncedServer::close));
    }

    private Mono<ExitStatus> keep(EngineRun run, Opened opened, AnnouncedServer server) {
        opened.output().listening(server.url());
        Mono<ExitStatus> keeping = opened.engine().run().thenReturn(ExitStatus.CONVERGED);
        Flux<?> beside = Flux.merge(itemize.printing(opened), run.reloading(opened));
        return run.telling(opened, beside, keeping);
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
