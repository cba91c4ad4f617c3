package io.driftless.adapter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Ed25519SignerTest {
    /** The private key of the first example of RFC 8032, as OpenSSL writes it. */
    private static final String RFC_KEY =
            """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
            -----END PRIVATE KEY-----
            """;

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("signing.key");
    }

    @Test
    void signs_what_targets_with_the_public_key_accept() {
        Ed25519Signer signer = Ed25519Signer.signing(file);
        Commit commit = commit();

        Commit signed = commit.signed(signer.sign(commit));

        assertThat(signer.isValid(signed)).isTrue();
        assertThat(Ed25519Signer.checking(publicFile()).isValid(signed)).isTrue();
    }

    @Test
    void signs_with_the_same_key_after_a_restart() throws IOException {
        Signature first = Ed25519Signer.signing(file).sign(commit());
        Files.delete(publicFile());

        Signature second = Ed25519Signer.signing(file).sign(commit());

        assertThat(second).isEqualTo(first);
        assertThat(publicFile()).exists();
    }

    /** Two transfer services of a new folder start together. */
    @Test
    void is_one_key_however_many_make_it_at_the_same_time() {
        List<Ed25519Signer> made =
                IntStream.range(0, 8)
                        .parallel()
                        .mapToObj(_ -> Ed25519Signer.signing(file))
                        .toList();

        Commit commit = commit();
        assertThat(made)
                .allSatisfy(signer ->
                        assertThat(
                                        Ed25519Signer.signing(file)
                                                .isValid(commit.signed(signer.sign(commit))))
                                .isTrue());
    }

    @Test
    void makes_the_directory_of_a_new_key() {
        Path deep = directory.resolve("a/b/signing.key");

        Ed25519Signer.signing(deep);

        assertThat(deep).exists();
    }

    @Test
    void keeps_the_private_key_for_its_owner_alone() throws IOException {
        Ed25519Signer.signing(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(file, publicFile());
        }
    }

    @Test
    void turns_away_a_commit_that_differs_in_any_signed_field() {
        Ed25519Signer signer = Ed25519Signer.signing(file);
        Signature signature = signer.sign(commit());

        assertThat(otherCommits().map(other -> signer.isValid(other.signed(signature))))
                .hasSize(12)
                .containsOnly(false);
    }

    @Test
    void accepts_the_same_commit_with_other_changes() {
        Ed25519Signer signer = Ed25519Signer.signing(file);
        Commit commit = commit();

        Commit again = commit.again(commit.time(), commit.rules()).signed(signer.sign(commit));

        assertThat(signer.isValid(again)).isTrue();
    }

    @Test
    void turns_away_signatures_that_are_none() {
        Ed25519Signer signer = Ed25519Signer.signing(file);

        assertThat(signer.isValid(commit().signed(Signature.NONE))).isFalse();
        assertThat(signer.isValid(commit().signed(new Signature(Bytes.of(new byte[64])))))
                .isFalse();
        assertThat(signer.isValid(commit().signed(new Signature(Bytes.of(new byte[65])))))
                .isFalse();
    }

    @Test
    void turns_away_the_signature_of_another_key() {
        Ed25519Signer other = Ed25519Signer.signing(directory.resolve("other.key"));
        Commit signed = commit().signed(other.sign(commit()));

        assertThat(Ed25519Signer.signing(file).isValid(signed)).isFalse();
    }

    @Test
    void accepts_any_of_several_keys_while_one_is_replaced() throws IOException {
        Ed25519Signer before = Ed25519Signer.signing(file);
        Path nextFile = directory.resolve("next.key");
        Ed25519Signer after = Ed25519Signer.signing(nextFile);
        Path both = directory.resolve("both.pub");
        String second = Files.readString(directory.resolve("next.key.pub"));
        Files.writeString(both, Files.readString(publicFile()) + second);

        Ed25519Signer checking = Ed25519Signer.checking(both);

        assertThat(List.of(before, after))
                .allMatch(signer -> checking.isValid(commit().signed(signer.sign(commit()))));
    }

    @Test
    void signs_the_bytes_that_the_formats_describe() throws IOException {
        Files.writeString(file, RFC_KEY);

        Signature signature = Ed25519Signer.signing(file).sign(commit());

        assertThat(HexFormat.of().formatHex(signature.value().toArray()))
                .isEqualTo(
                        "fd3036c39aa1077f3390117b678f109fd9d7b79a4dad67eba22e0796d68375fe"
                                + "24a2d96ccae8e88bcb1c4bbfdb2fff105617fccda159c3f1d3739fc2a75b820e");
        assertThat(Files.readString(publicFile()))
                .contains("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }

    @Test
    void refuses_a_file_that_holds_no_key() throws IOException {
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Path empty = Files.createFile(directory.resolve("empty"));

        isCorrupt(() -> Ed25519Signer.signing(file));
        isCorrupt(() -> Ed25519Signer.signing(empty));
        isCorrupt(() -> Ed25519Signer.checking(file));
        isCorrupt(() -> Ed25519Signer.checking(directory.resolve("absent")));
        assertThat(empty).isEmptyFile();
    }

    @Test
    void cannot_sign_where_only_public_keys_are() {
        Ed25519Signer.signing(file);
        Ed25519Signer checking = Ed25519Signer.checking(publicFile());

        assertThatThrownBy(() -> checking.sign(commit())).isInstanceOf(SyncException.class);
    }

    private static void isCorrupt(ThrowingCallable opening) {
        assertThatThrownBy(opening)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
    }

    private Path publicFile() {
        return directory.resolve("signing.key.pub");
    }

    private static Commit commit() {
        var changes = new Commit.Changes.Inline(Bytes.of(new byte[] {1}));
        return SampleEvents.commit(8, Optional.of(Sha256.page(new byte[0])), changes)
                .signed(Signature.NONE);
    }

    private static Stream<Commit> otherCommits() {
        Commit it = commit();
        var page = Sha256.page(new byte[] {1});
        var some = it.parentRoot();
        var sum = it.summary();
        return Stream.of(
                other(new FolderId("photos2"), it.incarnation(), it.seq(), it.approvedRemovals()),
                other(it.folder(), new UUID(1, 2), it.seq(), it.approvedRemovals()),
                other(it.folder(), it.incarnation(), 9, it.approvedRemovals()),
                other(it.folder(), it.incarnation(), it.seq(), "a1,b"),
                pages(page, some, it.rules()),
                pages(it.root(), Optional.of(page), it.rules()),
                pages(it.root(), Optional.empty(), it.rules()),
                pages(it.root(), some, page),
                summed(new Commit.Summary(sum.entries() + 1, sum.bytes()), it.time()),
                summed(new Commit.Summary(sum.entries(), sum.bytes() - 1), it.time()),
                summed(sum, it.time().plusNanos(1)),
                it.withMounts(List.of(EntryPath.parse("m"))).signed(it.signature()));
    }

    private static Commit other(FolderId folder, UUID incarnation, long seq, String approved) {
        Commit it = commit();
        return new Commit(
                folder,
                incarnation,
                seq,
                it.root(),
                it.parentRoot(),
                it.rules(),
                approved,
                it.summary(),
                it.time(),
                it.changes(),
                it.signature());
    }

    private static Commit pages(PageHash root, Optional<PageHash> parent, PageHash rules) {
        Commit it = commit();
        return new Commit(
                it.folder(),
                it.incarnation(),
                it.seq(),
                root,
                parent,
                rules,
                it.approvedRemovals(),
                it.summary(),
                it.time(),
                it.changes(),
                it.signature());
    }

    private static Commit summed(Commit.Summary summary, Instant time) {
        Commit it = commit();
        return new Commit(
                it.folder(),
                it.incarnation(),
                it.seq(),
                it.root(),
                it.parentRoot(),
                it.rules(),
                it.approvedRemovals(),
                summary,
                time,
                it.changes(),
                it.signature());
    }
}
