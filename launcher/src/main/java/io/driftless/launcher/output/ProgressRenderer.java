package io.driftless.launcher.output;

import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.Progress.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Shows progress on standard error: on a terminal one line, drawn again each time; elsewhere a line
 * when the stage changes and every five seconds while something is being done.
 */
final class ProgressRenderer {
    static final Duration LINE_EVERY = Duration.ofSeconds(5);

    private final Console console;
    private final InstantSource clock;
    private final ProgressRate rate = new ProgressRate();
    private Progress said = Progress.NONE;
    private Instant saidAt = Instant.MIN;

    ProgressRenderer(Console console, InstantSource clock) {
        this.console = console;
        this.clock = clock;
    }

    synchronized void show(Progress progress) {
        Instant now = clock.instant();
        rate.add(now, progress);
        if (console.terminal().isInteractive()) {
            console.progress(text(progress));
        } else if (isDue(progress, now)) {
            said = progress;
            saidAt = now;
            console.err(text(progress));
        }
        console.flush();
    }

    private boolean isDue(Progress progress, Instant now) {
        if (progress.stage() != said.stage()) {
            return true;
        }
        boolean isWorking = progress.stage() != Stage.WATCHING && !progress.equals(said);
        return isWorking
                && !now.isBefore(saidAt.equals(Instant.MIN) ? now : saidAt.plus(LINE_EVERY));
    }

    private String text(Progress progress) {
        StringBuilder text = new StringBuilder(progress.stage().word());
        if (progress.looked() > 0) {
            text.append("  ").append(Amounts.count(progress.looked())).append(" looked at");
        }
        if (progress.entriesDone() > 0 || progress.entriesTotal().isPresent()) {
            text.append("  ")
                    .append(
                            of(
                                    Amounts.count(progress.entriesDone()),
                                    counted(progress.entriesTotal())))
                    .append(" entries");
        }
        if (progress.bytesDone() > 0 || progress.bytesTotal().isPresent()) {
            text.append("  ")
                    .append(
                            of(
                                    Amounts.bytes(progress.bytesDone()),
                                    measured(progress.bytesTotal())));
        }
        double speed = rate.bytesPerSecond();
        if (speed >= 1) {
            text.append("  ").append(Amounts.bytes((long) speed)).append("/s");
        }
        rate.left()
                .ifPresent(left -> text.append("  ").append(Amounts.clock(left)).append(" left"));
        return text.toString();
    }

    private static Optional<String> counted(OptionalLong number) {
        return number.isPresent()
                ? Optional.of(Amounts.count(number.getAsLong()))
                : Optional.empty();
    }

    private static Optional<String> measured(OptionalLong number) {
        return number.isPresent()
                ? Optional.of(Amounts.bytes(number.getAsLong()))
                : Optional.empty();
    }

    private static String of(String done, Optional<String> total) {
        return total.map(all -> done + " of " + all).orElse(done);
    }
}
