package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The directory in a root that is ours. No tree shows it. */
final class Own {
    static final EntryPath DIRECTORY = EntryPath.parse(".driftless");
    static final byte[] NAME = DIRECTORY.nameBytes();

    private Own() {}

    static boolean holds(EntryPath path) {
        return path.equals(DIRECTORY) || DIRECTORY.isAncestorOf(path);
    }

    /** The first name of a path where it differs from ours in letter case alone. */
    static Optional<byte[]> spelledOtherwise(EntryPath path) {
        byte[] bytes = path.toBytes();
        if (bytes.length == 0 || bytes[0] != '.' || holds(path)) {
            return Optional.empty();
        }
        int length = 0;
        while (length < bytes.length && bytes[length] != '/') {
            length++;
        }
        boolean isOurs =
                new String(bytes, 0, length, StandardCharsets.UTF_8)
                        .equalsIgnoreCase(DIRECTORY.toString());
        return isOurs ? Optional.of(Arrays.copyOf(bytes, length)) : Optional.empty();
    }
}
