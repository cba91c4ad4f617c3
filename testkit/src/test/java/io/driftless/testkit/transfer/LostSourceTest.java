package io.driftless.testkit.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.driftless.error.ErrorCode;
import io.driftless.guard.Standing.Decision;
import io.driftless.indexer.IndexSettings;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.port.ParkedRemovals.ParkedSet;
import io.driftless.transfer.TransferFlow;
import io.driftless.tree.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * P4: a root that vanished or was swapped, a mount that went away and a directory that cannot be
 * read never cause a removal. The folder is small, so that the removals would not be too many.
 */
@Tag("P4")
class LostSourceTest extends FlowFixture {
    private List<ErrorCode> troubles() {
        return index.tally(FOLDER.id()).block().stream().map(Tally::code).toList();
    }

    private void assertFollows() {
        assertThat(committed()).isEqualTo(atSource());
        assertThat(troubles()).isEmpty();
    }

    @Test
    void a_root_that_vanished_is_waited_for() {
        directory("a", 10);
        scan();
        watch();
        Set<EntryPath> all = committed();

        source.hideRoot();
        scan();
        pass(Duration.ofMinutes(30));
        assertThat(committed()).isEqualTo(all);

        source.showRoot();
        write("new", "after");
        source.delete(path("a/f1"));
        pass(Duration.ofSeconds(60));
        assertFollows();
    }

    @Test
    void a_root_that_vanished_before_it_was_watched_is_watched_when_it_is_back() {
        directory("a", 10);
        scan();
        source.hideRoot();
        watch();
        pass(Duration.ofMinutes(30));

        source.showRoot();
        pass(Duration.ofSeconds(60));
        write("a/new", "after");
        pass(Duration.ofSeconds(60));
        assertFollows();
    }

    @Test
    void a_root_that_was_swapped_removes_nothing() {
        directory("a", 10);
        scan();
        watch();
        Set<EntryPath> all = committed();

        source.swapRoot();
        scan();
        write("foreign", "of another tree");
        pass(Duration.ofMinutes(30));
        assertThat(committed()).isEqualTo(all);

        source.showRoot();
        scan();
        pass(Duration.ofSeconds(60));
        assertFollows();
    }

    @Test
    void a_root_that_is_another_directory_at_the_start_is_not_the_source() {
        directory("a", 10);
        scan();
        Set<EntryPath> all = committed();

        source.swapRoot();
        startIndexer(IndexSettings.defaults());
        scan();
        pass(Duration.ofMinutes(30));
        assertThat(committed()).isEqualTo(all);

        source.showRoot();
        pass(Duration.ofSeconds(60));
        scan();
        assertFollows();
    }

    /** What came back was not seen, and at the start of the process nothing is mounted yet. */
    @Test
    void an_empty_directory_at_the_start_lets_nothing_go_that_was_approved() {
        directory("a", 60);
        directory("b", 60);
        scan();
        source.delete(path("a"));
        scan();
        Set<EntryPath> all = committed();
        directory("a", 60);

        source.swapRoot();
        List<String> said =
                said(() -> {
                    startCommitter("another");
                    approve();
                    pass(Duration.ofMinutes(30));
                });
        assertThat(committed()).isEqualTo(all);
        assertThat(said).anyMatch(line -> line.contains("code=" + ErrorCode.ROOT_LOST.id()));

        source.showRoot();
        pass(Duration.ofSeconds(60));
        scan();
        assertFollows();
    }

    private void approve() {
        ParkedSet set = index.sets(FOLDER.id()).block().getFirst();
        index.decide(FOLDER.id(), set.id(), Decision.APPROVED).block();
        index.announce(FOLDER.id()).block();
    }

