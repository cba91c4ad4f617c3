package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An open directory. Where the platform has {@link SecureDirectoryStream}, its names are resolved
 * from the handle, so a directory that was moved or replaced by a symlink leads nowhere else. What
 * only works with a whole path is checked: the path must lead to this directory before and after.
 */
final class PortableDirectory implements AutoCloseable {
    private final Path path;
    private final DirectoryStream<Path> stream;

    private PortableDirectory(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
    }

    /** By its name in the file system; here alone symlinks count, as the name is the operator's. */
    static PortableDirectory open(Path path) throws IOException {
        return new PortableDirectory(path, Files.newDirectoryStream(path));
    }

    /** The directory at a path below this one, through no symlink. */
    PortableDirectory open(EntryPath below) throws IOException {
        if (below.isRoot()) {
            return reopen();
        }
        try (PortableDirectory parent = open(below.parent())) {
            return parent.child(below.nameBytes());
        }
    }

    private PortableDirectory reopen() throws IOException {
        return stream instanceof SecureDirectoryStream<Path> secure
                ? new PortableDirectory(
                        path, secure.newDirectoryStream(Path.of("."), LinkOption.NOFOLLOW_LINKS))
                : open(path);
    }

    /**
     * A directory in this one. Anything else is not opened: opening a FIFO would wait for its
     * writer.
     */
    PortableDirectory child(byte[] name) throws IOException {
        Path named = PortablePaths.ofName(name);
        if (!attributes(named).isDirectory()) {
            throw new NotDirectoryException(path.resolve(named).toString());
        }
        DirectoryStream<Path> child =
                stream instanceof SecureDirectoryStream<Path> secure
                        ? secure.newDirectoryStream(named, LinkOption.NOFOLLOW_LINKS)
                        : Files.newDirectoryStream(path.resolve(named));
        return new PortableDirectory(path.resolve(named), child);
    }

    private BasicFileAttributes attributes(Path name) throws IOException {
        BasicFileAttributeView view =
                stream instanceof SecureDirectoryStream<Path> secure
                        ? secure.getFileAttributeView(
                                name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        : Files.getFileAttributeView(
                                path.resolve(name),
                                BasicFileAttributeView.class,
                                LinkOption.NOFOLLOW_LINKS);
        return view.readAttributes();
    }

    /** What tells this directory from every other; the path's own where there are no handles. */
    Object identity() throws IOException {
        BasicFileAttributes attributes =
                stream instanceof SecureDirectoryStream<Path> secure
                        ? secure.getFileAttributeView(BasicFileAttributeView.class).readAttributes()
                        : Files.readAttributes(path, BasicFileAttributes.class);
        return Objects.requireNonNullElse(attributes.fileKey(), path);
    }

    /** The whole path of a name, after making sure that it leads here. */
    Path checked(byte[] name) throws IOException {
        check();
        return path.resolve(PortablePaths.ofName(name));
    }

    /** Fails where the path does not lead to this directory any more. */
    void check() throws IOException {
        if (!(stream instanceof SecureDirectoryStream<Path>)) {
            return;
        }
        Object there = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        if (!identity().equals(there)) {
            throw new NoSuchFileException(path.toString());
        }
    }

    Stat stat(byte[] name) throws IOException {
        Stat stat = PortableStat.of(path.resolve(PortablePaths.ofName(name)));
        check();
        return stat;
    }

    /** The stat of this directory itself. */
    Stat stat() throws IOException {
        Stat stat = PortableStat.of(path.toRealPath());
        check();
        return stat;
    }

    /** Empty where nothing has this name. */
    Optional<Stat> statIfPresent(byte[] name) throws IOException {
        try {
            return Optional.of(stat(name));
        } catch (NoSuchFileException absent) {
            check();
            return Optional.empty();
        }
    }

    LinkTarget target(byte[] name) throws IOException {
        Path target = Files.readSymbolicLink(path.resolve(PortablePaths.ofName(name)));
        check();
        return PortablePaths.toTarget(target);
    }

    /** A name in a directory. */
    record Child(byte[] name, Stat.Kind kind) {}

    /**
     * All names in the order of their bytes. Once: a directory is read from its beginning to its
     * end.
     */
    List<Child> children() throws IOException {
        List<Child> children = new ArrayList<>();
        try {
            for (Path child : stream) {
                childOf(child).ifPresent(children::add);
            }
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
        children.sort((a, b) -> Arrays.compareUnsigned(a.name, b.name));
        return children;
    }

    /** Empty where it was removed since. */
    private Optional<Child> childOf(Path child) throws IOException {
        try {
            Stat.Kind kind = PortableStat.kindOf(attributes(child.getFileName()));
            return Optional.of(new Child(PortablePaths.nameOf(child), kind));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    /** Opens a file, never through a symlink. The caller has seen that it is a file. */
    FileChannel file(byte[] name, OpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Arrays.asList(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        Path named = PortablePaths.ofName(name);
        SeekableByteChannel channel =
                stream instanceof SecureDirectoryStream<Path> secure
                        ? secure.newByteChannel(named, all)
                        : Files.newByteChannel(path.resolve(named), all);
        return (FileChannel) channel;
    }

    /** Renames within a file system. Over what has the new name, if there is something. */
    void move(byte[] name, PortableDirectory to, byte[] newName) throws IOException {
        Path from = PortablePaths.ofName(name);
        Path goal = PortablePaths.ofName(newName);
        if (stream instanceof SecureDirectoryStream<Path> secure
                && to.stream instanceof SecureDirectoryStream<Path> secureTo) {
            secure.move(from, secureTo, goal);
        } else {
            Files.move(path.resolve(from), to.path.resolve(goal), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Of what is no directory. */
    void remove(byte[] name) throws IOException {
        Path named = PortablePaths.ofName(name);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            secure.deleteFile(named);
        } else {
            Files.delete(path.resolve(named));
        }
    }

    /** Where it is empty. */
    void removeDirectory(byte[] name) throws IOException {
        Path named = PortablePaths.ofName(name);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            secure.deleteDirectory(named);
        } else {
            Files.delete(path.resolve(named));
        }
    }

    /** The handle's own view, where there are handles. */
    Optional<SecureDirectoryStream<Path>> secure() {
        return stream instanceof SecureDirectoryStream<Path> secure
                ? Optional.of(secure)
                : Optional.empty();
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
