package io.driftless.path;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The printed form of path bytes: UTF-8 text, with {@code %XX} for bytes that are not valid UTF-8,
 * for control characters and for {@code %} itself. Every byte string has exactly one printed form,
 * which reads back to it.
 */
public final class PathText {
    private PathText() {}

    /**
     * The printed form of the first {@code length} bytes; a zero byte, which parts the names of a
     * key, prints as a slash.
     */
    static String encode(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder(length);
        int i = 0;
        while (i < length) {
            int size = characterSize(bytes, i, length);
            if (size == 1 && bytes[i] == 0) {
                text.append('/');
            } else if (size == 1 && bytes[i] >= 0x20 && bytes[i] != '%' && bytes[i] != 0x7f) {
                text.append((char) bytes[i]);
            } else if (size > 1) {
                appendCharacter(text, bytes, i, size);
            } else {
                appendEscape(text, bytes[i]);
                size = 1;
            }
            i += size;
        }
        return text.toString();
    }

    /** The printed form of raw bytes, for messages about names that cannot be paths. */
    public static String print(byte[] bytes) {
        return encode(bytes, bytes.length);
    }

    /** Reads the printed form. */
    public static byte[] decode(String text) {
        byte[] utf8 = EntryPath.utf8(text);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(utf8.length);
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] != '%') {
                bytes.write(utf8[i]);
                continue;
            }
            if (i + 2 >= utf8.length || !isHex(utf8[i + 1]) || !isHex(utf8[i + 2])) {
                throw new SyncException(
                        ErrorCode.NAME_INVALID,
                        "Path text " + text + " has a % without two hex digits.");
            }
            bytes.write(
                    HexFormat.fromHexDigits(new String(utf8, i + 1, 2, StandardCharsets.US_ASCII)));
            i += 2;
        }
        return bytes.toByteArray();
    }

    private static boolean isHex(byte b) {
        return HexFormat.isHexDigit(b);
    }

    /** Bytes of the well-formed character at {@code at}; 0 where there is none. */
    private static int characterSize(byte[] bytes, int at, int length) {
        if (bytes[at] >= 0) {
            return 1;
        }
        int lead = bytes[at] & 0xff;
        int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
        if (size == 0 || at + size > length || !isWellFormed(bytes, at, size)) {
            return 0;
        }
        return size;
    }

    private static boolean isWellFormed(byte[] bytes, int at, int size) {
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            int character =
                    decoder.decode(ByteBuffer.wrap(bytes, at, size)).toString().codePointAt(0);
            return !Character.isISOControl(character);
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    private static void appendCharacter(StringBuilder text, byte[] bytes, int at, int size) {
        text.append(new String(bytes, at, size, StandardCharsets.UTF_8));
    }

    private static void appendEscape(StringBuilder text, byte b) {
        text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
    }
}
