package io.driftless.testkit.tree;

import io.driftless.path.EntryPath;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Edits a directory on a Linux disk, with nothing but {@code java.nio} and {@code mkfifo}. */
public final class DiskEditor implements TreeEditor {
    private static final byte[] KEPT = "kept".getBytes(StandardCharsets.UTF_8);
    private static final int MODE_BITS = 07777;
    private static final int KIND_BITS = 0170000;

    private final Path root;
    private final Path aside;
    private final Path outside;

    /**
     * @param home an empty directory; the root is made in it, beside what is outside
     */
    public DiskEditor(Path home) {
        root = home.resolve("root");
        aside = home.resolve("aside");
        outside = home.resolve("outside");
        act(() -> Files.createDirectory(root));
        act(() -> Files.createDirectory(outside));
        act(() -> Files.write(outside.resolve("kept"), KEPT));
    }

    public Path root() {
        return root;
    }

    @Override
    public void write(EntryPath path, byte[] bytes) {
        edit(path, file -> Files.write(file, bytes));
    }

    @Override
    public void makeDirectory(EntryPath path) {
        edit(path, Files::createDirectory);
    }

    @Override
    public void makeSymlink(EntryPath path, LinkTarget target) {
        edit(path, link -> Files.createSymbolicLink(link, RawPaths.ofTarget(target)));
    }

    @Override
    public void makeOther(EntryPath path) {
        edit(path, fifo -> run("mkfifo", fifo.toString()));
    }

