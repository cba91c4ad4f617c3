package io.driftless.testkit.tree;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.util.List;
import java.util.Optional;
import reactor.core.Disposable;

/** Edits a {@link MemoryTree}. Nothing is outside of it. */
public final class MemoryEditor implements TreeEditor {
    private final MemoryTree tree;

    public MemoryEditor(MemoryTree tree) {
        this.tree = tree;
    }

    @Override
    public void write(EntryPath path, byte[] bytes) {
        check(tree.write(path, bytes), path);
    }

    @Override
    public void makeDirectory(EntryPath path) {
        check(tree.mkdir(path), path);
    }

    @Override
    public void makeSymlink(EntryPath path, LinkTarget target) {
        check(tree.symlink(path, target), path);
    }

    @Override
    public void makeOther(EntryPath path) {
        check(tree.makeOther(path), path);
    }

    @Override
    public void makeHardLink(EntryPath from, EntryPath to) {
        check(tree.hardLink(from, to), to);
    }

    @Override
    public void rename(EntryPath from, EntryPath to) {
        check(tree.rename(from, to), from);
    }

    @Override
    public void changeMode(EntryPath path, int mode) {
        check(tree.chmod(path, mode), path);
    }

    @Override
    public void setModified(EntryPath path, Timestamp modified) {
        check(tree.touch(path, modified), path);
    }

    @Override
    public void delete(EntryPath path) {
        check(tree.delete(path), path);
    }

    @Override
    public Optional<byte[]> read(EntryPath path) {
        return tree.bytes(path);
    }

    @Override
    public Optional<Stat> stat(EntryPath path) {
        return present(path).map(Found.Present::stat);
    }

    @Override
    public Optional<LinkTarget> target(EntryPath path) {
        return present(path).flatMap(Found.Present::target);
    }

    private Optional<Found.Present> present(EntryPath path) {
        return tree.look(path) instanceof Found.Present present
                ? Optional.of(present)
                : Optional.empty();
    }

    @Override
    public List<EntryPath> names(EntryPath directory) {
        return tree.names(directory);
    }

    @Override
    public boolean close(EntryPath path) {
        return tree.setReadable(path, false);
    }

    @Override
    public Disturbance disturbReads(EntryPath path) {
        Disposable edits = tree.duringReads(read -> touchIf(read.equals(path), path));
        return edits::dispose;
    }

    private void touchIf(boolean isRead, EntryPath path) {
        if (isRead) {
            tree.touch(path, new Timestamp(1, 1));
        }
    }

    @Override
    public void hideRoot() {
        tree.hideRoot();
    }

    @Override
    public void swapRoot() {
        tree.swapRoot();
    }

    @Override
    public void showRoot() {
        tree.showRoot();
    }

    @Override
    public LinkTarget outside() {
        return LinkTarget.parse("../outside");
    }

    @Override
    public boolean isOutsideIntact() {
        return true;
    }

    private static void check(boolean isDone, EntryPath path) {
        if (!isDone) {
            throw new AssertionError("the tree refused an edit at " + path);
        }
    }
}
