package io.driftless.adapter.disk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Knows the file systems on which others make changes that this kernel does not see. */
final class FileSystemType {
    private FileSystemType() {}

    static Optional<String> remote(Descriptor opened) {
        MemorySegment described = Scratch.get().struct();
        long result = Kernel.call(Syscall.FSTATFS, opened.number(), described.address());
        return result < 0 ? Optional.empty() : remote(described.get(JAVA_LONG, 0));
    }

    /** By the magic number in statfs. */
    private static Optional<String> remote(long magic) {
        String name =
                switch ((int) magic) {
                    case 0x6969 -> "NFS";
                    case 0x517B, 0xFF534D42, 0xFE534D42 -> "SMB";
                    case 0x65735546 -> "FUSE";
                    case 0x01021997 -> "9p";
                    case 0x00C36400 -> "Ceph";
                    case 0x5346414F, 0x6B414653 -> "AFS";
                    case 0x0BD00BD0 -> "Lustre";
                    case 0x01161970 -> "GFS2";
                    case 0x7461636F -> "OCFS2";
                    default -> "";
                };
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }
}
