package io.driftless.launcher.status;

import io.driftless.launcher.state.StateDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Where running systems said that they answer; some of them may be gone. */
public final class StatusAddresses {
    private StatusAddresses() {}

    /**
     * The one that was named, that of a state directory, or all there are.
     *
     * @param home asked for only where it is needed
     */
    public static List<URI> named(Optional<URI> url, Optional<Path> state, Supplier<Path> home) {
        return url.map(List::of)
                .or(() -> state.map(StatusAddresses::of))
                .orElseGet(() -> below(home.get()));
    }

    /** That of one state directory; none where nothing runs on it. */
    public static List<URI> of(Path stateDirectory) {
        return read(StateDirectory.statusAddressOf(stateDirectory)).stream().toList();
    }

    /** Those of all state directories in a directory. */
    public static List<URI> below(Path directory) {
        try (Stream<Path> states = Files.list(directory)) {
            return states.sorted().flatMap(state -> of(state).stream()).toList();
        } catch (IOException noSuchDirectory) {
            return List.of();
        }
    }

    private static Optional<URI> read(Path file) {
        try {
            return Optional.of(URI.create(Files.readString(file).strip()));
        } catch (IOException | IllegalArgumentException noAddress) {
            return Optional.empty(); // Nothing runs there, or it was killed while it said so.
        }
    }
}
