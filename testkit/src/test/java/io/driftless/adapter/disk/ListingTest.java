package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a/b"})
    void that_failed_is_one_that_failed_wherever_it_is(String directory) {
        Listing failed = Listing.failed(Errno.EACCES);

        Listing below = failed.below(EntryPath.parse(directory));

        assertThat(below).isEqualTo(failed);
        assertThat(below.isComplete()).isFalse();
    }

    @Test
    void of_a_directory_that_could_not_be_opened_failed() {
        assertThat(Listing.of(new Descriptor(-Errno.EACCES)).below(EntryPath.ROOT).errno())
                .isEqualTo(Errno.EACCES);
    }
}