    /** What the transfer flow logs meanwhile. */
    private static List<String> said(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger(TransferFlow.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.WARN);
        work.run();
        logger.setLevel(null);
        logger.detachAppender(log);
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** As after a remount or a reboot: other numbers, the same files. */
    @Test
    void a_root_with_another_identity_is_known_by_what_is_in_it() {
        directory("a", 10);
        scan();
        watch();

        Map<EntryPath, Entry> before = source.snapshot();
        source.swapRoot();
        scan();
        directory("a", 5);
        for (int i = 0; i < 5; i++) {
            EntryPath path = path("a/f" + i);
            source.touch(path, before.get(path).metadata().modified());
        }
        pass(Duration.ofSeconds(60));
        scan();
        assertFollows();
    }

    /** H4 */
    @Test
    void a_mount_that_goes_away_removes_nothing_and_is_back_by_itself() {
        directory("a", 10);
        source.mkdir(path("a/m"));
        source.mount(path("a/m"));
        directory("a/m/d", 5);
        scan();
        assertFollows();
        watch();
        Set<EntryPath> all = committed();

        source.unmount(path("a/m"));
        write("a/m/foreign", "in the directory below the mount");
        write("a/new", "goes on");
        scan();
        scan();
        all.add(path("a/new"));
        assertThat(committed()).isEqualTo(all);
        assertThat(troubles()).containsExactly(ErrorCode.MOUNT_CHANGED);

        source.delete(path("a/m"));
        scan();
        assertThat(committed()).isEqualTo(all);
        assertThat(troubles()).containsExactly(ErrorCode.MOUNT_CHANGED);
    }

    @Test
    void a_mount_that_covers_a_directory_removes_nothing_and_is_gone_by_itself() {
        coversForAWhile(source::mount);
    }

    @Test
    void a_bind_mount_that_covers_a_directory_removes_nothing_and_is_gone_by_itself() {
        coversForAWhile(source::bind);
    }

    private void coversForAWhile(Consumer<EntryPath> cover) {
        directory("a", 10);
        directory("a/m", 5);
        scan();
        watch();
        Set<EntryPath> all = committed();

        cover.accept(path("a/m"));
        write("a/m/f0", "of what is mounted");
        write("a/m/foreign", "too");
        scan();
        scan();
        assertThat(committed()).isEqualTo(all);
        assertThat(troubles()).containsExactly(ErrorCode.MOUNT_CHANGED);

        source.unmount(path("a/m"));
        source.delete(path("a/m/f1"));
        pass(Duration.ofMinutes(6));
        assertFollows();
    }

    @Test
    void a_mount_that_was_accepted_is_right_as_it_is() {
        directory("a", 5);
        source.mkdir(path("m"));
        source.mount(path("m"));
        directory("m/d", 5);
        scan();
        source.unmount(path("m"));
        source.mount(path("a"));
        scan();
        assertThat(troubles()).containsExactly(ErrorCode.MOUNT_CHANGED);

        startIndexer(IndexSettings.defaults().withAcceptMounts(true));
        scan();
        assertFollows();

        startIndexer(IndexSettings.defaults());
        directory("a/new", 3);
        scan();
        assertFollows();
    }

    /** H4: of the same device, so only the mount tells. */
    @Test
    void a_bind_mount_that_goes_away_removes_nothing() {
        directory("a", 10);
        source.mkdir(path("a/m"));
        source.bind(path("a/m"));
        directory("a/m/d", 5);
        scan();
        assertFollows();
        watch();
        Set<EntryPath> all = committed();

        source.unmount(path("a/m"));
        write("a/m/foreign", "in the directory below the mount");
        scan();
        scan();
        assertThat(committed()).isEqualTo(all);
        assertThat(troubles()).containsExactly(ErrorCode.MOUNT_CHANGED);
    }

    private Set<EntryPath> mountBelow() {
        directory("a", 10);
        source.mkdir(path("a/m"));
        source.mount(path("a/m"));
        directory("a/m/d", 5);
        scan();
        assertFollows();
        return committed();
    }

    @Test
    void a_mount_is_known_when_the_index_was_lost() {
        mountBelow();

        loseIndex(() -> {});

        assertFollows();
        write("a/m/d/new", "goes on");
        scan();
        assertFollows();
    }

    /** Whoever looks before the index is made again sees a directory like any other. */
    @Test
    void a_mount_that_is_away_when_the_index_was_lost_removes_nothing() {
        Set<EntryPath> all = mountBelow();
        List<Entry> entries = entriesBelow("a/m");

        loseIndex(() -> {
            source.unmount(path("a/m"));
            directory("a/m/d", 1);
            write("a/m/d/f0", "in the directory below the mount");
            write("a/new", "goes on");
        });

        all.add(path("a/new"));
        assertThat(committed()).isEqualTo(all);
        assertThat(entriesBelow("a/m")).isEqualTo(entries);
        assertThat(troubles()).containsExactly(ErrorCode.MOUNT_CHANGED);
    }

    @Test
    void a_mount_that_covers_a_directory_when_the_index_was_lost_removes_nothing() {
        directory("a", 10);
        directory("a/m", 5);
        scan();
        Set<EntryPath> all = committed();

        loseIndex(() -> {
            source.mount(path("a/m"));
            write("a/m/f0", "of another file system");
        });
        assertThat(committed()).isEqualTo(all);
        assertThat(troubles()).containsExactly(ErrorCode.MOUNT_CHANGED);

        source.unmount(path("a/m"));
        source.delete(path("a/m/f1"));
        pass(Duration.ofMinutes(6));
        scan();
        assertFollows();
    }

    private List<Entry> entriesBelow(String directory) {
        return index.committedBelow(FOLDER.id(), path(directory), Optional.empty(), 100).block();
    }

    /** Root reads everything, so this one is not for a real file system. */
    @Test
    void what_cannot_be_read_is_not_removed() {
        directory("a", 10);
        directory("a/b", 10);
        scan();
        watch();
        Set<EntryPath> all = committed();

        source.setReadable(path("a"), false);
        scan();
        scan();
        assertThat(committed()).isEqualTo(all);
        assertThat(troubles()).contains(ErrorCode.ENTRY_UNREADABLE);

        source.setReadable(path("a"), true);
        source.delete(path("a/b/f3"));
        pass(Duration.ofMinutes(6));
        scan();
        assertFollows();
    }
}
