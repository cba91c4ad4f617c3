package io.driftless.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.testing.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryPathTest {
    @Test
    void every_path_prints_and_reads_back_and_prints_without_control_characters() {
        Seeds.forEach(random -> {
            EntryPath path = path(random);

            assertThat(EntryPath.parse(path.toString())).isEqualTo(path);
            assertThat(EntryPath.ofBytes(path.toBytes())).isEqualTo(path);
            assertThat(EntryPath.ofKey(path.key())).isEqualTo(path);
            assertThat(path.toString().codePoints()).noneMatch(Character::isISOControl);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "a%25b",
        "a b",
        "ä/ö",
        "%FF%FE",
        "a%0A",
        "%C2%85",
        "%7F",
        "%ED%A0%80",
        "\uD83D\uDE00",
        "%F0%9F%98"
    })
    void the_printed_form_is_the_only_one(String text) {
        assertThat(EntryPath.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/", "/a", "a/", "a//b", ".", "..", "a/./b", "a/../b", "../a", "%00", "a%00b", "%",
                "%4", "%GG", "a%2F"
            })
    void what_is_no_path_is_refused(String text) {
        assertThatThrownBy(() -> EntryPath.parse(text))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_INVALID));
    }

    @Test
    void bytes_that_are_no_well_formed_character_are_escaped_one_by_one() {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        for (int lead = 0x80; lead <= 0xff; lead++) {
            for (int second = 0x80; second <= 0xff; second++) {
                for (int tail = 0; tail <= 2; tail++) {
                    byte[] bytes = new byte[2 + tail];
                    Arrays.fill(bytes, (byte) 0x85);
                    bytes[0] = (byte) lead;
                    bytes[1] = (byte) second;
                    String plain = wellFormed(decoder, bytes);

                    String printed = PathText.print(bytes);

                    assertThat(PathText.decode(printed)).isEqualTo(bytes);
                    assertThat(printed.equals(plain)).isEqualTo(!plain.isEmpty());
                }
            }
        }
    }

    private static String wellFormed(CharsetDecoder decoder, byte[] bytes) {
        try {
            String text = decoder.decode(ByteBuffer.wrap(bytes)).toString();
            return text.codePoints().anyMatch(Character::isISOControl) ? "" : text;
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    @Test
    void half_a_surrogate_pair_is_refused() {
        refused(() -> EntryPath.parse("a\uD800"));
    }

    @Test
    void names_and_paths_have_a_longest_length() {
        byte[] name = new byte[EntryPath.MAX_NAME_BYTES];
        Arrays.fill(name, (byte) 'x');
        EntryPath longest = EntryPath.ROOT;
        for (int i = 0; i < 15; i++) {
            longest = longest.child(name);
        }
        EntryPath almost = longest;

        EntryPath full =
                almost.child("y".repeat(EntryPath.MAX_LENGTH_BYTES - almost.lengthBytes() - 1));

        assertThat(full.lengthBytes()).isEqualTo(EntryPath.MAX_LENGTH_BYTES);
        refused(() -> almost.child("x".repeat(256)));
        refused(() -> full.child("z"));
    }

    @Test
    void a_directory_stands_right_before_what_is_below_it_and_that_is_one_range() {
        Seeds.forEach(random -> {
            List<EntryPath> paths = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                paths.add(path(random));
                paths.add(paths.get(random.nextInt(paths.size())).parent());
            }
            paths.removeIf(EntryPath::isRoot);
            EntryPath top = paths.get(random.nextInt(paths.size()));

            for (EntryPath path : paths) {
                boolean isInRange =
                        path.compareTo(top) > 0
                                && Arrays.compareUnsigned(path.key(), top.subtreeEndKey()) < 0;
                assertThat(top.isAncestorOf(path)).isEqualTo(isInRange);
                assertThat(path.parent()).isLessThan(path);
                assertThat(path.parent().isAncestorOf(path)).isTrue();
            }
        });
    }

    @Test
    void the_parent_and_the_name_make_the_path() {
        Seeds.forEach(random -> {
            EntryPath path = path(random);

            assertThat(path.parent().child(path.nameBytes())).isEqualTo(path);
            assertThat(path.parent().child(path.name())).isEqualTo(path);
            assertThat(path.depth()).isEqualTo(path.parent().depth() + 1);
        });
    }

    @Test
    void a_path_moves_with_a_directory_above_it() {
        EntryPath path = EntryPath.parse("a/b/c");

        assertThat(path.rebase(EntryPath.parse("a"), EntryPath.parse("x/y")))
                .hasToString("x/y/b/c");
        assertThat(path.rebase(EntryPath.parse("a/b"), EntryPath.ROOT)).hasToString("c");
        assertThat(path.rebase(EntryPath.ROOT, EntryPath.parse("x"))).hasToString("x/a/b/c");
        assertThat(path.rebase(path, EntryPath.parse("d"))).hasToString("d");
    }

    private static void refused(Runnable make) {
        assertThatThrownBy(make::run)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_INVALID));
    }

    /** Names of arbitrary bytes, with many that nearly are the text of another. */
    private static EntryPath path(Random random) {
        EntryPath path = EntryPath.ROOT;
        for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
            path = path.child(name(random));
        }
        return path;
    }

    private static byte[] name(Random random) {
        byte[] name = new byte[1 + random.nextInt(4)];
        byte[] alphabet = "aab%.20 ~\u0001\u001f\u007fäé\u0085😀".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < name.length; i++) {
            name[i] =
                    random.nextInt(4) == 0
                            ? (byte) random.nextInt()
                            : alphabet[random.nextInt(alphabet.length)];
        }
        for (int i = 0; i < name.length; i++) {
            boolean isBad = name[i] == 0 || name[i] == '/';
            name[i] = isBad ? (byte) 'z' : name[i];
        }
        boolean isDots =
                Arrays.equals(name, new byte[] {'.'}) || Arrays.equals(name, new byte[] {'.', '.'});
        return isDots ? new byte[] {'d'} : name;
    }
}
