package io.driftless.plan;

import io.driftless.path.EntryPath;
import io.driftless.plan.Differs.Aspect;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.SymlinkEntry;
import io.driftless.tree.Stat;
import java.util.List;

/**
 * One line of a dry run, as {@code rsync -i} prints it: eleven characters, then the path.
 *
 * <pre>
 * &gt;f+++++++++  a new file             cd+++++++++  a new directory      cL+++++++++  a new symlink
 * &gt;fcst......  other bytes, size, time  .f...p.....  only the mode        .d..t......  a directory's time
 * *deleting    removed                 *trashing    what is in the way goes to the trash
 * *releasing   stays, not compared     *blocked     cannot be done        ?f.........  has to be read first
 * </pre>
 *
 * @param code the eleven characters
 * @param text the path in printed form, with a slash behind a directory and the target behind a
 *     symlink; the root is {@code ./}
 */
public record Itemised(String code, String text) {
    private static final int WIDTH = 11;

    /** The lines for an action; none where nothing is seen of it. */
    public static List<Itemised> of(Action action) {
        return switch (action) {
            case Action.Keep _, Action.FinishDirectory _ -> List.of();
            case Action.CreateDirectory(var entry) ->
                    List.of(entry(written(entry, Differs.NEW), entry));
            case Action.WriteContent(var entry, var differs) ->
                    List.of(entry(written(entry, differs), entry));
            case Action.TrashThenWrite(var entry, var differs) ->
                    List.of(
                            new Itemised(word("trashing"), print(entry.path(), false)),
                            entry(written(entry, differs), entry));
            case Action.SetMetadata(var entry, var differs) ->
                    List.of(entry("." + letter(Planner.kindOf(entry)) + aspects(differs), entry));
            case Action.ReadFirst(var entry) -> List.of(entry("?f.........", entry));
            case Action.Remove(var path, var kind, var _) ->
                    List.of(
                            new Itemised(
                                    word("deleting"), print(path, kind == Stat.Kind.DIRECTORY)));
            case Action.Release(var path, var kind) ->
                    List.of(
                            new Itemised(
                                    word("releasing"), print(path, kind == Stat.Kind.DIRECTORY)));
            case Action.Blocked(var entry, var code) ->
                    List.of(
                            new Itemised(
                                    word("blocked"), print(entry.path(), false) + " " + code.id()));
        };
    }

    private static Itemised entry(String code, Entry entry) {
        String path = print(entry.path(), entry instanceof DirectoryEntry);
        return new Itemised(
                code, entry instanceof SymlinkEntry link ? path + " -> " + link.target() : path);
    }

    /** Files come from elsewhere; directories and symlinks are made here. */
    private static String written(Entry entry, Differs differs) {
        Stat.Kind kind = Planner.kindOf(entry);
        return (kind == Stat.Kind.FILE ? ">" : "c") + letter(kind) + aspects(differs);
    }

    private static String aspects(Differs differs) {
        if (differs.isNew()) {
            return "+++++++++";
        }
        StringBuilder text = new StringBuilder(WIDTH);
        for (Aspect aspect : Aspect.values()) {
            text.append(differs.has(aspect) ? letter(aspect) : '.');
        }
        return text.append("...").toString();
    }

    private static char letter(Aspect aspect) {
        return switch (aspect) {
            case CONTENT -> 'c';
            case SIZE -> 's';
            case TIME -> 't';
            case MODE -> 'p';
            case OWNER -> 'o';
            case GROUP -> 'g';
        };
    }

    private static char letter(Stat.Kind kind) {
        return switch (kind) {
            case FILE -> 'f';
            case DIRECTORY -> 'd';
            case SYMLINK -> 'L';
            case OTHER -> 'S';
        };
    }

    private static String word(String word) {
        return "*" + word + " ".repeat(WIDTH - 1 - word.length());
    }

    private static String print(EntryPath path, boolean isDirectory) {
        String text = path.isRoot() ? "." : path.toString();
        return isDirectory ? text + "/" : text;
    }

    @Override
    public String toString() {
        return code + " " + text;
    }
}
