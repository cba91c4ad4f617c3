package io.driftless.launcher.command;

import io.driftless.block.Content;
import io.driftless.error.ErrorCode;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.launcher.output.Console;
import io.driftless.launcher.output.Terminal;
import io.driftless.path.EntryPath;
import io.driftless.plan.Action;
import io.driftless.plan.Differs;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Metadata;
import io.driftless.tree.TargetId;
import io.driftless.tree.Timestamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A command line on a {@link FakeEngine}, with a source and a place for targets. */
abstract class CommandLineFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    static final FolderId FOLDER = new FolderId("default");
    static final TargetId TARGET = new TargetId("target");

    @TempDir Path directory;

    final FakeEngine engine = new FakeEngine();
    final Map<String, String> environment = new HashMap<>();
    final Sinks.Empty<Void> interruption = Sinks.empty();
    final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    Terminal terminal = new Terminal(false, 80, false);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void makeASource() throws IOException {
        Files.createDirectories(directory.resolve("source"));
        environment.put("HOME", directory.resolve("home").toString());
    }

    /** Runs it to its end: the exit status. */
    final int run(String... arguments) {
        return Objects.requireNonNull(commands().run(List.of(arguments)).block(PATIENCE));
    }

    /** A command with a source and one target, then these. */
    final int runOnFolder(String command, String... arguments) {
        List<String> all =
                new ArrayList<>(List.of(command, "--source", "source", "--target", "target"));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    final Commands commands() {
        Console console =
                new Console(
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        terminal);
        return new Commands(
                new CommandContext(
                        engine,
                        console,
                        environment,
                        directory,
                        InstantSource.system(),
                        timer,
                        Schedulers.immediate(),
                        interruption.asMono()));
    }

    final List<String> out() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    final List<String> err() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    static TargetChange created(String path, String target) {
        Metadata metadata = new Metadata(0644, 0, 0, Timestamp.EPOCH);
        return new TargetChange(
                FOLDER,
                new TargetId(target),
                new Action.WriteContent(
                        new Entry.FileEntry(EntryPath.parse(path), metadata, Content.empty()),
                        new Differs(true, Set.of())));
    }

    static Deviation missing(String path) {
        return new Deviation(
                FOLDER,
                Optional.of(TARGET),
                EntryPath.parse(path),
                Deviation.Kind.MISSING,
                ErrorCode.BLOCK_MISSING,
                "no block");
    }
}
