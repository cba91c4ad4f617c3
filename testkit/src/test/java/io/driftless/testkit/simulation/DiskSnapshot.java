package io.driftless.testkit.simulation;

import io.driftless.path.EntryPath;
import io.driftless.testkit.tree.DiskEditor;
import io.driftless.tree.Stat;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A tree on a disk as text: kind, metadata and content of each path. */
final class DiskSnapshot {
    private static final EntryPath OURS = EntryPath.parse(".driftless");

    private DiskSnapshot() {}

    static Map<String, String> of(DiskEditor disk) {
        Map<String, String> tree = new TreeMap<>();
        add(disk, EntryPath.ROOT, tree);
        return tree;
    }

    private static void add(DiskEditor disk, EntryPath path, Map<String, String> tree) {
        if (path.equals(OURS)) {
            return;
        }
        Stat stat = disk.stat(path).orElseThrow();
        tree.put(
                path.toString(),
                "%s %s %s %s"
                        .formatted(
                                stat.kind(),
                                stat.metadata(),
                                disk.target(path),
                                disk.read(path).map(DiskSnapshot::text)));
        disk.names(path).forEach(name -> add(disk, name, tree));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
