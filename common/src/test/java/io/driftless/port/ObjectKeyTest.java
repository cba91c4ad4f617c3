package io.driftless.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockHash;
import io.driftless.block.Sha256;
import io.driftless.tree.FolderId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
    private static final FolderId FOLDER = new FolderId("photos");
    private static final BlockHash BLOCK = Sha256.block(new byte[] {1, 2, 3});
    private static final ObjectKey RETURNED = ObjectKey.returned(FOLDER, BLOCK);

    @Test
    void a_returned_block_is_named_by_its_key() {
        assertThat(RETURNED.value())
                .isEqualTo("f/photos/returned/%s/%s", BLOCK.toString().substring(2, 4), BLOCK)
                .startsWith(ObjectKey.returned(FOLDER));
        assertThat(RETURNED.returnedBlock(FOLDER)).contains(BLOCK);
        assertThat(RETURNED.isReturned()).isTrue();
    }

    @Test
    void no_other_key_names_one() {
        ObjectKey pack = ObjectKey.pack(FOLDER, new UUID(1, 2));
        assertThat(RETURNED.returnedBlock(new FolderId("other"))).isEmpty();
        assertThat(pack.returnedBlock(FOLDER)).isEmpty();
        assertThat(pack.isReturned()).isFalse();
        assertThat(ObjectKey.page(FOLDER, Sha256.page(new byte[] {1})).isReturned()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f/photos/returned/zz/%s",
                "f/photos/returned/%s",
                "f/photos/returned/ab/01",
                "f/photos/returned/ab/%s0",
                "f/photos/packs/ab/%s"
            })
    void what_is_written_there_by_anybody_names_none(String key) {
        assertThat(new ObjectKey(key.formatted(BLOCK)).returnedBlock(FOLDER)).isEmpty();
    }
}
