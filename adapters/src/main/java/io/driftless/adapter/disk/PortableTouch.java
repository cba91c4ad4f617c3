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
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/**
 * Sets owner, mode and times. Owner before mode, as a change of owner takes set-id bits away; times
 * last. What is not permitted, and what the platform cannot do, is left: the caller's last look
 * shows it.
 */
final class PortableTouch {
    private static final int SPECIAL_BITS = 07000;
    private static final int KEEPS_NO_SET_ID = 01777;

    private PortableTouch() {}

    /** Sets what differs from {@code present}. */
    static void apply(PortableDirectory directory, byte[] name, Stat present, Metadata wanted)
            throws IOException {
        Metadata has = present.metadata();
        Path path = directory.checked(name);
        boolean hasOwners = path.getFileSystem().supportedFileAttributeViews().contains("unix");
        boolean isOther = hasOwners && (has.uid() != wanted.uid() || has.gid() != wanted.gid());
        boolean isOwned = !isOther || own(path, wanted);
        int mode = isOwned ? wanted.mode() : wanted.mode() & KEEPS_NO_SET_ID;
        boolean setsMode =
                hasOwners && present.kind() != Stat.Kind.SYMLINK && (isOther || has.mode() != mode);
        if (setsMode) {
            changeMode(directory, name, mode);
        }
        if (!has.modified().equals(wanted.modified())) {
            setModified(path, wanted.modified());
        }
    }

    /** A user who may not give files away may still choose among the own groups. */
    private static boolean own(Path path, Metadata wanted) throws IOException {
        boolean isGroupSet = set(path, "unix:gid", wanted.gid());
        return set(path, "unix:uid", wanted.uid()) && isGroupSet;
    }

    private static boolean set(Path path, String attribute, int value) throws IOException {
        try {
            Files.setAttribute(path, attribute, value, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (IOException refused) {
            if (PortableFailures.isRefused(refused)) {
                return false;
            }
            throw refused;
        }
    }

    /**
     * Through the handle where that is possible. Set-id and sticky bits need the whole path, which
     * a symlink that takes the name's place in that instant would lead elsewhere; only the Linux
     * adapter has a way around that.
     */
    static void changeMode(PortableDirectory directory, byte[] name, int mode) throws IOException {
        int before = directory.stat(name).metadata().mode();
        boolean isPlain = ((mode | before) & SPECIAL_BITS) == 0;
        if (isPlain && directory.secure().isPresent() && changePlainMode(directory, name, mode)) {
            return;
        }
        Path path = directory.checked(name);
        boolean isSymlink = Files.isSymbolicLink(path);
        boolean isUnix = path.getFileSystem().supportedFileAttributeViews().contains("unix");
        if (!isSymlink && isUnix) {
            set(path, "unix:mode", mode);
        }
    }

    /** False where the file cannot be opened, which this needs. */
    private static boolean changePlainMode(PortableDirectory directory, byte[] name, int mode)
            throws IOException {
        try {
            directory
                    .secure()
                    .orElseThrow()
                    .getFileAttributeView(
                            PortablePaths.ofName(name),
                            PosixFileAttributeView.class,
                            LinkOption.NOFOLLOW_LINKS)
                    .setPermissions(permissions(mode));
            return true;
        } catch (AccessDeniedException closed) {
            return false;
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

    private static void setModified(Path path, Timestamp modified) throws IOException {
        FileTime time = FileTime.from(Instant.ofEpochSecond(modified.seconds(), modified.nanos()));
        try {
            Files.getFileAttributeView(
                            path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(time, null, null);
        } catch (IOException refused) {
            if (!PortableFailures.isRefused(refused)) {
                throw refused;
            }
        }
    }
}
