package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.Marker;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.Removal;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.testkit.tree.DiskEditor;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What a target must withstand on a real disk, beyond the suite that every target passes. */
@Tag("P3")
@Tag("P7")
class LinuxTargetSafetyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");
    private static final Marker MARKER = new Marker("t", "f", new UUID(1, 2), "a", 1);
    private static final Metadata METADATA =
            new Metadata(0640, uid(), gid(), new Timestamp(1_234_567_890, 5));

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private Path home;
    private DiskEditor editor;
    private LinuxTargetTree target;
    private int names;

    @BeforeEach
    void claimTarget(@TempDir Path directory) {
        home = directory;
        editor = new DiskEditor(directory);
        claim(TrashLimits.DEFAULT);
    }

    private void claim(TrashLimits limits) {
        InstantSource clock = now::get;
        target = new LinuxTargetTree(editor.root(), Schedulers.boundedElastic(), clock, limits);
        target.claim(MARKER).block(PATIENCE);
    }

    @AfterEach
    void release() throws Exception {
        target.release().block(PATIENCE);
        sh("rm -rf root/nnn*; umount $(grep -o \"$PWD/root[^ ]*\" /proc/self/mounts)");
    }

    private static int uid() {
        return (int) attribute("unix:uid");
    }

    private static int gid() {
        return (int) attribute("unix:gid");
    }

    private static Object attribute(String name) {
        try {
            return Files.getAttribute(Path.of("/proc/self"), name);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private boolean sh(String script) throws Exception {
        return new ProcessBuilder("sh", "-c", script).directory(home.toFile()).start().waitFor()
                == 0;
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static <T> T get(Mono<T> answer) {
        return Objects.requireNonNull(answer.block(PATIENCE));
    }

    private Outcome place(String path, String text, Optional<Stat> expected) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<BlockRef> blocks = List.of(new BlockRef(Sha256.block(bytes), bytes.length));
        Content content =
                new Content(
                        Sha256.content(blocks), bytes.length, new Content.Blocks.Inline(blocks));
        Entry.FileEntry entry = new Entry.FileEntry(path(path), METADATA, content);
        StageName name = new StageName("s-" + names++);
        Outcome staged =
                get(target.stage(
                                List.of(
                                        new SmallFile(
                                                entry, name, List.of(ByteBuffer.wrap(bytes))))))
                        .getFirst();
        return staged instanceof Outcome.Failed
                ? staged
                : get(target.place(List.of(new Placement(entry, name, expected)))).getFirst();
    }

    private Outcome remove(String path) {
        return get(target.remove(List.of(new Removal(path(path), Optional.empty())))).getFirst();
    }

    private Outcome makeDirectory(String path) {
        Entry entry = new Entry.DirectoryEntry(path(path), METADATA);
        return get(target.makeDirectories(
                        List.of(new Placement(entry, new StageName("d"), Optional.empty()))))
                .getFirst();
    }

    private Outcome setMode(String path, int mode) {
        Metadata metadata = new Metadata(mode, uid(), gid(), METADATA.modified());
        return get(target.setMetadata(
                        List.of(new MetadataChange(path(path), metadata, Optional.empty()))))
                .getFirst();
    }

    private static void assertFailed(Outcome outcome, ErrorCode code) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class, failed -> assertThat(failed.code()).isEqualTo(code));
    }

    private static void assertTrashed(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.trashed()).isTrue());
    }

    @Test
    void never_changes_anything_through_a_symlink_that_comes_and_goes() throws Exception {
        editor.makeDirectory(path("d"));
        editor.makeSymlink(path("link"), LinkTarget.parse("../outside"));

        try (Swapping _ = Swapping.of(editor.root().resolve("d"), editor.root().resolve("link"))) {
            for (int i = 0; i < 1000; i++) {
                place("d/new", "new", Optional.empty());
                remove("d/kept");
                remove("d/new");
                makeDirectory("d/made");
                setMode("d/kept", 0);
                setMode("d", 0755);
                get(target.moveToTrash(List.of(path("d/kept"), path("d/made"))));
            }
        }

        assertThat(editor.isOutsideIntact()).isTrue();
        assertThat(Files.getAttribute(home.resolve("outside/kept"), "unix:mode"))
                .isNotEqualTo(0100000);
    }

    @Test
    void loses_no_edit_that_comes_between_look_and_rename() throws Exception {
        editor.write(path("f"), "0".getBytes(StandardCharsets.UTF_8));
        Path file = editor.root().resolve("f");
        for (int i = 1; i <= 300; i++) {
            Stat expected = editor.stat(path("f")).orElseThrow();
            String edit = "edit-" + i;
            Thread user = Thread.ofPlatform().start(() -> replace(file, edit));
            place("f", "ours", Optional.of(expected));
            user.join();

            String there = Files.readString(file);
            assertThat(there.equals(edit) || trashHolds(edit)).as("%s is kept", edit).isTrue();
        }
    }

    @Test
    void takes_for_its_own_no_edit_that_comes_once_it_is_seen() throws Exception {
        editor.write(path("f"), "theirs".getBytes(StandardCharsets.UTF_8));
        Path file = editor.root().resolve("f");
        target.release().block(PATIENCE);
        // The clock is asked once the new file is seen, and the old one goes to the trash.
        InstantSource clock =
                () -> {
                    if (read(file).equals("ours")) {
                        replace(file, "edited");
                    }
                    return START;
                };
        target =
                new LinuxTargetTree(
                        editor.root(), Schedulers.boundedElastic(), clock, TrashLimits.DEFAULT);
        target.claim(new Marker("t", "f", new UUID(1, 2), "a", 1)).block(PATIENCE);

        Outcome placed = place("f", "ours", Optional.empty());

        assertThat(read(file)).isEqualTo("edited");
        assertThat(trashHolds("theirs")).isTrue();
        assertTrashed(placed);
        assertThat(placed)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done ->
                                assertThat(
                                                done.stat()
                                                        .orElseThrow()
                                                        .isSameTuple(seen("f").orElseThrow()))
                                        .isFalse());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void keeps_what_is_written_to_a_file_that_is_replaced_or_removed_while_it_is_open()
            throws Exception {
        for (String name : List.of("replaced", "removed", "mapped")) {
            place(name, "as it was", Optional.empty());
        }
        try (FileChannel replaced = open("replaced");
                FileChannel removed = open("removed")) {
            MappedByteBuffer mapped = map("mapped");

            assertTrashed(place("replaced", "ours", seen("replaced")));
            assertTrashed(removeSeen("removed"));
            assertTrashed(place("mapped", "ours", seen("mapped")));
            replaced.write(ByteBuffer.wrap("REPLACED!".getBytes(StandardCharsets.UTF_8)));
            removed.write(ByteBuffer.wrap("REMOVED!!".getBytes(StandardCharsets.UTF_8)));
            mapped.put("MAPPED!!!".getBytes(StandardCharsets.UTF_8));
        }

        for (String edit : List.of("REPLACED!", "REMOVED!!", "MAPPED!!!")) {
            assertThat(trashHolds(edit)).as("%s is kept", edit).isTrue();
        }
    }

    @Test
    void keeps_nothing_of_a_file_that_is_only_read() throws Exception {
        place("f", "as it was", Optional.empty());
        try (FileChannel _ = FileChannel.open(editor.root().resolve("f"))) {
            assertGone(place("f", "ours", seen("f")));
            assertGone(removeSeen("f"));
        }
    }

    private Optional<Stat> seen(String name) {
        return editor.stat(path(name));
    }

    private Outcome removeSeen(String name) {
        return get(target.remove(List.of(new Removal(path(name), seen(name))))).getFirst();
    }

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(editor.root().resolve(name), StandardOpenOption.WRITE);
    }

    /** The descriptor is closed, the mapping stays. */
    private MappedByteBuffer map(String name) throws IOException {
        try (FileChannel file =
                FileChannel.open(
                        editor.root().resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return file.map(FileChannel.MapMode.READ_WRITE, 0, file.size());
        }
    }

    private static void assertGone(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.trashed()).isFalse());
    }

    /** Saves as editors do. */
    private void replace(Path file, String text) {
        try {
            Path saved = Files.writeString(home.resolve("saved"), text);
            Files.move(saved, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            throw new AssertionError(refused);
        }
    }

    private boolean trashHolds(String text) throws IOException {
        try (var files = Files.walk(editor.root().resolve(".driftless/trash"))) {
            return files.filter(Files::isRegularFile).anyMatch(file -> holds(file, text));
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.readString(file).equals(text);
        } catch (IOException refused) {
            throw new AssertionError(refused);
        }
    }

    @Test
    void does_not_touch_another_file_system_that_is_mounted_inside() throws Exception {
        editor.makeDirectory(path("m"));
        assumeTrue(
                sh("mount -t tmpfs none root/m && chmod 1777 root/m"),
                "this process may not mount");
        editor.write(path("m/theirs"), new byte[1]);

        assertFailed(place("m/ours", "x", Optional.empty()), ErrorCode.CROSS_DEVICE);
        assertFailed(remove("m/theirs"), ErrorCode.CROSS_DEVICE);
        assertFailed(remove("m"), ErrorCode.CROSS_DEVICE);
        assertFailed(makeDirectory("m/d"), ErrorCode.CROSS_DEVICE);
        assertFailed(makeDirectory("m"), ErrorCode.CROSS_DEVICE);
        assertFailed(setMode("m", 0700), ErrorCode.CROSS_DEVICE);
        assertFailed(setMode("m/theirs", 0700), ErrorCode.CROSS_DEVICE);
        assertFailed(
                get(target.moveToTrash(List.of(path("m")))).getFirst(), ErrorCode.CROSS_DEVICE);

        assertThat(editor.names(path("m"))).containsExactly(path("m/theirs"));
        assertThat(editor.stat(path("m")).orElseThrow().metadata().mode()).isEqualTo(01777);
    }

    @Test
    void deletes_nothing_of_a_mount_that_went_to_the_trash_with_its_directory() throws Exception {
        editor.makeDirectory(path("a"));
        editor.makeDirectory(path("a/m"));
        editor.write(path("a/f"), new byte[1]);
        Path device = Files.createDirectory(home.resolve("device"));
        Files.write(device.resolve("theirs"), new byte[1]);
        assumeTrue(sh("mount --bind device root/a/m"), "this process may not mount");

        assertTrashed(get(target.moveToTrash(List.of(path("a")))).getFirst());
        now.set(START.plus(Duration.ofDays(30)));
        editor.write(path("g"), new byte[1]);
        assertTrashed(remove("g"));

        assertThat(device.resolve("theirs")).exists();
    }

    /** The lock that it has is on the same file, and is in nobody's way. */
    @Test
    void is_claimed_again_when_its_root_is_back_through_another_mount() throws Exception {
        release();
        assumeTrue(sh("mkdir real && mount --bind real root"), "this process may not mount");
        claim(TrashLimits.DEFAULT);
        place("f", "as it was", Optional.empty());
        try {
            assertThat(sh("umount -l root && mkdir other && mount -t tmpfs none other")).isTrue();
            assertLost();
            assertThat(sh("mount --bind real root")).isTrue();
            assertLost();

            assertThat(get(target.adopt(_ -> Mono.just(true)))).isTrue();
            assertThat(get(target.claim(MARKER))).contains(MARKER);

            assertThat(place("g", "ours", Optional.empty())).isInstanceOf(Outcome.Done.class);
            assertThat(sh("flock -n real/.driftless/lock true")).as("the lock is free").isFalse();
        } finally {
            sh("umount other");
        }
    }

    private void assertLost() {
        assertThatThrownBy(() -> target.look(List.of(path("f"))).block(PATIENCE))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        lost -> assertThat(lost.code()).isEqualTo(ErrorCode.ROOT_LOST));
    }

    @Test
    void gives_the_trash_up_when_space_is_short() throws Exception {
        release();
        assumeTrue(sh("mount -t tmpfs -o size=5m none root"), "this process may not mount");
        claim(TrashLimits.DEFAULT);
        editor.write(path("theirs"), new byte[3 << 20]);
        assertTrashed(remove("theirs"));

        Outcome placed = place("ours", "x".repeat(3 << 20), Optional.empty());
        Outcome tooMuch = place("more", "x".repeat(3 << 20), Optional.empty());

        assertThat(placed).isInstanceOf(Outcome.Done.class);
        assertThat(editor.names(path(".driftless/trash"))).isEmpty();
        assertFailed(tooMuch, ErrorCode.NO_SPACE);
        assertThat(get(target.leftovers())).isEmpty();
    }

    /** Removals are what makes room again. */
    @Test
    void removes_though_there_is_no_room_for_a_bin_in_the_trash() throws Exception {
        release();
        assumeTrue(sh("mount -t tmpfs -o nr_inodes=40 none root"), "this process may not mount");
        claim(TrashLimits.DEFAULT);
        editor.write(path("theirs"), new byte[1]);
        sh("for i in $(seq 40); do touch root/full-$i; done");

        assertThat(remove("theirs")).isInstanceOf(Outcome.Done.class);
        List<StageName> left = leftovers();
        target.keep(left).block(PATIENCE);

        assertThat(left).hasSize(1);
        assertThat(leftovers()).isEqualTo(left);
        sh("rm root/full-*");
        target.keep(left).block(PATIENCE);
        assertThat(leftovers()).isEmpty();
        assertThat(editor.names(path(".driftless/trash"))).hasSize(1);
    }

    private List<StageName> leftovers() {
        return get(target.leftovers()).stream().map(Leftover::name).toList();
    }

    /** Its intent alone tells then that it is not ours. */
    @Test
    void fails_as_a_whole_where_what_came_out_can_neither_go_to_the_trash_nor_be_named()
            throws Exception {
        release();
        Trash trash = new Trash(TrashLimits.DEFAULT, now::get);
        target =
                new LinuxTargetTree(
                        editor.root(), Schedulers.boundedElastic(), trash, new NoNewNames());
        target.claim(new Marker("t", "f", new UUID(1, 2), "a", 1)).block(PATIENCE);
        editor.write(path("f"), "theirs".getBytes(StandardCharsets.UTF_8));
        sh("rm -r root/.driftless/trash; touch root/.driftless/trash");

        assertThatThrownBy(() -> place("f", "ours", Optional.empty()))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NO_SPACE));

        assertThat(leftovers()).containsExactly(new StageName("s-0"));
        assertThat(editor.read(path(".driftless/stage/s-0")))
                .contains("theirs".getBytes(StandardCharsets.UTF_8));
    }

    /** A disk that has no room for one more name, but for those that are there. */
    private static final class NoNewNames extends Renames {
        NoNewNames() {
            super(true);
        }

        @Override
        int move(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
            return -Errno.ENOSPC;
        }
    }

    @Test
    void lets_the_trash_grow_neither_old_nor_big() {
        target.release().block(PATIENCE);
        claim(new TrashLimits(Duration.ofDays(2), 1000));

        trash("old", 10);
        now.set(START.plus(Duration.ofDays(3)));
        trash("big", 900);
        now.set(START.plus(Duration.ofDays(3)).plus(Duration.ofHours(2)));
        trash("new", 200);

        assertThat(editor.names(path(".driftless/trash"))).hasSize(1);
        assertThat(editor.names(editor.names(path(".driftless/trash")).getFirst()))
                .extracting(EntryPath::name)
                .containsExactly("new");
    }

    private void trash(String name, int size) {
        editor.write(path(name), new byte[size]);
        assertTrashed(remove(name));
    }

    @Test
    void keeps_a_path_in_the_trash_that_is_longer_than_a_call_can_take() throws Exception {
        String name = "n".repeat(250);
        StringBuilder deep = new StringBuilder(name);
        makeDirectory(name);
        for (int i = 1; i < 16; i++) {
            deep.append('/').append(name);
            makeDirectory(deep.toString());
        }
        String file = deep + "/" + "m".repeat(70);

        assertThat(place(file, "theirs", Optional.empty())).isInstanceOf(Outcome.Done.class);
        assertTrashed(remove(file));
        assertTrashed(get(target.moveToTrash(List.of(path(name)))).getFirst());
        assertThat(sh("test $(find root/.driftless/trash -type f | wc -l) = 1")).isTrue();

        now.set(START.plus(Duration.ofDays(30)));
        trash("g", 1);
        assertThat(editor.names(path(".driftless/trash"))).hasSize(1);
    }

    @Test
    void places_symlinks_of_any_bytes_with_owner_and_time() {
        LinkTarget to = LinkTarget.parse("/%FF/%01 nowhere");
        Metadata metadata = new Metadata(0777, uid(), gid(), new Timestamp(-5, 999_999_999));
        Entry entry = new Entry.SymlinkEntry(path("l%FE"), metadata, to);

        Outcome outcome =
                get(target.place(
                                List.of(
                                        new Placement(
                                                entry, new StageName("l"), Optional.empty()))))
                        .getFirst();

        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        assertThat(editor.target(path("l%FE"))).contains(to);
        assertThat(editor.stat(path("l%FE")).orElseThrow().metadata()).isEqualTo(metadata);
    }

    @Test
    void places_what_it_may_not_give_away_as_its_own_without_set_id_bits() {
        assumeTrue(uid() != 0, "this process may set every owner");
        Metadata wanted = new Metadata(06755, 0, 0, METADATA.modified());

        Outcome made = makeDirectory("d");
        Outcome set =
                get(target.setMetadata(
                                List.of(new MetadataChange(path("d"), wanted, Optional.empty()))))
                        .getFirst();

        assertThat(made).isInstanceOf(Outcome.Done.class);
        assertThat(set)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done ->
                                assertThat(done.stat())
                                        .map(Stat::metadata)
                                        .contains(
                                                new Metadata(
                                                        0755, uid(), gid(), METADATA.modified())));
    }

    @Test
    void lets_nobody_else_look_into_what_is_staged() {
        editor.changeMode(path(".driftless"), 0777);
        target.release().block(PATIENCE);

        claim(TrashLimits.DEFAULT);

        assertThat(editor.stat(path(".driftless")).orElseThrow().metadata().mode()).isEqualTo(0700);
    }
}
