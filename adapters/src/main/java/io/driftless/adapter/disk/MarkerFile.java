package io.driftless.adapter.disk;

import io.driftless.port.TargetTree.Marker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Keeps the marker of a target: replaced as a whole and durable before it counts. */
final class MarkerFile {
    private static final byte[] NAME = "marker.json".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEXT = "marker.next".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_BYTES = 64 << 10;

    private MarkerFile() {}

    static Optional<Marker> read(Descriptor control) {
        try (Descriptor file = Opening.inside(control.number(), NAME, Flag.O_RDONLY, 0)) {
            if (file.number() == -Errno.ENOENT) {
                return Optional.empty();
            }
            MemorySegment room = Scratch.get().transfer().asSlice(0, MAX_BYTES);
            long length = file.isOpen() ? Transfer.read(file, 0, room) : file.number();
            if (length < 0) {
                throw Failures.writing("read", "the target's marker", length);
            }
            return Optional.of(
                    MarkerJson.parse(room.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    static void write(Descriptor control, Marker marker) {
        Names.remove(control.number(), NEXT);
        int flags = Flag.O_WRONLY | Flag.O_CREAT | Flag.O_EXCL;
        try (Descriptor file = Opening.inside(control.number(), NEXT, flags, 0600)) {
            check(file.number());
            check(Transfer.write(file, 0, ByteBuffer.wrap(MarkerJson.print(marker))));
            check(Transfer.sync(file));
        }
        check(Names.rename(control.number(), NEXT, control.number(), NAME, 0));
        try (Descriptor directory =
                Opening.inside(control.number(), new byte[] {'.'}, Flag.O_DIRECTORY, 0)) {
            check(directory.number());
            check(Transfer.sync(directory));
        }
    }

    private static void check(int result) {
        if (result < 0) {
            throw Failures.writing("write", "the target's marker", result);
        }
    }
}
