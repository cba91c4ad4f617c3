package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import io.driftless.tree.LinkTarget;
import java.util.List;
import java.util.Random;

/** Random edits of a tree, as users and programs make them. */
final class SourceEdits {
    private static final String[] NAMES = {"a", "b", "c", "d", "e", "f.txt", "g%FF", "h i"};

    private final MemoryTree tree;
    private final Random random;

    SourceEdits(MemoryTree tree, Random random) {
        this.tree = tree;
        this.random = random;
    }

    void some(int count) {
        for (int i = 0; i < count; i++) {
            one();
        }
    }

    /** One edit; some come to nothing, as they do on a real file system. */
    void one() {
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> tree.write(fresh(), content());
            case 4 -> tree.mkdir(fresh());
            case 5 -> tree.append(any(), content());
            case 6 -> tree.overwrite(any(), 0, content());
            case 7 -> tree.truncate(any(), random.nextInt(20));
            case 8 -> tree.rename(any(), fresh());
            case 9 -> tree.rename(any(), any());
            case 10 -> tree.delete(any());
            case 11 -> tree.chmod(any(), random.nextBoolean() ? 0700 : 0755);
            case 12 -> tree.symlink(fresh(), LinkTarget.parse("../" + name()));
            default -> atomicReplace();
        }
    }

    /** Three of four of what is at the top, or everything. */
    void removeMost() {
        if (random.nextInt(5) == 0) {
            tree.delete(EntryPath.ROOT);
            return;
        }
        paths().stream()
                .filter(path -> path.depth() == 1 && random.nextInt(4) > 0)
                .forEach(tree::delete);
    }

    private void atomicReplace() {
        EntryPath goal = any();
        EntryPath temporary = goal.parent().child("tmp-" + random.nextInt(3));
        if (tree.write(temporary, content())) {
            tree.rename(temporary, goal);
        }
    }

    private byte[] content() {
        // Few contents, so that equal ones meet.
        byte[] bytes = new byte[random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(40)];
        new Random(random.nextInt(12)).nextBytes(bytes);
        return bytes;
    }

    private EntryPath fresh() {
        List<EntryPath> directories =
                paths().stream()
                        .filter(path -> path.isRoot() || tree.bytes(path).isEmpty())
                        .toList();
        EntryPath directory = directories.get(random.nextInt(directories.size()));
        return directory.depth() > 4 ? EntryPath.ROOT.child(name()) : directory.child(name());
    }

    private EntryPath any() {
        List<EntryPath> paths = paths();
        return paths.get(random.nextInt(paths.size()));
    }

    private List<EntryPath> paths() {
        return List.copyOf(tree.snapshot().keySet());
    }

    private String name() {
        return NAMES[random.nextInt(NAMES.length)];
    }
}
