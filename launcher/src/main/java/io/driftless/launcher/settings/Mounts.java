package io.driftless.launcher.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is mounted where, as Linux tells it. A directory that is mounted at several names has
 * several real paths, but lies at one place of one file system.
 *
 * <p>Names are kept as texts: not every one must be a path to Java.
 */
final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");
    private static final int OCTAL = 8;

    /** Their roots are all told as {@code /}, and the source leads to what is mounted. */
    private static final Set<String> NETWORK = Set.of("nfs", "nfs4");

    /** Where a directory lies, whatever it is mounted as. */
    record Place(String fileSystem, String path) {
        boolean contains(Place other) {
            return fileSystem.equals(other.fileSystem) && holds(path, other.path);
        }
    }

    /**
     * @param parent the mount that holds the mount point; empty where that is out of this process's
     *     reach
     * @param root what of the file system is mounted
     */
    private record Mount(String id, String parent, Place root, String point) {
        boolean isWithin(Set<String> ids) {
            boolean isFirst = parent.equals(id);
            return ids.contains(parent) && !isFirst;
        }

        Mount withoutParent() {
            return new Mount(id, "", root, point);
        }

        Place placeOf(String path) {
            String below =
                    path.equals(point)
                            ? ""
                            : path.substring(point.equals("/") ? 0 : point.length());
            String place = root.path.equals("/") ? below : root.path + below;
            return new Place(root.fileSystem, place.isEmpty() ? "/" : place);
        }
    }

    private final List<Mount> mounts;

    private Mounts(List<Mount> mounts) {
        this.mounts = mounts;
    }

    /** None where the system does not tell. */
    static Mounts ofThisProcess() {
        try {
            return of(new String(Files.readAllBytes(TABLE), StandardCharsets.UTF_8));
        } catch (IOException notLinux) {
            return new Mounts(List.of()); // Then the real paths alone are compared.
        }
    }

    /** Reads lines of {@code /proc/self/mountinfo}. */
    static Mounts of(String table) {
        List<Mount> mounts =
                Arrays.stream(table.split("\n", -1))
                        .filter(line -> !line.isEmpty())
                        .map(line -> mountOf(List.of(line.split(" ", -1))))
                        .toList();
        Set<String> ids = mounts.stream().map(Mount::id).collect(Collectors.toSet());
        return new Mounts(
                mounts.stream()
                        .map(mount -> mount.isWithin(ids) ? mount : mount.withoutParent())
                        .toList());
    }

    private static Mount mountOf(List<String> fields) {
        int type = fields.indexOf("-") + 1;
        String root = unescaped(fields.get(3));
        if (NETWORK.contains(fields.get(type))) {
            String source = unescaped(fields.get(type + 1));
            root = source.substring(source.indexOf(":/") + 1);
        }
        return new Mount(
                fields.get(0),
                fields.get(1),
                new Place(fields.get(2), root),
                unescaped(fields.get(4)));
    }

    private static String unescaped(String field) {
        return ESCAPED.matcher(field)
                .replaceAll(code ->
                        Matcher.quoteReplacement(
                                Character.toString(Integer.parseInt(code.group(1), OCTAL))));
    }

    /** Where the directory with this real path lies; empty where that is not known. */
    Optional<Place> placeOf(Path real) {
        String path = real.toString();
        return holding(path).map(mount -> mount.placeOf(path));
    }

    /** What is mounted below the directory with this real path. */
    Stream<Place> below(Path real) {
        String path = real.toString();
        return mounts.stream()
                .filter(mount -> !mount.point.equals(path) && holds(path, mount.point))
                .filter(mount -> holding(mount.point).equals(Optional.of(mount)))
                .map(Mount::root);
    }

    /**
     * Goes from mount to mount as the system does: what is mounted over a directory hides what is
     * mounted below it.
     */
    private Optional<Mount> holding(String path) {
        Optional<Mount> holding = Optional.empty();
        Optional<Mount> next = nextOn(path, "");
        while (next.isPresent()) {
            holding = next;
            next = nextOn(path, next.get().id);
        }
        return holding;
    }

    private Optional<Mount> nextOn(String path, String parent) {
        return mounts.stream()
                .filter(mount -> mount.parent.equals(parent))
                .filter(mount -> holds(mount.point, path))
                .min(Comparator.comparingInt(mount -> mount.point.length()));
    }

    private static boolean holds(String outer, String inner) {
        return outer.equals("/") || inner.equals(outer) || inner.startsWith(outer + "/");
    }
}
