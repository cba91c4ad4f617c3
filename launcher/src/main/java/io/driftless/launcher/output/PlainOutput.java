package io.driftless.launcher.output;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.engine.SyncOutcome.TargetOutcome;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.launcher.output.Console.Style;
import io.driftless.plan.Itemised;
import io.driftless.status.SystemStatus;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** For people: results on standard output, everything beside them on standard error. */
public final class PlainOutput implements Output {
    private static final String READY = "ready";

    private final Console console;
    private final Verbosity verbosity;
    private final boolean namesTargets;
    private final ProgressRenderer progress;

    /**
     * @param targets which targets changes are told of; with several each line names its target
     */
    public PlainOutput(
            Console console, Verbosity verbosity, Set<TargetId> targets, InstantSource clock) {
        this.console = console;
        this.verbosity = verbosity;
        this.namesTargets = targets.size() > 1;
        this.progress = new ProgressRenderer(console, clock);
    }

    @Override
    public void ready(boolean isResult) {
        if (isResult) {
            console.out(READY);
            console.flush();
        } else if (verbosity.isAtLeast(Verbosity.NORMAL)) {
            console.err(READY);
        }
    }

    @Override
    public void listening(String url) {
        if (verbosity.isAtLeast(Verbosity.NORMAL)) {
            console.err("status at " + url);
        }
    }

    @Override
    public void change(TargetChange change) {
        String prefix = namesTargets ? change.target() + ": " : "";
        Itemised.of(change.action()).forEach(line -> console.out(prefix + line));
    }

    @Override
    public void deviation(Deviation deviation) {
        String where = deviation.target().map(TargetId::value).orElse("source");
        String path = deviation.path().isRoot() ? "." : deviation.path().toString();
        String reason = deviation.message().isEmpty() ? "" : ": " + deviation.message();
        console.err(
                "%s %s: %s %s%s"
                        .formatted(
                                deviation.code().id(),
                                where,
                                deviation.kind().word(),
                                path,
                                reason));
    }

    @Override
    public void progress(Progress now) {
        if (verbosity.isAtLeast(Verbosity.NORMAL)) {
            progress.show(now);
        } else {
            console.flush();
        }
    }

    @Override
    public void outcome(SyncOutcome outcome, Duration took) {
        console.clearProgress();
        outcome.parked().forEach(parked -> console.err(StatusTable.describe(parked)));
        if (verbosity.isAtLeast(Verbosity.NORMAL)) {
            outcome.targets().forEach(target -> console.out(line(target)));
            console.out(
                    (outcome.isConverged() ? "converged in " : "not converged after ")
                            + Amounts.duration(took)
                            + (outcome.isWaiting() ? ", removals wait for approval" : ""));
        }
        if (!outcome.isConverged()) {
            failure(notConverged(outcome));
        }
        console.flush();
    }

    private static String line(TargetOutcome target) {
        return "%s: %s at commit %d, %s entries; %s changed, %s written, %s fetched%s"
                .formatted(
                        target.target(),
                        target.isConverged() ? "converged" : "not converged",
                        target.seq(),
                        Amounts.count(target.entries()),
                        Amounts.count(target.changed()),
                        Amounts.bytes(target.bytesWritten()),
                        Amounts.bytes(target.bytesFetched()),
                        target.isConverged()
                                ? ""
                                : ", " + Amounts.count(target.deviations()) + " deviations");
    }

    private static SyncException notConverged(SyncOutcome outcome) {
        long behind = outcome.targets().stream().filter(target -> !target.isConverged()).count();
        return new SyncException(
                ErrorCode.NOT_CONVERGED,
                "%d of %d targets did not converge.".formatted(behind, outcome.targets().size()));
    }

    @Override
    public void planned(long changes, Duration took) {
        console.clearProgress();
        if (verbosity.isAtLeast(Verbosity.NORMAL)) {
            console.err(
                    "%s changes planned in %s"
                            .formatted(Amounts.count(changes), Amounts.duration(took)));
        }
        console.flush();
    }

    @Override
    public void verified(long deviations, Duration took) {
        console.clearProgress();
        if (verbosity.isAtLeast(Verbosity.NORMAL)) {
            String found =
                    deviations == 0 ? "no differences" : Amounts.count(deviations) + " differences";
            console.out("%s found in %s".formatted(found, Amounts.duration(took)));
        }
        console.flush();
    }

    @Override
    public void status(SystemStatus status) {
        StatusTable.lines(status).forEach(console::out);
        console.flush();
    }

    @Override
    public void failure(SyncException failure) {
        console.err(Style.BAD, "driftless: " + failure.describe());
        if (verbosity.isAtLeast(Verbosity.VERBOSE)) {
            console.trace(failure);
        }
    }
}
