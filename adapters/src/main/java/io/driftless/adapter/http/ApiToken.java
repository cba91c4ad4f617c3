package io.driftless.adapter.http;

import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** What a person has to know to ask or tell a system. Its text form keeps it to itself. */
public final class ApiToken {
    private static final int MIN_LENGTH = 16;
    private static final int MAX_LENGTH = 1_024;
    private static final String SCHEME = "Bearer ";

    private final String secret;

    private ApiToken(String secret) {
        this.secret = secret;
    }

    /**
     * {@code BAD_SETTING} where it is no token; the message does not repeat it.
     *
     * @param from where it was found, for people
     */
    public static ApiToken of(String text, String from) {
        String secret = text.strip();
        boolean isVisible = secret.chars().allMatch(each -> each > ' ' && each < 0x7F);
        if (!isVisible || secret.length() < MIN_LENGTH || secret.length() > MAX_LENGTH) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The token in %s is not %d to %,d visible ASCII characters."
                            .formatted(from, MIN_LENGTH, MAX_LENGTH));
        }
        return new ApiToken(secret);
    }

    /** The whole file but what is blank around it; {@code BAD_SETTING} where it is no token. */
    public static ApiToken read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(2 * MAX_LENGTH);
            return of(new String(bytes, StandardCharsets.ISO_8859_1), file.toString());
        } catch (IOException unreadable) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The token's file cannot be read: " + unreadable + ".",
                    unreadable);
        }
    }

    /** What a request says to show that it knows this. */
    String authorization() {
        return SCHEME + secret;
    }

    /** Takes as long for a guess that is nearly right as for any other. */
    boolean isShownBy(String authorization) {
        return MessageDigest.isEqual(digest(authorization), digest(authorization()));
    }

    /** Of one length, whatever the length of the guess. */
    private static byte[] digest(String text) {
        return Sha256.digestOf(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "a token";
    }
}
