package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import java.nio.charset.StandardCharsets;

/** Says whether the adapters of this package work on this machine; where not, portable ones do. */
public final class LinuxDisk {
    private LinuxDisk() {}

    /** True on 64-bit Linux from 5.8 on, unless a sandbox forbids the calls. */
    public static boolean isAvailable() {
        String architecture = System.getProperty("os.arch");
        boolean isKnown = architecture.equals("amd64") || architecture.equals("aarch64");
        return System.getProperty("os.name").equals("Linux") && isKnown && resolvesBeneath();
    }

    private static boolean resolvesBeneath() {
        try (Descriptor top = Opening.root("/".getBytes(StandardCharsets.US_ASCII));
                Descriptor again = Opening.directory(top.number(), EntryPath.ROOT)) {
            return again.isOpen() && Statx.look(again) >= 0;
        }
    }
}
