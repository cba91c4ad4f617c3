package io.driftless.plan;

import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.Locale;
import java.util.Optional;

/**
 * In which way a path of a target is not as it was left there, though no commit under way explains
 * it.
 */
public enum Drift {
    /** Nothing is there. */
    MISSING,
    /** Something is there that is not desired; in a mirror only. */
    EXTRA,
    /** Other bytes, or a symlink that leads elsewhere. */
    CONTENT,
    /** The same bytes, with another mode, owner or time. */
    METADATA,
    /** Something of another kind, as a directory in place of a file. */
    TYPE,
    /** A file that is shorter than desired: at most a part of it is there. */
    PARTIAL;

    /** As it is counted and printed. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What one look at a path says of it. */
    public sealed interface Judgement {
        /** It is as it was left, or nobody cares. */
        record None() implements Judgement {}

        record Drifted(Drift drift) implements Judgement {}

        /**
         * Somebody touched the file, and only its bytes can tell whether it is another one: its
         * size is the same, its change time or inode is not.
         */
        record Touched() implements Judgement {}

        /** It cannot be told. */
        record Unreadable() implements Judgement {}
    }

    /**
     * Judges by stat alone.
     *
     * @param applied what was left there; empty where that is not known
     */
    public static Judgement judge(
            Mode mode, Optional<Entry> desired, Optional<Stat> applied, Found found) {
        return switch (found) {
            case Found.Unreadable _ ->
                    desired.isPresent() ? new Judgement.Unreadable() : new Judgement.None();
            case Found.Absent _ ->
                    desired.isPresent() ? new Judgement.Drifted(MISSING) : new Judgement.None();
            case Found.Present present when desired.isPresent() ->
                    judge(mode, desired.get(), applied, present);
            case Found.Present _ ->
                    mode == Mode.MIRROR ? new Judgement.Drifted(EXTRA) : new Judgement.None();
        };
    }

    private static Judgement judge(
            Mode mode, Entry desired, Optional<Stat> applied, Found.Present found) {
        Stat actual = found.stat();
        if (actual.kind() != kindOf(desired)) {
            return new Judgement.Drifted(TYPE);
        }
        boolean isAsLeft = applied.filter(left -> isSame(mode, actual, left)).isPresent();
        if (isAsLeft) {
            return new Judgement.None();
        }
        return switch (desired) {
            case Entry.DirectoryEntry _ -> new Judgement.Drifted(METADATA);
            case Entry.SymlinkEntry link ->
                    new Judgement.Drifted(
                            found.target().filter(link.target()::equals).isPresent()
                                    ? METADATA
                                    : CONTENT);
            case Entry.FileEntry file -> bySize(file.content().sizeBytes(), actual.sizeBytes());
        };
    }

    private static Judgement bySize(long desired, long actual) {
        if (actual == desired) {
            return new Judgement.Touched();
        }
        return new Judgement.Drifted(actual < desired ? PARTIAL : CONTENT);
    }

    /** In overlay, directory times change with what others put there. */
    private static boolean isSame(Mode mode, Stat actual, Stat left) {
        if (left.kind() != Stat.Kind.DIRECTORY || actual.kind() != Stat.Kind.DIRECTORY) {
            return actual.isSameTuple(left);
        }
        return mode == Mode.MIRROR
                ? actual.metadata().equals(left.metadata())
                : actual.metadata().mode() == left.metadata().mode()
                        && actual.metadata().uid() == left.metadata().uid()
                        && actual.metadata().gid() == left.metadata().gid();
    }

    /**
     * Judges a touched file whose bytes were read; empty where it is as desired after all.
     *
     * @param isSameContent true where they are the desired ones
     */
    public static Optional<Drift> judgeRead(
            Entry.FileEntry desired, Stat actual, boolean isSameContent) {
        if (!isSameContent) {
            return Optional.of(CONTENT);
        }
        return actual.metadata().equals(desired.metadata())
                ? Optional.empty()
                : Optional.of(METADATA);
    }

    private static Stat.Kind kindOf(Entry entry) {
        return switch (entry) {
            case Entry.FileEntry _ -> Stat.Kind.FILE;
            case Entry.DirectoryEntry _ -> Stat.Kind.DIRECTORY;
            case Entry.SymlinkEntry _ -> Stat.Kind.SYMLINK;
        };
    }
}
