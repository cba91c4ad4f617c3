package io.driftless.event;

/** An Ed25519 signature; {@link #NONE} before signing. */
public record Signature(Bytes value) {
    public static final Signature NONE = new Signature(Bytes.of(new byte[0]));
}
