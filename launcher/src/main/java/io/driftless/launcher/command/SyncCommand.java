package io.driftless.launcher.command;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.command.EngineRun.Opened;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.engine.SyncOutcome;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
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

    @Option(
            names = "--approve",
            paramLabel = "ID",
            description = "First let go the removals that wait under this id.")
    private List<ApprovalId> approve = new ArrayList<>();

    @Option(
            names = "--reject",
            paramLabel = "ID",
            description = "First decide that the removals that wait under this id are not made.")
    private List<ApprovalId> reject = new ArrayList<>();

    SyncCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        EngineRun run = new EngineRun(context, folders, output, true);
        return run.run(opened -> sync(run, opened));
    }

    private Mono<ExitStatus> sync(EngineRun run, Opened opened) {
        Mono<SyncOutcome> work =
                decide(opened.engine(), approve, Decision.APPROVED)
                        .then(decide(opened.engine(), reject, Decision.REJECTED))
                        .then(opened.engine().sync());
        return run.telling(opened, itemize.printing(opened), work)
                .delayUntil(_ -> opened.engine().deviations().doOnNext(opened.output()::deviation))
                .doOnNext(outcome -> opened.output().outcome(outcome, run.took(opened)))
                .map(SyncCommand::statusOf);
    }

    private static Mono<Void> decide(Engine engine, List<ApprovalId> sets, Decision decision) {
        return Flux.fromIterable(sets)
                .concatMap(set ->
                        engine.decide(set, decision)
                                .filter(isDecided -> isDecided)
                                .switchIfEmpty(
                                        Mono.error(() ->
                                                new SyncException(
                                                        ErrorCode.NO_SUCH_SET,
                                                        "No removals wait under " + set + "."))))
                .then();
    }

    private static ExitStatus statusOf(SyncOutcome outcome) {
        if (!outcome.isConverged()) {
            return ExitStatus.NOT_CONVERGED;
        }
        return outcome.isWaiting() ? ExitStatus.WAITING : ExitStatus.CONVERGED;
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
