package io.driftless.guard;

import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a set of removals that somebody decides on together: the beginning of a digest over
 * the paths and versions that it was made of, so it never stands for anything else.
 *
 * @param value twelve hexadecimal digits
 */
public record ApprovalId(String value) {
    private static final int BYTES = 6;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

    public ApprovalId {
        if (!FORM.matcher(value).matches()) {
            throw new SyncException(
                    ErrorCode.BAD_USAGE,
                    "'" + value + "' is no approval id: those have twelve hexadecimal digits.");
        }
    }

    private static ApprovalId ofDigest(byte[] digest) {
        return new ApprovalId(HexFormat.of().formatHex(digest, 0, BYTES));
    }

    /** The name of the same set at one place: what is alike elsewhere has another. */
    public ApprovalId at(String place) {
        String both = value + '@' + place;
        return ofDigest(Sha256.digestOf(both.getBytes(StandardCharsets.UTF_8)));
    }

    /** The name of a set of removals, in whatever order they come. */
    public static ApprovalId of(Collection<Removal> removals) {
        Members members = new Members();
        removals.stream()
                .sorted()
                .forEach(one -> members.add(one.path().key(), one.version().value()));
        return members.id();
    }

    /** Makes the name of a set whose members come one after the other, in path order. */
    public static final class Members {
        private final MessageDigest digest = Sha256.newDigest();
        private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

        /**
         * @param key of the path
         * @param version stands for what is there: another number makes another set
         */
        public void add(byte[] key, long version) {
            digest.update(number.clear().putInt(key.length).flip());
            digest.update(key);
            digest.update(number.clear().putLong(version).flip());
        }

        /** To be called once. */
        public ApprovalId id() {
            return ofDigest(digest.digest());
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
