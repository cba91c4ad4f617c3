package io.driftless.launcher.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The file that the server writes its complaints to. */
record ServerLog(Path file) {
    private static final long MAX_BYTES = 8 << 20;
    private static final int MAX_SHOWN_BYTES = 2 << 10;

    /** Sets a log that has grown large aside. */
    void rotate() throws IOException {
        if (end() > MAX_BYTES) {
            Files.move(
                    file,
                    file.resolveSibling(file.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    long end() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** The last lines written after {@code begin}. */
    String since(long begin) throws IOException {
        if (end() <= begin) {
            return "it said nothing.";
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(MAX_SHOWN_BYTES);
            channel.read(last, Math.max(begin, channel.size() - MAX_SHOWN_BYTES));
            return StandardCharsets.UTF_8.decode(last.flip()).toString().strip();
        }
    }
}
