package io.driftless.plan;

import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.plan.Action.Blocked;
import io.driftless.plan.Action.CreateDirectory;
import io.driftless.plan.Action.Keep;
import io.driftless.plan.Action.ReadFirst;
import io.driftless.plan.Action.Release;
import io.driftless.plan.Action.Remove;
import io.driftless.plan.Action.SetMetadata;
import io.driftless.plan.Action.TrashThenWrite;
import io.driftless.plan.Action.WriteContent;
import io.driftless.plan.Differs.Aspect;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Entry.SymlinkEntry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat.Kind;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what is to be done at one path, from what is desired and what is there. A dry run asks
 * here. An agent decides in steps of its own, as it looks and remembers; {@code PlannedWorkTest}
 * holds it to what is said here.
 *
 * <p>Mirror: what is not desired is removed. Overlay: it is released if it is ours, and kept if
 * not; a directory in the way of something else is never touched; directory times are not compared,
 * because they change with what others put there. In both, something in the way that is not ours
 * goes to the trash.
 */
public final class Planner {
    private final Mode mode;

    public Planner(Mode mode) {
        this.mode = mode;
    }

    public Action decide(Situation situation) {
        Optional<Actual> actual = situation.actual();
        if (situation.desired().isEmpty()) {
            return actual.map(there -> undesired(situation, there))
                    .orElseGet(() -> new Keep(situation.path()));
        }
        Entry desired = situation.desired().get();
        if (actual.isEmpty()) {
            return desired instanceof DirectoryEntry directory
                    ? new CreateDirectory(directory)
                    : new WriteContent(desired, Differs.NEW);
        }
        return compare(desired, actual.get(), situation.isManaged());
    }

    private Action undesired(Situation situation, Actual actual) {
        return switch (mode) {
            case MIRROR -> new Remove(situation.path(), actual.kind(), !situation.isManaged());
            case OVERLAY ->
                    situation.isManaged()
                            ? new Release(situation.path(), actual.kind())
                            : new Keep(situation.path());
        };
    }

    private Action compare(Entry desired, Actual actual, boolean isManaged) {
        if (actual.kind() != kindOf(desired)) {
            return replaceOtherKind(desired, actual, isManaged);
        }
        return switch (desired) {
            case DirectoryEntry directory -> metadata(directory, actual);
            case SymlinkEntry link ->
                    actual.target().filter(link.target()::equals).isPresent()
                            ? metadata(link, actual)
                            : replace(link, actual, isManaged);
            case FileEntry file -> compareFile(file, actual, isManaged);
        };
    }

    private Action compareFile(FileEntry file, Actual actual, boolean isManaged) {
        ContentId desired = file.content().id();
        if (actual.stat().sizeBytes() != file.content().sizeBytes()) {
            return replace(file, actual, isManaged);
        }
        if (actual.content().isEmpty()) {
            return new ReadFirst(file);
        }
        return actual.content().get().equals(desired)
                ? metadata(file, actual)
                : replace(file, actual, isManaged);
    }

    private Action replaceOtherKind(Entry desired, Actual actual, boolean isManaged) {
        if (actual.kind() == Kind.DIRECTORY) {
            return mode == Mode.OVERLAY
                    ? new Blocked(desired, ErrorCode.FOREIGN_IN_THE_WAY)
                    : new TrashThenWrite(desired, Differs.NEW);
        }
        if (!isManaged) {
            return new TrashThenWrite(desired, Differs.NEW);
        }
        return desired instanceof DirectoryEntry directory
                ? new CreateDirectory(directory)
                : new WriteContent(desired, Differs.NEW);
    }

    private Action replace(Entry desired, Actual actual, boolean isManaged) {
        Set<Aspect> aspects = metadataAspects(desired, actual.stat().metadata());
        aspects.add(Aspect.CONTENT);
        if (desired instanceof FileEntry file
                && file.content().sizeBytes() != actual.stat().sizeBytes()) {
            aspects.add(Aspect.SIZE);
        }
        Differs differs = Differs.in(aspects);
        return isManaged
                ? new WriteContent(desired, differs)
                : new TrashThenWrite(desired, differs);
    }

    private Action metadata(Entry desired, Actual actual) {
        Differs differs = Differs.in(metadataAspects(desired, actual.stat().metadata()));
        return differs.isNothing() ? new Keep(desired.path()) : new SetMetadata(desired, differs);
    }

    private Set<Aspect> metadataAspects(Entry desired, Metadata actual) {
        Metadata wanted = desired.metadata();
        boolean areTimesCompared = mode == Mode.MIRROR || !(desired instanceof DirectoryEntry);
        Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
        if (areTimesCompared && !wanted.modified().equals(actual.modified())) {
            aspects.add(Aspect.TIME);
        }
        if (!(desired instanceof SymlinkEntry) && wanted.mode() != actual.mode()) {
            aspects.add(Aspect.MODE);
        }
        if (wanted.uid() != actual.uid()) {
            aspects.add(Aspect.OWNER);
        }
        if (wanted.gid() != actual.gid()) {
            aspects.add(Aspect.GROUP);
        }
        return aspects;
    }

    static Kind kindOf(Entry entry) {
        return switch (entry) {
            case FileEntry _ -> Kind.FILE;
            case DirectoryEntry _ -> Kind.DIRECTORY;
            case SymlinkEntry _ -> Kind.SYMLINK;
        };
    }
}
