package io.driftless.adapter.dir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Files that are being written. What a crash leaves of them is removed at a later start. */
final class BegunFiles {
    /** The channel copies through a buffer that it keeps for each thread; more is no faster. */
    static final int STEP_BYTES = 256 << 10;

    /** Far longer than writing the largest object takes; another process may be at it. */
    private static final Duration LEFT_AFTER = Duration.ofHours(1);

    private final Path directory;

    BegunFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes a new file of these pieces. Afterwards its bytes are durable, its name is not. */
    Path write(List<ByteBuffer> pieces) throws IOException {
        Path file = directory.resolve(UUID.randomUUID().toString());
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (ByteBuffer piece : pieces) {
                write(piece, channel);
            }
            channel.force(false);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return file;
    }

    private static void write(ByteBuffer piece, FileChannel channel) throws IOException {
        ByteBuffer left = piece.duplicate();
        while (left.hasRemaining()) {
            int at = left.position();
            left.position(
                    at + channel.write(left.slice(at, Math.min(left.remaining(), STEP_BYTES))));
        }
    }

    void removeLeftovers(Instant now) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                removeIfLeft(file, now);
            }
        }
    }

    private static void removeIfLeft(Path file, Instant now) throws IOException {
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            if (written.isBefore(now.minus(LEFT_AFTER))) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException movedInByAnotherProcess) {
            // It is an object of the store by now.
        }
    }
}
