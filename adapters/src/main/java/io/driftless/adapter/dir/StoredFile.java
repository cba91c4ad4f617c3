package io.driftless.adapter.dir;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads objects. By read and not by mapping, although that is faster: a page of a mapped file that
 * the disk cannot give, or that another program cut off, ends in an error of the virtual machine.
 */
final class StoredFile {
    private StoredFile() {}

    static long size(Path file) throws IOException {
        return Files.size(file);
    }

    static ByteBuffer read(ObjectKey key, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > BlockStore.MAX_OBJECT_BYTES) {
                throw damaged(key, "has " + size + " bytes, more than any object");
            }
            return read(key, channel, 0, (int) size);
        }
    }

    static ByteBuffer read(ObjectKey key, Path file, long offset, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (offset < 0 || length < 0 || offset > size - length) {
                throw damaged(
                        key,
                        "has %d bytes and none at %d to %d"
                                .formatted(size, offset, offset + length));
            }
            return read(key, channel, offset, length);
        }
    }

    private static ByteBuffer read(ObjectKey key, FileChannel channel, long offset, int length)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            int at = bytes.position();
            ByteBuffer step = bytes.slice(at, Math.min(bytes.remaining(), BegunFiles.STEP_BYTES));
            int read = channel.read(step, offset + at);
            if (read < 0) {
                throw damaged(key, "became shorter while it was read");
            }
            bytes.position(at + read);
        }
        return bytes.flip();
    }

    private static SyncException damaged(ObjectKey key, String why) {
        return new SyncException(ErrorCode.STORE_OBJECT_DAMAGED, "Object " + key + " " + why + ".");
    }
}
