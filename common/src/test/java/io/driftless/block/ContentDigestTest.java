package io.driftless.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentDigestTest {
    @Test
    void names_a_content_as_it_is_named_of_all_its_blocks() {
        Seeds.forEach(random -> {
            List<BlockRef> blocks = new ArrayList<>();
            ContentDigest digest = new ContentDigest();
            long bytes = 0;
            for (int i = random.nextInt(4); i > 0; i--) {
                byte[] plain = new byte[1 + random.nextInt(50)];
                random.nextBytes(plain);
                blocks.add(new BlockRef(Sha256.block(plain), plain.length));
                digest.add(blocks.getLast());
                bytes += plain.length;
            }

            assertThat(digest.sizeBytes()).isEqualTo(bytes);
            assertThat(digest.finish()).isEqualTo(Sha256.content(blocks));
        });
    }
}
