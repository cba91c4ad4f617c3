package io.driftless.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

/** {@code docs/ERRORS.md} is made of the codes; {@code -Dupdate=true} writes it anew. */
class ErrorDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "ERRORS.md");

    @Test
    void the_document_lists_every_code() throws IOException {
        String expected = document();
        if (Boolean.getBoolean("update")) {
            Files.writeString(DOCUMENT, expected);
        }

        assertThat(Files.readString(DOCUMENT))
                .as("run `mvn -pl common test -Dtest=ErrorDocumentTest -Dupdate=true`")
                .isEqualTo(expected);
    }

    @Test
    void ids_are_unique_and_read_back() {
        var ids = new HashSet<String>();
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ids.add(code.id())).as(code.id()).isTrue();
            assertThat(ErrorCode.ofId(code.id())).isEqualTo(code);
        }
        assertThat(ErrorCode.ofId("DL-0000")).isEqualTo(ErrorCode.UNKNOWN);
    }

    private static String document() {
        StringBuilder text =
                new StringBuilder(
                        """
                        # Errors

                        Every failure that Driftless expects has a stable code, which is never renumbered or reused. 1xxx: the
                        call was wrong. 2xxx: one entry. 3xxx: a folder or target. 4xxx: a service it depends on. 9xxx: a bug.

                        | Code | Name | What happens | What to do |
                        |---|---|---|---|
                        """);
        Arrays.stream(ErrorCode.values())
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .forEach(code ->
                        text.append(
                                "| %s | %s | %s | %s |%n"
                                        .formatted(
                                                code.id(),
                                                code.name(),
                                                words(code),
                                                code.advice())));
        return text.toString();
    }

    /** What the code that meets it does, but for what a person sees otherwise. */
    private static String words(ErrorCode code) {
        return switch (code) {
            case HARD_LINKED -> "each name becomes a file of its own";
            case TARGET_TAKEN -> "the target stops, and is tried again with growing waits";
            case CLOCK_SKEWED -> "nothing: it is a warning";
            case REMOVALS_PARKED, EXTRAS_HELD -> "it waits for a person";
            default -> words(code.reaction());
        };
    }

    private static String words(Reaction reaction) {
        return switch (reaction) {
            case RETRY -> "tried again";
            case SKIP_ENTRY -> "the entry is left out for now";
            case STOP_FOLDER -> "the folder or target stops";
            case REFUSE -> "nothing is done";
            case BUG -> "the work stops";
        };
    }
}
