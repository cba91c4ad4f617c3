package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.testkit.tree.DiskEditor;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class InotifyDetailIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Path home;
    private DiskEditor editor;
    private WatchRecorder recorder;

    @BeforeEach
    void makeTree(@TempDir Path directory) {
        home = directory;
        editor = new DiskEditor(directory);
        recorder = new WatchRecorder();
    }

    @AfterEach
    void stop() {
        recorder.cancel();
    }

    private void listen() {
        recorder = WatchRecorder.of(new InotifyWatch(editor.root(), 10_000));
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static WatchEvent changed(String path) {
        return new WatchEvent.Changed(path(path));
    }

    @Test
    void says_that_a_file_is_still_open_and_then_that_it_was_closed() throws Exception {
        editor.write(path("f"), new byte[1]);
        listen();

        try (OutputStream file =
                Files.newOutputStream(editor.root().resolve("f"), StandardOpenOption.APPEND)) {
            file.write(1);
            recorder.awaits(new WatchEvent.Modified(path("f")));
            assertThat(recorder.events).doesNotContain(changed("f"));
        }

        recorder.awaits(changed("f"));
    }

    @Test
    void says_at_once_that_a_hard_link_was_made() {
        editor.write(path("f"), new byte[1]);
        listen();

        editor.makeHardLink(path("f"), path("g"));

        recorder.awaits(changed("g"));
    }

    @Test
    void says_at_once_that_a_fifo_was_made() {
        listen();

        editor.makeOther(path("p"));

        recorder.awaits(changed("p"));
    }

    @Test
    void watches_a_tree_that_was_moved_in() throws Exception {
        Path tree = Files.createDirectories(home.resolve("elsewhere/b/c")).getParent().getParent();
        Files.write(tree.resolve("b/c/f"), new byte[1]);
        listen();

        Files.move(tree, editor.root().resolve("a"));
        recorder.awaits(new WatchEvent.Appeared(path("a")));
        editor.write(path("a/b/c/g"), new byte[1]);

        recorder.awaits(changed("a/b/c/g"));
    }

    @Test
    void forgets_a_tree_that_was_moved_out_and_finds_it_again() throws Exception {
        editor.makeDirectory(path("a"));
        editor.makeDirectory(path("a/b"));
        listen();

        Files.move(editor.root().resolve("a"), home.resolve("away"));
        recorder.awaits(changed("a"));
        recorder.awaitsSilence();
        recorder.events.clear();
        Files.write(home.resolve("away/b/secret"), new byte[1]);
        recorder.awaitsSilence();
        assertThat(recorder.events).isEmpty();
        Files.move(home.resolve("away"), editor.root().resolve("z"));
        recorder.awaits(new WatchEvent.Appeared(path("z")));
        editor.write(path("z/b/f"), new byte[1]);

        recorder.awaits(changed("z/b/f"));
    }

    @Test
    void ends_when_the_root_is_renamed() {
        listen();

        editor.hideRoot();

        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(recorder.failures)
                                .singleElement()
                                .isInstanceOfSatisfying(
                                        SyncException.class,
                                        lost ->
                                                assertThat(lost.code())
                                                        .isEqualTo(ErrorCode.ROOT_LOST)));
    }

    @Test
    void does_not_begin_without_a_root() {
        editor.hideRoot();

        StepVerifier.create(new InotifyWatch(editor.root(), 10).watch())
                .expectErrorSatisfies(lost ->
                        assertThat(((SyncException) lost).code()).isEqualTo(ErrorCode.ROOT_LOST))
                .verify(PATIENCE);
    }

    @Test
    void ends_its_thread_with_the_subscription() {
        listen();
        String name = "inotify " + editor.root();
        assertThat(threads()).contains(name);

        recorder.cancel();

        Awaitility.await().atMost(PATIENCE).until(() -> !threads().contains(name));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    /**
     * What the kernel does when its queue is full, without filling it: that takes a setting of the
     * whole machine.
     */
    @Test
    void goes_through_everything_again_after_the_kernel_lost_events() {
        editor.makeDirectory(path("gone"));
        editor.makeDirectory(path("old"));
        editor.makeDirectory(path("old/sub"));
        List<WatchEvent> told = new ArrayList<>();
        Root root = new Root(editor.root());
        EventQueue events = queueInto(told);
        try (Inotify inotify = new Inotify()) {
            Registry registry = new Registry(root, inotify, events);
            EventHandling handling = new EventHandling(root, registry, events);
            registry.watchAll();
            registerAll(registry);
            editor.rename(path("old"), path("new"));
            editor.delete(path("gone"));
            editor.makeDirectory(path("made"));
            inotify.await(0);
            told.clear();

            handling.handle(List.of(new Inotify.Event(-1, Inotify.Q_OVERFLOW, 0, new byte[0])));
            registerAll(registry);
            assertThat(told).containsExactly(new WatchEvent.Lost(EntryPath.ROOT));
            editor.write(path("new/sub/f"), new byte[1]);
            editor.write(path("made/f"), new byte[1]);
            handling.handle(inotify.await(1000));

            assertThat(told).contains(changed("new/sub/f"), changed("made/f"));
        }
    }

    private static EventQueue queueInto(List<WatchEvent> told) {
        AtomicReference<EventQueue> queue = new AtomicReference<>();
        Flux.<WatchEvent>create(sink -> queue.set(new EventQueue(sink, 1000))).subscribe(told::add);
        return queue.get();
    }

    private static void registerAll(Registry registry) {
        while (registry.isBusy()) {
            registry.registerSome(1);
        }
    }
}
