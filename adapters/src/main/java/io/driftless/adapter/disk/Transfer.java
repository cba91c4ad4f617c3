package io.driftless.adapter.disk;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** Moves bytes between files and memory. A negative result is the errno. */
final class Transfer {
    private Transfer() {}

    /** Reads until the room is full or the file ends: how many bytes. */
    static long read(Descriptor file, long offset, MemorySegment room) {
        long done = 0;
        while (done < room.byteSize()) {
            long result =
                    Kernel.call(
                            Syscall.PREAD64,
                            file.number(),
                            room.address() + done,
                            room.byteSize() - done,
                            offset + done);
            if (result < 0) {
                return result;
            }
            if (result == 0) {
                return done;
            }
            done += result;
        }
        return done;
    }

    /** Writes all of it at an offset: zero, or the negative errno. */
    static int write(Descriptor file, long offset, MemorySegment bytes) {
        long done = 0;
        while (done < bytes.byteSize()) {
            long result =
                    Kernel.call(
                            Syscall.PWRITE64,
                            file.number(),
                            bytes.address() + done,
                            bytes.byteSize() - done,
                            offset + done);
            if (result < 0) {
                return (int) result;
            }
            done += result;
        }
        return 0;
    }

    /** Writes what remains in a buffer, which is left as it is. */
    static int write(Descriptor file, long offset, ByteBuffer bytes) {
        MemorySegment all = MemorySegment.ofBuffer(bytes);
        if (all.isNative()) {
            int result = write(file, offset, all);
            Reference.reachabilityFence(bytes);
            return result;
        }
        MemorySegment room = Scratch.get().transfer();
        long done = 0;
        while (done < all.byteSize()) {
            long length = Math.min(room.byteSize(), all.byteSize() - done);
            MemorySegment.copy(all, done, room, 0, length);
            int result = write(file, offset + done, room.asSlice(0, length));
            if (result < 0) {
                return result;
            }
            done += length;
        }
        return 0;
    }

    static int sync(Descriptor open) {
        return (int) Kernel.call(Syscall.FSYNC, open.number());
    }

    static int syncFileSystem(Descriptor open) {
        return (int) Kernel.call(Syscall.SYNCFS, open.number());
    }

    static int resize(Descriptor file, long sizeBytes) {
        return (int) Kernel.call(Syscall.FTRUNCATE, file.number(), sizeBytes);
    }

    static void readsInOrder(Descriptor file) {
        Kernel.call(Syscall.FADVISE64, file.number(), 0, 0, Flag.POSIX_FADV_SEQUENTIAL);
    }
}
