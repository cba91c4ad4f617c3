package io.driftless.launcher.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A password made once and kept in a file that only its owner may read. */
record PasswordFile(Path file) {
    private static final int BYTES = 24;

    String readOrMake() throws IOException {
        if (!Files.exists(file)) {
            write();
        }
        return read();
    }

    /** Fails where there is none. */
    String read() throws IOException {
        return Files.readString(file, StandardCharsets.US_ASCII).strip();
    }

    /** Beside its place, then renamed: a crash leaves no password or a whole one. */
    private void write() throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, HexFormat.of().formatHex(random), StandardOpenOption.SYNC);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
