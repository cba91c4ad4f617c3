package io.driftless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every encoded kind. */
class FormatsTest {
    /** An encoded kind: its sample, random values, and its codec. */
    @SuppressWarnings("ImmutableEnumChecker") // Samples are immutable, codecs are static methods.
    enum Kind {
        LEAF(Samples.leaf(), Kind::randomLeaf, PageCodec::encode, PageCodec::decode),
        BRANCH(Samples.branch(), Kind::randomBranch, PageCodec::encode, PageCodec::decode),
        BLOCK_LEAF(
                Samples.blockLeaf(),
                random -> new Page.BlockLeaf(Samples.blocks(random, 512)),
                PageCodec::encode,
                PageCodec::decode),
        BLOCK_BRANCH(
                Samples.blockBranch(),
                Kind::randomBlockBranch,
                PageCodec::encode,
                PageCodec::decode),
        ENTRY(
                Samples.leaf().entries().get(3),
                Samples::entry,
                EntryCodec::encode,
                EntryCodec::decodeEntry),
        STAT(Samples.stat(), Samples::stat, EntryCodec::encode, EntryCodec::decodeStat),
        BLOCKS(
                Samples.blockLeaf().blocks(),
                random -> Samples.blocks(random, 600),
                EntryCodec::encode,
                EntryCodec::decodeBlocks),
        CHANGES(
                Samples.changes(),
                Kind::randomChanges,
                ChangeListCodec::encode,
                ChangeListCodec::decode),
        LOCATIONS(
                Samples.locations(),
                Samples::locations,
                ChangeListCodec::encodeLocations,
                ChangeListCodec::decodeLocations);

        final Object sample;
        final Function<Random, ?> values;
        private final Function<Object, byte[]> encode;
        final Function<byte[], ?> decode;

        @SuppressWarnings(
                "unchecked") // Each codec is given what it made or what the samples of its kind
        // are.
        <T> Kind(
                T sample,
                Function<Random, ? extends T> values,
                Function<T, byte[]> encode,
                Function<byte[], ?> decode) {
            this.sample = sample;
            this.values = values;
            this.encode = (Function<Object, byte[]>) (Function<?, byte[]>) encode;
            this.decode = decode;
        }

        byte[] encode(Object value) {
            return encode.apply(value);
        }

        private static Page.Leaf randomLeaf(Random random) {
            TreeMap<?, Entry> tree =
                    new TreeMap<>(RandomTrees.tree(random, 1 + random.nextInt(60)));
            return new Page.Leaf(List.copyOf(tree.values()));
        }

        private static Page.Branch randomBranch(Random random) {
            List<Page.Child> children = new ArrayList<>();
            for (Entry entry : randomLeaf(random).entries()) {
                children.add(
                        new Page.Child(
                                entry.path(),
                                Samples.page("page " + random.nextInt()),
                                random.nextLong(Long.MAX_VALUE),
                                random.nextLong(Long.MAX_VALUE)));
            }
            return new Page.Branch(1 + random.nextInt(5), children);
        }

        private static Page.BlockBranch randomBlockBranch(Random random) {
            return new Page.BlockBranch(
                    1 + random.nextInt(5),
                    Samples.blocks(random, 512).stream()
                            .map(block -> Samples.page(block.toString()))
                            .toList());
        }

        private static ChangeList randomChanges(Random random) {
            var base = RandomTrees.tree(random, 30);
            var next = RandomTrees.edited(base, random, 20);
            return new ChangeList(Trees.between(base, next), Samples.locations(random));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_encoding_of_a_known_value_never_changes(Kind kind) {
        assertThat(HexFormat.of().formatHex(kind.encode(kind.sample))).isEqualTo(golden(kind));
        assertThat(kind.decode.apply(HexFormat.of().parseHex(golden(kind)))).isEqualTo(kind.sample);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_encoded_reads_back(Kind kind) {
        Seeds.forEach(random -> {
            Object value = kind.values.apply(random);

            assertThat(kind.decode.apply(kind.encode(value))).isEqualTo(value);
        });
    }

    @ParameterizedTest
    @EnumSource
    void damaged_bytes_are_refused_or_are_the_one_encoding_of_another_value(Kind kind) {
        Seeds.forEach(random -> {
            byte[] bytes = kind.encode(kind.values.apply(random));
            for (int i = 0; i < 10; i++) {
                readOrRefuse(kind, damaged(bytes, random));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void hostile_bytes_are_refused_without_taking_memory(Kind kind) {
        byte[] sample = kind.encode(kind.sample);
        for (int at = 2; at < sample.length; at++) {
            for (String number :
                    List.of(
                            "ffffffff07",
                            "ffffffff0f",
                            "ffffffffffffffff7f",
                            "ffffffffffffffffff01",
                            "8000")) {
                byte[] huge = HexFormat.of().parseHex(number);
                byte[] hostile = Arrays.copyOf(sample, Math.max(sample.length, at + huge.length));
                System.arraycopy(huge, 0, hostile, at, huge.length);
                readOrRefuse(kind, hostile);
            }
            readOrRefuse(kind, Arrays.copyOf(sample, at));
        }
        readOrRefuse(kind, new byte[0]);
    }

    private static void readOrRefuse(Kind kind, byte[] bytes) {
        try {
            Object value = kind.decode.apply(bytes);

            assertThat(kind.encode(value)).isEqualTo(bytes);
        } catch (SyncException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_DAMAGED);
        }
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> {
                return Arrays.copyOf(damaged, random.nextInt(bytes.length));
            }
            case 1 -> damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> damaged[random.nextInt(Math.min(bytes.length, 12))] = (byte) random.nextInt();
            default -> {
                int from = random.nextInt(bytes.length);
                int to = random.nextInt(bytes.length);
                System.arraycopy(
                        bytes,
                        from,
                        damaged,
                        to,
                        Math.min(bytes.length - Math.max(from, to), random.nextInt(40)));
            }
        }
        return damaged;
    }

    private static String golden(Kind kind) {
        String name = "/formats/" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".hex";
        try (InputStream in = FormatsTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
