package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Deviation.Kind;
import io.driftless.path.EntryPath;
import io.driftless.plan.Action;
import io.driftless.plan.Differs;
import io.driftless.plan.Differs.Aspect;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says of differences in what way the target is not as desired. */
record FoundDeviations(FolderId folder, TargetId target) {

    /** Empty where the target is as desired. */
    Optional<Deviation> of(Difference difference) {
        return switch (difference) {
            case Difference.ToDo(var action, var isThere) -> of(action, isThere);
            case Difference.Untold(var path, var side, var code, var message) ->
                    Optional.of(
                            switch (side) {
                                case SOURCE ->
                                        new Deviation(
                                                folder,
                                                Optional.empty(),
                                                path,
                                                Kind.SKIPPED,
                                                code,
                                                message);
                                case TARGET -> deviation(path, Kind.CONTENT, code, message);
                            });
        };
    }

    private Optional<Deviation> of(Action action, boolean isThere) {
        EntryPath path = action.path();
        return switch (action) {
            case Action.Keep _, Action.Release _, Action.FinishDirectory _ -> Optional.empty();
            case Action.CreateDirectory(var entry) -> anew(entry, isThere);
            case Action.WriteContent(var entry, var differs) -> written(entry, differs, isThere);
            case Action.TrashThenWrite(var entry, var differs) -> written(entry, differs, isThere);
            case Action.ReadFirst _ -> found(path, Kind.CONTENT, "");
            case Action.SetMetadata(_, var differs) -> found(path, Kind.METADATA, inWhat(differs));
            case Action.Remove _ -> found(path, Kind.EXTRA, "");
            case Action.Blocked(var entry, var code) ->
                    Optional.of(
                            deviation(
                                    path,
                                    Kind.TYPE,
                                    code,
                                    "A directory is where a " + word(entry) + " should be."));
        };
    }

    private Optional<Deviation> written(Entry entry, Differs differs, boolean isThere) {
        return differs.isNew()
                ? anew(entry, isThere)
                : found(entry.path(), Kind.CONTENT, inWhat(differs));
    }

    private Optional<Deviation> anew(Entry entry, boolean isThere) {
        return isThere
                ? found(entry.path(), Kind.TYPE, "It is not a " + word(entry) + ".")
                : found(entry.path(), Kind.MISSING, "");
    }

    private Optional<Deviation> found(EntryPath path, Kind kind, String message) {
        return Optional.of(deviation(path, kind, ErrorCode.NOT_CONVERGED, message));
    }

    private Deviation deviation(EntryPath path, Kind kind, ErrorCode code, String message) {
        return new Deviation(folder, Optional.of(target), path, kind, code, message);
    }

    /** In the order in which itemised changes show them. */
    private static String inWhat(Differs differs) {
        return differs.aspects().stream()
                .map(FoundDeviations::word)
                .collect(Collectors.joining(", ", "It differs in ", "."));
    }

    private static String word(Aspect aspect) {
        return aspect.name().toLowerCase(Locale.ROOT);
    }

    private static String word(Entry entry) {
        return switch (entry) {
            case Entry.FileEntry _ -> "file";
            case Entry.DirectoryEntry _ -> "directory";
            case Entry.SymlinkEntry _ -> "symlink";
        };
    }
}
