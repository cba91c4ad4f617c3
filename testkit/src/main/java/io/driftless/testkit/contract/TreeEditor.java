package io.driftless.testkit.contract;

import io.driftless.path.EntryPath;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.util.List;
import java.util.Optional;

/**
 * Edits a tree behind the back of the adapter under test, as its users do, and reads back what is
 * there. Paths below {@code .driftless} are paths like others here. Every edit gives what it
 * touches another change time. An edit that the file system refuses fails the test.
 */
public interface TreeEditor {
    /** Writes a file whole, in place; makes it where it is missing. */
    void write(EntryPath path, byte[] bytes);

    void makeDirectory(EntryPath path);

    void makeSymlink(EntryPath path, LinkTarget target);

    /** Makes a FIFO or the like. */
    void makeOther(EntryPath path);

    void makeHardLink(EntryPath from, EntryPath to);

    void rename(EntryPath from, EntryPath to);

    /** Sets all twelve permission bits. */
    void changeMode(EntryPath path, int mode);

    void setModified(EntryPath path, Timestamp modified);

    /** Removes a path with everything below it. */
    void delete(EntryPath path);

    /** Empty where there is no file. */
    Optional<byte[]> read(EntryPath path);

    /** Without following; empty where there is nothing. */
    Optional<Stat> stat(EntryPath path);

    /** Empty where there is no symlink. */
    Optional<LinkTarget> target(EntryPath path);

    /** What is directly in a directory, in path order; nothing where there is no directory. */
    List<EntryPath> names(EntryPath directory);

    /**
     * Takes away the right to read a file, or to list and enter a directory.
     *
     * @return false where this process may read everything, and nothing was done
     */
    boolean close(EntryPath path);

    /** From now on the file is touched in the middle of every reading of it, until closed. */
    Disturbance disturbReads(EntryPath path);

    /** Something that goes on until closed. */
    interface Disturbance extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes the root's name away. */
    void hideRoot();

    /** Puts another, empty directory in the root's place. */
    void swapRoot();

    /** Puts the root back as it was. */
    void showRoot();

    /** A symlink's way to a directory outside the root, with one file, {@code kept}, in it. */
    LinkTarget outside();

    /** True while what is outside is as it was at first. */
    boolean isOutsideIntact();
}
