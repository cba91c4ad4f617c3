package io.driftless.launcher.command;

import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.SettingsChange;
import io.driftless.reconciler.Schedule;
import io.driftless.tree.FolderId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Looks at the settings file every few seconds while a system runs, and takes over what may change
 * meanwhile. Its content is compared and not its time: the file may be a link that is turned to
 * another. A file that is wrong changes nothing, and nothing it holds ends the system.
 */
final class SettingsReload {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsReload.class);
    private static final Duration EVERY = Duration.ofSeconds(5);

    /** More than any settings file may have; of one that is longer only this much is compared. */
    private static final int MAX_BYTES = 4 << 20;

    private final Path file;
    private final Supplier<RunSettings> settle;
    private final RunSettings running;
    private final Engine engine;
    private final Map<FolderId, Schedule> inForce;

    /** Not known at first: the file may have changed since the system read it. */
    private String seen = "";

    private boolean isRefused;

    /**
     * @param settle reads the file and makes settings of it and of the command line
     * @param running what it made of them when the system was started
     */
    SettingsReload(Path file, Supplier<RunSettings> settle, RunSettings running, Engine engine) {
        this.file = file;
        this.settle = settle;
        this.running = running;
        this.engine = engine;
        this.inForce = SettingsChange.schedulesOf(running);
    }

    /**
     * Until cancelled.
     *
     * @param blocking reads the file
     */
    Flux<?> run(Scheduler timer, Scheduler blocking) {
        return Flux.interval(EVERY, timer)
                .onBackpressureDrop()
                .concatMap(_ -> Mono.fromRunnable(this::look).subscribeOn(blocking), 1);
    }

    private void look() {
        String content = content();
        if (content.equals(seen)) {
            return;
        }
        seen = content;
        try {
            takeOver(SettingsChange.between(running, inForce, settle.get()));
        } catch (RuntimeException wrong) {
            SyncException known = EngineRun.known(wrong);
            isRefused = true;
            LOG.warn(
                    "settings refused, those in force stay file={} code={} cause={}",
                    file,
                    known.code().id(),
                    known.getMessage());
        }
    }

    /** What it holds, or why it cannot be read, shortened. */
    private String content() {
        try (InputStream bytes = Files.newInputStream(file)) {
            return HexFormat.of().formatHex(Sha256.digestOf(bytes.readNBytes(MAX_BYTES)));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private void takeOver(SettingsChange change) {
        change.schedules()
                .forEach((folder, fullScan) -> {
                    engine.schedule(folder, fullScan);
                    inForce.put(folder, fullScan);
                    LOG.info("settings taken over folder={} full-scan={}", folder, fullScan);
                });
        if (!change.restart().isEmpty()) {
            LOG.warn(
                    "settings changed that need a restart file={} code={} settings={}",
                    file,
                    ErrorCode.RESTART_NEEDED.id(),
                    change.restart());
        }
        if (isRefused && change.isNone()) {
            LOG.info("settings are those in force again file={}", file);
        }
        isRefused = false;
    }
}
