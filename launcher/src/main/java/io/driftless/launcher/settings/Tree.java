package io.driftless.launcher.settings;

import io.driftless.launcher.settings.Mounts.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory by its real path, and by where it lies: what is mounted at two names has two real
 * paths.
 *
 * @param places more than one where another is mounted below and belongs to it
 */
record Tree(Path path, List<Place> places) {
    /** What is mounted below is part of a source. */
    static Tree ofSource(Path real, Mounts mounts) {
        return new Tree(
                real, Stream.concat(mounts.placeOf(real).stream(), mounts.below(real)).toList());
    }

    /** What is mounted below is not entered. */
    static Tree of(Path real, Mounts mounts) {
        return new Tree(real, mounts.placeOf(real).stream().toList());
    }

    boolean contains(Tree inner) {
        return containsByName(inner)
                || places.stream()
                        .anyMatch(place -> inner.places.stream().anyMatch(place::contains));
    }

    /** The end of a sentence: says what names do not. */
    String how(Tree other) {
        return containsByName(other) || other.containsByName(this)
                ? "."
                : ": the same directory is mounted under both names.";
    }

    private boolean containsByName(Tree inner) {
        return Directories.contains(path, inner.path);
    }
}
