package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.path.PathText;
import io.driftless.tree.LinkTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Between bytes and {@link Path}s. A path keeps the bytes it was made of, whatever the locale, but
 * takes and shows them only in URIs.
 */
final class PortablePaths {
    private static final byte SLASH = '/';
    private static final HexFormat HEX = HexFormat.of();

    /** A name that is put behind a path so that a slash at the path's end is surely its own. */
    private static final String END = "no-such-name";

    private PortablePaths() {}

    /** A path of one name. */
    static Path ofName(byte[] name) {
        return ofAbsolute(inRoot(name)).getFileName();
    }

    static Path below(Path root, EntryPath path) {
        if (path.isRoot()) {
            return root;
        }
        Path absolute = ofAbsolute(inRoot(path.toBytes()));
        return root.resolve(absolute.subpath(0, absolute.getNameCount()));
    }

    /** The bytes of the last name. */
    static byte[] nameOf(Path path) {
        String text = path.getFileName().toString();
        if (text.chars().allMatch(character -> character < 0x80)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        byte[] bytes = bytesOf(path.resolve(END));
        int end = bytes.length - 1 - END.length();
        int start = end;
        while (bytes[start - 1] != SLASH) {
            start--;
        }
        return Arrays.copyOfRange(bytes, start, end);
    }

    static LinkTarget toTarget(Path target) {
        byte[] bytes = bytesOf(target.resolve(END));
        int start =
                target.isAbsolute()
                        ? 0
                        : bytesOf(Path.of(END).toAbsolutePath()).length - END.length();
        int end = bytes.length - 1 - END.length();
        return LinkTarget.ofBytes(
                end == 0 ? new byte[] {SLASH} : Arrays.copyOfRange(bytes, start, end));
    }

    /**
     * Empty where the platform makes no path of exactly these bytes, as of those with two slashes
     * side by side.
     */
    static Optional<Path> ofTarget(LinkTarget target) {
        byte[] bytes = target.toBytes();
        boolean isAbsolute = bytes.length > 0 && bytes[0] == SLASH;
        byte[] absolute = isAbsolute ? bytes : inRoot(bytes);
        Path path = ofAbsolute(endsWithSlash(absolute) ? withSlash(absolute) : absolute);
        Path made =
                isAbsolute || path.getNameCount() == 0
                        ? path
                        : path.subpath(0, path.getNameCount());
        return toTarget(made).equals(target) ? Optional.of(made) : Optional.empty();
    }

    private static boolean endsWithSlash(byte[] bytes) {
        return bytes.length > 1 && bytes[bytes.length - 1] == SLASH;
    }

    /** A URI's last slash is taken off its path. */
    private static byte[] withSlash(byte[] bytes) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = SLASH;
        return longer;
    }

    private static byte[] inRoot(byte[] relative) {
        byte[] absolute = new byte[relative.length + 1];
        absolute[0] = SLASH;
        System.arraycopy(relative, 0, absolute, 1, relative.length);
        return absolute;
    }

    private static Path ofAbsolute(byte[] bytes) {
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : bytes) {
            if (b == SLASH) {
                uri.append('/');
            } else {
                uri.append('%').append(HEX.toHexDigits(b));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** Of a path that is no directory: a directory's URI has a slash more. */
    private static byte[] bytesOf(Path path) {
        return PathText.decode(path.toUri().getRawPath());
    }
}
