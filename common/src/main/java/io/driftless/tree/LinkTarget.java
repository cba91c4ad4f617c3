package io.driftless.tree;

import io.driftless.path.PathText;
import java.util.Arrays;

/** The bytes of a symlink. They are carried over as they are and never followed. */
public final class LinkTarget {
    private final byte[] bytes;

    private LinkTarget(byte[] bytes) {
        this.bytes = bytes;
    }

    public static LinkTarget ofBytes(byte[] bytes) {
        return new LinkTarget(bytes.clone());
    }

    public static LinkTarget parse(String text) {
        return new LinkTarget(PathText.decode(text));
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinkTarget target && Arrays.equals(bytes, target.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return PathText.print(bytes);
    }
}