    private static void run(String... command) throws IOException {
        try {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new IOException(command[0] + " ended with " + status);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    @Override
    public void makeHardLink(EntryPath from, EntryPath to) {
        edit(from, file -> Files.createLink(at(to), file));
    }

    @Override
    public void rename(EntryPath from, EntryPath to) {
        act(() -> Files.move(at(from), at(to), StandardCopyOption.ATOMIC_MOVE));
        moveChangeTime(at(to), Optional.empty());
    }

    @Override
    public void changeMode(EntryPath path, int mode) {
        edit(path, file -> Files.setAttribute(file, "unix:mode", mode));
    }

    @Override
    public void setModified(EntryPath path, Timestamp modified) {
        FileTime time = FileTime.from(Instant.ofEpochSecond(modified.seconds(), modified.nanos()));
        edit(path, file -> times(file).setTimes(time, null, null));
    }

    private static BasicFileAttributeView times(Path file) {
        return Files.getFileAttributeView(
                file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void delete(EntryPath path) {
        names(path).forEach(this::delete);
        if (!path.isRoot()) {
            act(() -> Files.delete(at(path)));
        }
    }

    @Override
    public Optional<byte[]> read(EntryPath path) {
        boolean isFile = stat(path).filter(stat -> stat.kind() == Stat.Kind.FILE).isPresent();
        return isFile ? Optional.of(ask(() -> Files.readAllBytes(at(path)))) : Optional.empty();
    }

    @Override
    public Optional<Stat> stat(EntryPath path) {
        Path file = at(path);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(ask(() -> statOf(file)))
                : Optional.empty();
    }

    private static Stat statOf(Path file) throws IOException {
        Map<String, Object> unix = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        int mode = number(unix, "mode").intValue();
        Stat.Kind kind =
                switch (mode & KIND_BITS) {
                    case 0100000 -> Stat.Kind.FILE;
                    case 0040000 -> Stat.Kind.DIRECTORY;
                    case 0120000 -> Stat.Kind.SYMLINK;
                    default -> Stat.Kind.OTHER;
                };
        Metadata metadata =
                new Metadata(
                        mode & MODE_BITS,
                        number(unix, "uid").intValue(),
                        number(unix, "gid").intValue(),
                        time(unix, "lastModifiedTime"));
        return new Stat(
                kind,
                kind == Stat.Kind.FILE ? number(unix, "size").longValue() : 0,
                metadata,
                time(unix, "ctime"),
                device(number(unix, "dev").longValue()),
                number(unix, "ino").longValue(),
                number(unix, "nlink").intValue());
    }

    /** The major number in the upper half, the minor one in the lower, as statx has them. */
    private static long device(long packed) {
        long major = ((packed >>> 8) & 0xfff) | ((packed >>> 32) & ~0xfffL);
        long minor = (packed & 0xff) | ((packed >>> 12) & ~0xffL & 0xffff_ffffL);
        return major << 32 | minor;
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return (Number) attribute(attributes, name);
    }

    private static Timestamp time(Map<String, Object> attributes, String name) {
        Instant instant = ((FileTime) attribute(attributes, name)).toInstant();
        return new Timestamp(instant.getEpochSecond(), instant.getNano());
    }

    private static Object attribute(Map<String, Object> attributes, String name) {
        Object value = attributes.get(name);
        if (value == null) {
            throw new AssertionError("no attribute " + name);
        }
        return value;
    }

    @Override
    public Optional<LinkTarget> target(EntryPath path) {
        Path link = at(path);
        return Files.isSymbolicLink(link)
                ? Optional.of(ask(() -> RawPaths.toTarget(Files.readSymbolicLink(link))))
                : Optional.empty();
    }

    @Override
    public List<EntryPath> names(EntryPath directory) {
        if (stat(directory).filter(stat -> stat.kind() == Stat.Kind.DIRECTORY).isEmpty()) {
            return List.of();
        }
        List<EntryPath> names = new ArrayList<>();
        act(() -> {
            try (DirectoryStream<Path> paths = Files.newDirectoryStream(at(directory))) {
                paths.forEach(path -> names.add(directory.child(RawPaths.nameOf(path))));
            }
        });
        return names.stream().sorted().toList();
    }

    @Override
    public boolean close(EntryPath path) {
        if (System.getProperty("user.name", "").equals("root")) {
            return false;
        }
        changeMode(path, 0);
        return true;
    }

    /** Another thread touches the file as fast as it can, and has begun to. */
    @Override
    public Disturbance disturbReads(EntryPath path) {
        Timestamp before = stat(path).orElseThrow().changed();
        Thread toucher = Thread.ofPlatform().daemon().start(() -> touchUntilInterrupted(at(path)));
        while (stat(path).orElseThrow().changed().equals(before)) {
            Thread.onSpinWait();
        }
        return () -> {
            toucher.interrupt();
            join(toucher);
        };
    }

    private static void touchUntilInterrupted(Path file) {
        for (long second = 1; !Thread.currentThread().isInterrupted(); second++) {
            FileTime time = FileTime.from(Instant.ofEpochSecond(second));
            act(() -> times(file).setTimes(time, null, null));
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void hideRoot() {
        act(() -> Files.move(root, aside));
    }

    @Override
    public void swapRoot() {
        hideRoot();
        act(() -> Files.createDirectory(root));
    }

    @Override
    public void showRoot() {
        act(() -> Files.deleteIfExists(root));
        act(() -> Files.move(aside, root));
    }

    @Override
    public LinkTarget outside() {
        return LinkTarget.parse(outside.toString());
    }

    @Override
    public boolean isOutsideIntact() {
        boolean isKept =
                Arrays.equals(ask(() -> Files.readAllBytes(outside.resolve("kept"))), KEPT);
        try (var names = ask(() -> Files.list(outside))) {
            return isKept && names.count() == 1;
        }
    }

    private Path at(EntryPath path) {
        return RawPaths.below(root, path);
    }

    private void edit(EntryPath path, Edit edit) {
        Path file = at(path);
        Optional<Stat> before = stat(path);
        act(() -> edit.apply(file));
        moveChangeTime(file, before);
    }

    /** Two edits within one tick of the kernel's clock would have the same change time. */
    private static void moveChangeTime(Path file, Optional<Stat> before) {
        Timestamp old = before.map(Stat::changed).orElse(ask(() -> statOf(file)).changed());
        boolean isNew = before.isEmpty();
        while (!isNew && ask(() -> statOf(file)).changed().equals(old)) {
            FileTime modified = ask(() -> times(file).readAttributes().lastModifiedTime());
            act(() -> times(file).setTimes(modified, null, null));
        }
    }

    private interface Edit {
        void apply(Path file) throws IOException;
    }

    private interface Action {
        void run() throws IOException;
    }

    private interface Question<T> {
        T answer() throws IOException;
    }

    private static void act(Action action) {
        try {
            action.run();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static <T> T ask(Question<T> question) {
        try {
            return question.answer();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}
