package io.driftless.launcher.local;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws edits of a tree from a seed: few names, so that kinds change and directories fill. */
final class RandomEdits {
    private static final String[] NAMES = {"a", "a.b", "a-", "b", "%FF", "ä"};

    private final Random random;

    RandomEdits(Random random) {
        this.random = random;
    }

    void some(MemoryTree tree, int count) {
        for (int i = 0; i < count; i++) {
            one(tree);
        }
    }

    private void one(MemoryTree tree) {
        List<EntryPath> paths = new ArrayList<>(tree.snapshot().keySet());
        EntryPath there = paths.get(random.nextInt(paths.size()));
        EntryPath fresh = there.child(NAMES[random.nextInt(NAMES.length)]);
        switch (random.nextInt(12)) {
            case 0 -> tree.delete(there);
            case 1 -> tree.chmod(there, random.nextBoolean() ? 0700 : 0640);
            case 2 -> tree.chown(there, random.nextInt(3), random.nextInt(3));
            case 3 -> tree.touch(there, new Timestamp(random.nextInt(3), random.nextInt(3)));
            case 4 -> tree.symlink(fresh, LinkTarget.parse("to-" + random.nextInt(3)));
            case 5, 6, 7 -> tree.mkdir(fresh);
            case 8 -> tree.write(there, content());
            default -> tree.write(fresh, content());
        }
    }

    private byte[] content() {
        return TreePair.bytes("x".repeat(random.nextInt(3)) + random.nextInt(3));
    }
}
