package io.driftless.launcher.settings;

import io.driftless.plan.Mode;
import io.driftless.tree.TargetId;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives targets that have no name one after their directory. The names depend on the settings
 * alone, so that the state of a target is found again by the next run.
 */
final class TargetNames {
    private static final Pattern NAMED =
            Pattern.compile("([a-z0-9][a-z0-9._-]{0,63})=(.*)", Pattern.DOTALL);
    private static final int MAX_NAME = 60;

    private final Set<String> taken = new LinkedHashSet<>();

    /** Targets as given on the command line, each {@code DIR} or {@code NAME=DIR}. */
    static List<TargetSettings> parse(List<String> texts, Mode mode, Path base) {
        TargetNames names = new TargetNames();
        for (String text : texts) {
            Matcher named = NAMED.matcher(text);
            if (named.matches()) {
                names.take(named.group(1));
            }
        }
        return texts.stream().map(text -> names.target(text, mode, base)).toList();
    }

    private TargetSettings target(String text, Mode mode, Path base) {
        Matcher named = NAMED.matcher(text);
        if (named.matches()) {
            return new TargetSettings(
                    new TargetId(named.group(1)), Directories.absolute(named.group(2), base), mode);
        }
        Path directory = Directories.absolute(text, base);
        return new TargetSettings(nameFor(directory), directory, mode);
    }

    void take(String name) {
        taken.add(name);
    }

    /**
     * A name that is not taken: the directory's last name, cleaned, with a number where it is taken
     * already.
     */
    TargetId nameFor(Path directory) {
        Path last = directory.getFileName();
        String text = last == null ? "root" : last.toString().toLowerCase(Locale.ROOT);
        String clean = text.replaceAll("[^a-z0-9._-]", "-").replaceAll("^[._-]+", "");
        String stem =
                clean.isEmpty() ? "target" : clean.substring(0, Math.min(clean.length(), MAX_NAME));
        String name = stem;
        for (int number = 2; !taken.add(name); number++) {
            name = stem + "-" + number;
        }
        return new TargetId(name);
    }
}
