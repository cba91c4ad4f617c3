package io.driftless.guard;

import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
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

    /** The name of a set that stands for this digest. */
    public static ApprovalId ofDigest(byte[] digest) {
        return new ApprovalId(HexFormat.of().formatHex(digest, 0, BYTES));
    }

    /** The name of the same set at one place: what is alike elsewhere has another. */
    public ApprovalId at(String place) {
        String both = value + '@' + place;
        return ofDigest(Sha256.digestOf(both.getBytes(StandardCharsets.UTF_8)));
    }

    /** The name of a set of removals, in whatever order they come. */
    public static ApprovalId of(Collection<Removal> removals) {
        List<Removal> sorted = removals.stream().sorted().toList();
        int length =
                sorted.stream()
                        .mapToInt(one -> Integer.BYTES + one.path().lengthBytes() + Long.BYTES)
                        .sum();
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (Removal removal : sorted) {
            byte[] key = removal.path().key();
            bytes.putInt(key.length).put(key).putLong(removal.version().value());
        }
        return ofDigest(Sha256.digestOf(bytes.array()));
    }

    @Override
    public String toString() {
        return value;
    }
}
