package io.driftless.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.driftless.launcher.settings.GuardWishes;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.Wishes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class SettingsReloadTest {
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(SettingsReload.class);

    @TempDir Path directory;

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final FakeEngine engine = new FakeEngine();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Disposable running = Disposables.disposed();
    private Path file;

    @BeforeEach
    void listen() {
        file = directory.resolve("driftless.yaml");
        log.start();
        LOG.addAppender(log);
    }

    @AfterEach
    void stop() {
        running.dispose();
        LOG.detachAppender(log);
    }

    private RunSettings settle() {
        return new Wishes(
                        Optional.of(file),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        GuardWishes.NONE)
                .settle(directory, Map.of("HOME", directory.toString()));
    }

    private void start() {
        SettingsReload reload = new SettingsReload(file, this::settle, settle(), engine);
        running = reload.run(timer, Schedulers.immediate()).subscribe();
        timer.advanceTimeBy(EVERY);
    }

    /** Two folders, of which the first has a schedule of its own. */
    private static String settings(String more, String own) {
        return """
        driftless:
          full-scan: 1h
          %s
          folders:
            - {id: photos, source: /photos, full-scan: %s, targets: [{directory: /a}]}
            - {id: music, source: /music, targets: [{directory: /b}]}
        """
                .formatted(more, own);
    }

    private List<String> said() {
        return log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Test
    void a_schedule_is_taken_over_for_the_folder_whose_it_is() throws IOException {
        Files.writeString(file, settings("", "2h"));
        start();

        Files.writeString(file, settings("", "0 3 * * * Europe/Berlin"));
        timer.advanceTimeBy(EVERY);

        assertThat(engine.schedules).containsExactly("photos 0 3 * * * Europe/Berlin");
        assertThat(said())
                .containsExactly(
                        "INFO settings taken over folder=photos full-scan=0 3 * * * Europe/Berlin");
    }

    @Test
    void a_file_that_stays_as_it_is_says_nothing() throws IOException {
        Files.writeString(file, settings("", "2h"));
        start();

        Files.writeString(file, settings("# a word", "2h"));
        timer.advanceTimeBy(EVERY.multipliedBy(3));

        assertThat(engine.schedules).isEmpty();
        assertThat(said()).isEmpty();
    }

    @Test
    void a_change_is_seen_though_size_and_time_of_the_file_are_the_same() throws IOException {
        FileTime time = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(Files.writeString(file, settings("", "2h")), time);
        start();

        Files.setLastModifiedTime(Files.writeString(file, settings("", "3h")), time);
        timer.advanceTimeBy(EVERY);

        assertThat(engine.schedules).containsExactly("photos every PT3H");
    }

    /** As Kubernetes does: the file is a link through a directory that is a link. */
    @Test
    void a_link_that_is_turned_to_another_file_is_a_change_of_what_that_holds() throws IOException {
        publish("one", settings("", "2h"));
        Files.createSymbolicLink(file, Path.of("data/driftless.yaml"));
        start();

        publish("two", settings("", "3h"));
        timer.advanceTimeBy(EVERY);

        assertThat(engine.schedules).containsExactly("photos every PT3H");
        assertThat(said()).noneMatch(line -> line.startsWith("WARN"));
    }

    private void publish(String name, String text) throws IOException {
        Path version = Files.createDirectory(directory.resolve(name));
        Files.writeString(version.resolve("driftless.yaml"), text);
        Path next = Files.createSymbolicLink(directory.resolve("next"), Path.of(name));
        Files.move(next, directory.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void a_wrong_file_is_refused_once_as_a_whole_and_the_next_right_one_is_taken()
            throws IOException {
        Files.writeString(file, settings("", "2h"));
        start();

        Files.writeString(file, settings("", "3h").replace("full-scan: 1h", "full-scan: 1x"));
        timer.advanceTimeBy(EVERY.multipliedBy(3));
        assertThat(engine.schedules).isEmpty();
        assertThat(said())
                .singleElement()
                .asString()
                .startsWith("WARN settings refused, those in force stay file=")
                .contains("code=DL-1002 cause=driftless.full-scan is '1x'; must be");

        Files.writeString(file, settings("", "4h"));
        timer.advanceTimeBy(EVERY);
        assertThat(engine.schedules).containsExactly("photos every PT4H");
    }

    @Test
    void a_file_that_is_away_for_a_while_changes_nothing() throws IOException {
        Files.writeString(file, settings("", "2h"));
        start();

        Files.delete(file);
        timer.advanceTimeBy(EVERY);
        Files.writeString(file, settings("", "2h"));
        timer.advanceTimeBy(EVERY);

        assertThat(engine.schedules).isEmpty();
        assertThat(said()).hasSize(2);
        assertThat(said().getFirst()).contains("code=DL-1002");
        assertThat(said().getLast()).startsWith("INFO settings are those in force again");
    }

    @Test
    void what_needs_a_restart_is_said_and_schedules_beside_it_are_taken_over() throws IOException {
        Files.writeString(file, settings("", "2h"));
        start();

        Files.writeString(file, settings("status-port: 8123", "3h"));
        timer.advanceTimeBy(EVERY);

        assertThat(engine.schedules).containsExactly("photos every PT3H");
        assertThat(said().getLast())
                .startsWith("WARN settings changed that need a restart")
                .endsWith("code=DL-1021 settings=[driftless.status-port]");
    }

    @Test
    void a_change_before_the_first_look_is_seen_too() throws IOException {
        Files.writeString(file, settings("", "2h"));
        SettingsReload reload = new SettingsReload(file, this::settle, settle(), engine);
        Files.writeString(file, settings("", "3h"));

        running = reload.run(timer, Schedulers.immediate()).subscribe();
        timer.advanceTimeBy(EVERY);

        assertThat(engine.schedules).containsExactly("photos every PT3H");
    }
}
