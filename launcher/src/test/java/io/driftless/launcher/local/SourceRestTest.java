package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceRestTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final FolderId FOLDER = new FolderId("f");
    private static final Metadata METADATA = new Metadata(0755, 0, 0, new Timestamp(1, 0));

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final MemoryIndex index = new MemoryIndex(now::get);
    private final SourceRest rest = new SourceRest(FOLDER, index, index, now::get);

    @BeforeEach
    void open() {
        index.open(FOLDER, UUID.randomUUID()).block(PATIENCE);
    }

    @Test
    void what_can_be_committed_is_waited_for() {
        link("a");

        assertThat(isHopeless()).isFalse();
    }

    @Test
    void what_was_read_once_and_cannot_be_read_now_is_not_waited_for() {
        waits(link("a"), ErrorCode.ENTRY_UNREADABLE);

        assertThat(isHopeless()).isTrue();
    }

    @Test
    void nor_is_what_lies_in_a_directory_that_waits_and_was_never_committed() {
        waits(directory("d"), ErrorCode.MOUNT_CHANGED);
        directory("d/sub");
        link("d/sub/a");

        assertThat(isHopeless()).isTrue();
    }

    @Test
    void a_large_file_has_its_turn_some_time() {
        waits(link("a"), ErrorCode.LARGE_PENDING);

        assertThat(isHopeless()).isFalse();
    }

    @Test
    void one_that_comes_after_many_that_wait_is_found() {
        for (int i = 100; i < 300; i++) {
            waits(link("w" + i), ErrorCode.ENTRY_UNREADABLE);
        }
        assertThat(isHopeless()).isTrue();

        link("z");

        assertThat(isHopeless()).isFalse();
    }

    /** As what was below a directory that went: whether it is still there is looked at soon. */
    @Test
    void what_was_just_found_gone_or_failed_once_is_waited_for() {
        write(link("a"), new State.Waiting(ErrorCode.ENTRY_VANISHED, 2, NOON));
        assertThat(isHopeless()).isFalse();

        write(link("a"), new State.Waiting(ErrorCode.ENTRY_UNREADABLE, 1, NOON));
        assertThat(isHopeless()).isFalse();

        write(link("a"), new State.Waiting(ErrorCode.ENTRY_UNREADABLE, 2, NOON));
        assertThat(isHopeless()).isTrue();
    }

    @Test
    void is_not_looked_for_all_the_time() {
        link("a");
        assertThat(isHopeless()).isFalse();
        waits(link("a"), ErrorCode.ENTRY_UNREADABLE);

        assertThat(rest.isHopeless().block(PATIENCE)).isFalse();
        assertThat(isHopeless()).isTrue();
    }

    private boolean isHopeless() {
        now.updateAndGet(time -> time.plusSeconds(2));
        return rest.isHopeless().blockOptional(PATIENCE).orElseThrow();
    }

    private Entry link(String path) {
        return found(
                new Entry.SymlinkEntry(EntryPath.parse(path), METADATA, LinkTarget.parse("to")));
    }

    private Entry directory(String path) {
        return found(new Entry.DirectoryEntry(EntryPath.parse(path), METADATA));
    }

    private Entry found(Entry entry) {
        write(entry, new State.Ok());
        return entry;
    }

    private void waits(Entry entry, ErrorCode code) {
        write(entry, new State.Waiting(code, 3, NOON));
    }

    private void write(Entry entry, State state) {
        Optional<Version> known =
                index
                        .rows(FOLDER, List.of(entry.path()))
                        .blockOptional(PATIENCE)
                        .orElseThrow()
                        .stream()
                        .map(Row::version)
                        .findFirst();
        var write =
                new RowWrite(
                        entry.path(),
                        known,
                        state,
                        Optional.empty(),
                        Optional.of(entry),
                        Optional.empty());
        assertThat(index.write(FOLDER, List.of(write)).block(PATIENCE))
                .doesNotContain(Optional.empty());
    }
}
