package io.driftless.testkit.tree;

import io.driftless.path.EntryPath;
import io.driftless.path.PathText;
import io.driftless.tree.LinkTarget;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Makes {@link Path}s of any bytes and reads their bytes back. Only URIs do that under every
 * locale.
 */
public final class RawPaths {
    private static final byte[] SLASH = {'/'};

    private static final String END = "no-such-name";

    private RawPaths() {}

    public static Path below(Path root, EntryPath path) {
        return path.isRoot() ? root : ofBytes(joined(bytesOf(root), SLASH, path.toBytes()));
    }

    static byte[] nameOf(Path path) {
        byte[] bytes = bytesOf(path);
        int end = bytes[bytes.length - 1] == '/' ? bytes.length - 1 : bytes.length;
        int start = end;
        while (bytes[start - 1] != '/') {
            start--;
        }
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** With a name behind it, so that a slash at its end is surely its own. */
    static LinkTarget toTarget(Path target) {
        byte[] bytes = bytesOf(target.resolve(END));
        int start = target.isAbsolute() ? 0 : bytesOf(Path.of("").toAbsolutePath()).length + 1;
        int end = bytes.length - 1 - END.length();
        return LinkTarget.ofBytes(end == 0 ? SLASH : Arrays.copyOfRange(bytes, start, end));
    }

    static Path ofTarget(LinkTarget target) {
        byte[] bytes = target.toBytes();
        if (bytes[0] == '/') {
            return ofBytes(bytes);
        }
        Path absolute = ofBytes(joined(SLASH, bytes));
        return absolute.subpath(0, absolute.getNameCount());
    }

    private static Path ofBytes(byte[] bytes) {
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : bytes) {
            uri.append(b == '/' ? "/" : "%" + HexFormat.of().toHexDigits(b));
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** The absolute path's bytes. A directory's URI ends with a slash that is not of its path. */
    private static byte[] bytesOf(Path path) {
        byte[] bytes = PathText.decode(path.toUri().getRawPath());
        boolean isMarked = bytes.length > 1 && bytes[bytes.length - 1] == '/';
        return isMarked ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private static byte[] joined(byte[]... pieces) {
        int length = Arrays.stream(pieces).mapToInt(piece -> piece.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }
}
