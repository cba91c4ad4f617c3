package io.driftless.launcher.output;

import io.driftless.launcher.engine.ItemizedChange;
import io.driftless.launcher.engine.ItemizedChange.Action;
import io.driftless.launcher.engine.ItemizedChange.Aspect;
import io.driftless.path.EntryPath;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import java.util.Set;

/**
 * Changes in the form of {@code rsync --itemize-changes}: {@code >f+++++++++ name}, {@code
 * .d..t...... name/}, {@code *deleting name}. Unlike there, {@code c} is always said where content
 * differs, because digests are always compared.
 */
final class Itemizer {
    private Itemizer() {}

    static String line(ItemizedChange change) {
        String name = name(change.path(), change.kind());
        return switch (change.action()) {
            case Action.Create() ->
                    (change.kind() == Stat.Kind.FILE ? '>' : 'c')
                            + letter(change.kind())
                            + "+++++++++ "
                            + name
                            + arrow(change);
            case Action.Update(Set<Aspect> aspects) ->
                    update(change.kind(), aspects) + " " + name + arrow(change);
            case Action.Delete() -> "*deleting   " + name;
        };
    }

    private static String name(EntryPath path, Stat.Kind kind) {
        String text = path.isRoot() ? "." : path.toString();
        return kind == Stat.Kind.DIRECTORY ? text + "/" : text;
    }

    private static String arrow(ItemizedChange change) {
        return change.linkTarget()
                .map(LinkTarget::toString)
                .map(target -> " -> " + target)
                .orElse("");
    }

    private static String letter(Stat.Kind kind) {
        return switch (kind) {
            case FILE -> "f";
            case DIRECTORY -> "d";
            case SYMLINK -> "L";
            case OTHER -> "S";
        };
    }

    private static String update(Stat.Kind kind, Set<Aspect> aspects) {
        boolean hasContent = aspects.contains(Aspect.CONTENT);
        char first = !hasContent ? '.' : kind == Stat.Kind.FILE ? '>' : 'c';
        return first
                + letter(kind)
                + flag(aspects, Aspect.CONTENT, "c")
                + flag(aspects, Aspect.SIZE, "s")
                + flag(aspects, Aspect.TIME, "t")
                + flag(aspects, Aspect.MODE, "p")
                + flag(aspects, Aspect.OWNER, "o")
                + flag(aspects, Aspect.GROUP, "g")
                + "...";
    }

    private static String flag(Set<Aspect> aspects, Aspect aspect, String letter) {
        return aspects.contains(aspect) ? letter : ".";
    }
}
