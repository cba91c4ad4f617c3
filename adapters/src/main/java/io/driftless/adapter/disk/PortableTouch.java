package io.driftless.adapter.disk;

import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Sets owner, mode and times. Owner before mode, as a change of owner takes set-id bits away; times
 * last. What is not permitted, and what the platform cannot do, is left: the caller's last look
 * shows it.
 *
 * <p>All of it goes through the file's own handle where it can be opened. Java sets the times and
 * owners of symlinks, and set-id and sticky bits, by a whole path only: a directory of it that
 * becomes a symlink in that instant leads elsewhere. Only the Linux adapter has a way around that.
 */
final class PortableTouch {
    private static final int SPECIAL_BITS = 07000;
    private static final int KEEPS_NO_SET_ID = 01777;

    private final PortableDirectory directory;
    private final byte[] name;
    private final Optional<PosixFileAttributeView> handle;

    private PortableTouch(PortableDirectory directory, byte[] name, Stat.Kind kind) {
        this.directory = directory;
        this.name = name;
        this.handle =
                directory
                        .secure()
                        .filter(_ -> kind != Stat.Kind.SYMLINK)
                        .map(secure ->
                                secure.getFileAttributeView(
                                        PortablePaths.ofName(name),
                                        PosixFileAttributeView.class,
                                        LinkOption.NOFOLLOW_LINKS));
    }

    /** Sets what differs from {@code present}. */
    static void apply(PortableDirectory directory, byte[] name, Stat present, Metadata wanted)
            throws IOException {
        PortableTouch touch = new PortableTouch(directory, name, present.kind());
        Metadata has = present.metadata();
        boolean isOther =
                isUnix(directory) && (has.uid() != wanted.uid() || has.gid() != wanted.gid());
        boolean isOwned = !isOther || touch.own(wanted.uid(), wanted.gid());
        int mode = isOwned ? wanted.mode() : wanted.mode() & KEEPS_NO_SET_ID;
        if (present.kind() != Stat.Kind.SYMLINK && (isOther || has.mode() != mode)) {
            touch.changeMode(mode);
        }
        if (!has.modified().equals(wanted.modified())) {
            touch.setModified(wanted.modified());
        }
    }

    /** Of a file or directory. */
    static void changeMode(PortableDirectory directory, byte[] name, int mode) throws IOException {
        new PortableTouch(directory, name, Stat.Kind.FILE).changeMode(mode);
    }

    private static boolean isUnix(PortableDirectory directory) {
        return directory.path().getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** A user who may not give files away may still choose among the own groups. */
    private boolean own(int uid, int gid) throws IOException {
        UserPrincipalLookupService owners =
                directory.path().getFileSystem().getUserPrincipalLookupService();
        boolean isGroupSet =
                isSet(
                        view ->
                                view.setGroup(
                                        owners.lookupPrincipalByGroupName(Integer.toString(gid))),
                        path ->
                                Files.setAttribute(
                                        path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS));
        boolean isUserSet =
                isSet(
                        view -> view.setOwner(owners.lookupPrincipalByName(Integer.toString(uid))),
                        path ->
                                Files.setAttribute(
                                        path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS));
        return isGroupSet && isUserSet;
    }

    private void changeMode(int mode) throws IOException {
        if (!isUnix(directory)) {
            return;
        }
        int before = directory.stat(name).metadata().mode();
        boolean isPlain = ((mode | before) & SPECIAL_BITS) == 0;
        if (isPlain) {
            isSet(view -> view.setPermissions(permissions(mode)), path -> changeMode(path, mode));
        } else {
            isSet(path -> changeMode(path, mode));
        }
    }

    private static void changeMode(Path path, int mode) throws IOException {
        if (!Files.isSymbolicLink(path)) {
            Files.setAttribute(path, "unix:mode", mode);
        }
    }

    /** The permissions are declared in the order of their bits, the highest first. */
    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mode & (0400 >> permission.ordinal())) != 0) {
                permissions.add(permission);
            }
        }
        return permissions;
    }

    private void setModified(Timestamp modified) throws IOException {
        FileTime time = FileTime.from(Instant.ofEpochSecond(modified.seconds(), modified.nanos()));
        isSet(
                view -> view.setTimes(time, null, null),
                path ->
                        Files.getFileAttributeView(
                                        path,
                                        BasicFileAttributeView.class,
                                        LinkOption.NOFOLLOW_LINKS)
                                .setTimes(time, null, null));
    }

    private interface Setting<T> {
        void set(T of) throws IOException;
    }

    /** By the path where there is no handle: a file that this user may not read is not opened. */
    private boolean isSet(Setting<PosixFileAttributeView> byHandle, Setting<Path> byPath)
            throws IOException {
        if (handle.isEmpty()) {
            return isSet(byPath);
        }
        try {
            byHandle.set(handle.get());
            return true;
        } catch (AccessDeniedException closed) {
            return isSet(byPath);
        } catch (IOException refused) {
            return falseIfRefused(refused);
        }
    }

    private boolean isSet(Setting<Path> byPath) throws IOException {
        try {
            byPath.set(directory.checked(name));
            return true;
        } catch (IOException refused) {
            return falseIfRefused(refused);
        }
    }

    /** False, which is no failure, where it is not permitted. */
    private static boolean falseIfRefused(IOException refused) throws IOException {
        if (PortableFailures.isRefused(refused)) {
            return false;
        }
        throw refused;
    }
}
