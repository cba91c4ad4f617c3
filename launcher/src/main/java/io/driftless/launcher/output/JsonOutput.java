package io.driftless.launcher.output;

import io.driftless.error.SyncException;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.plan.Itemised;
import io.driftless.status.SystemStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.databind.ObjectMapper;

/**
 * For machines: one JSON object a line on standard output, with its {@code type}. Fields are only
 * ever added. Failures are said on standard error as well.
 */
public final class JsonOutput implements Output {
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

    private final Console console;
    private final PlainOutput people;
    private final InstantSource clock;
    private final ObjectMapper json = new ObjectMapper();
    private Progress said = Progress.NONE;
    private Instant saidAt = Instant.EPOCH;

    /**
     * @param people is told of failures and deviations too
     */
    public JsonOutput(Console console, PlainOutput people, InstantSource clock) {
        this.console = console;
        this.people = people;
        this.clock = clock;
    }

    @Override
    public void ready(boolean isResult) {
        say("ready", Map.of());
        console.flush();
    }

    @Override
    public void listening(String url) {
        say("listening", Map.of("url", url));
        console.flush();
    }

    @Override
    public void change(TargetChange change) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("folder", change.folder().value());
        fields.put("target", change.target().value());
        fields.put("path", change.action().path().toString());
        fields.put("lines", Itemised.of(change.action()).stream().map(Itemised::toString).toList());
        say("change", fields);
    }

    @Override
    public void deviation(Deviation deviation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("folder", deviation.folder().value());
        deviation.target().ifPresent(target -> fields.put("target", target.value()));
        fields.put("path", deviation.path().toString());
        fields.put("kind", deviation.kind().word());
        fields.put("code", deviation.code().id());
        fields.put("message", deviation.message());
        say("deviation", fields);
        people.deviation(deviation);
    }

    @Override
    public synchronized void progress(Progress progress) {
        Instant now = clock.instant();
        boolean isDue =
                progress.stage() != said.stage() || !now.isBefore(saidAt.plus(PROGRESS_EVERY));
        if (isDue && !progress.equals(said)) {
            said = progress;
            saidAt = now;
            say("progress", fields(progress));
        }
        console.flush();
    }

    private static Map<String, Object> fields(Progress progress) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("stage", progress.stage().word());
        fields.put("looked", progress.looked());
        fields.put("entriesDone", progress.entriesDone());
        putIfKnown(fields, "entriesTotal", progress.entriesTotal());
        fields.put("bytesDone", progress.bytesDone());
        putIfKnown(fields, "bytesTotal", progress.bytesTotal());
        return fields;
    }

    private static void putIfKnown(Map<String, Object> fields, String name, OptionalLong number) {
        if (number.isPresent()) {
            fields.put(name, number.getAsLong());
        }
    }

    @Override
    public void outcome(SyncOutcome outcome, Duration took) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("converged", outcome.isConverged());
        fields.put("seconds", seconds(took));
        fields.put("bytesReadAtSource", outcome.bytesReadAtSource());
        fields.put("bytesStored", outcome.bytesStored());
        fields.put("parked", outcome.parked());
        fields.put("targets", outcome.targets().stream().map(JsonOutput::fields).toList());
        say("outcome", fields);
        console.flush();
    }

    private static Map<String, Object> fields(SyncOutcome.TargetOutcome target) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("folder", target.folder().value());
        fields.put("target", target.target().value());
        fields.put("converged", target.isConverged());
        fields.put("seq", target.seq());
        fields.put("entries", target.entries());
        fields.put("changed", target.changed());
        fields.put("bytesWritten", target.bytesWritten());
        fields.put("bytesFetched", target.bytesFetched());
        fields.put("deviations", target.deviations());
        return fields;
    }

    @Override
    public void planned(long changes, Duration took) {
        say("planned", ordered("changes", changes, "seconds", seconds(took)));
        console.flush();
    }

    @Override
    public void verified(long deviations, Duration took) {
        say("verified", ordered("deviations", deviations, "seconds", seconds(took)));
        console.flush();
    }

    private static Map<String, Object> ordered(
            String first, Object one, String second, Object two) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(first, one);
        fields.put(second, two);
        return fields;
    }

    private static double seconds(Duration took) {
        return took.toMillis() / 1000.0;
    }

    /** The same object that the running system answered with. */
    @Override
    public void status(SystemStatus status) {
        console.out(json.writeValueAsString(status));
        console.flush();
    }

    @Override
    public void failure(SyncException failure) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("code", failure.code().id());
        fields.put("message", String.valueOf(failure.getMessage()));
        fields.put("advice", failure.code().advice());
        say("failure", fields);
        console.flush();
        people.failure(failure);
    }

    private void say(String type, Map<String, Object> fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", type);
        line.putAll(fields);
        console.out(json.writeValueAsString(line));
    }
}
