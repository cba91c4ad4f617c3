package io.driftless.adapter.codec;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A key in a file, as {@code openssl genpkey -algorithm ed25519} writes it too. */
final class KeyFile {
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final int MAX_BYTES = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);

    private final Path path;

    KeyFile(Path path) {
        this.path = path;
    }

    PrivateKey readOrMake() {
        try {
            Optional<String> text = read();
            if (text.isEmpty()) {
                PrivateKey made =
                        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
                write(path, "PRIVATE KEY", made.getEncoded(), "rw-------", KeyFile::placeFirst);
                text = Optional.of(read().orElseThrow(() -> corrupt("gone again", null)));
            }
            byte[] encoded = blocks(text.get(), "PRIVATE KEY").getFirst();
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw corrupt("no Ed25519 private key", e);
        } catch (IOException e) {
            throw corrupt("cannot be read or written", e);
        }
    }

    /** Keeps the public key beside the private one and gives it. */
    PublicKey writePublic(PrivateKey own) {
        Path beside = path.resolveSibling(path.getFileName() + ".pub");
        try {
            PublicKey derived = derive(own);
            Optional<String> present = new KeyFile(beside).read();
            if (!present.equals(Optional.of(pem("PUBLIC KEY", derived.getEncoded())))) {
                write(
                        beside,
                        "PUBLIC KEY",
                        derived.getEncoded(),
                        "rw-r--r--",
                        (temp, to) -> Files.move(temp, to, StandardCopyOption.ATOMIC_MOVE));
            }
            return derived;
        } catch (GeneralSecurityException e) {
            throw corrupt("no Ed25519 private key", e);
        } catch (IOException e) {
            throw corrupt("its public key cannot be written beside it", e);
        }
    }

    List<PublicKey> readPublic() {
        try {
            String text = read().orElseThrow(() -> corrupt("not there", null));
            List<PublicKey> keys = new ArrayList<>();
            for (byte[] encoded : blocks(text, "PUBLIC KEY")) {
                keys.add(
                        KeyFactory.getInstance("Ed25519")
                                .generatePublic(new X509EncodedKeySpec(encoded)));
            }
            return keys;
        } catch (GeneralSecurityException e) {
            throw corrupt("no Ed25519 public key", e);
        } catch (IOException e) {
            throw corrupt("cannot be read", e);
        }
    }

    /** A generator that is given the private key as its randomness makes the pair that it is of. */
    private static PublicKey derive(PrivateKey own) throws GeneralSecurityException {
        byte[] seed =
                ((EdECPrivateKey) own)
                        .getBytes()
                        .orElseThrow(() -> new GeneralSecurityException("the key has no bytes"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
        return generator.generateKeyPair().getPublic();
    }

    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] seed;

        Given(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }

    private Optional<String> read() throws IOException {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw corrupt("longer than any key", null);
            }
            return Optional.of(Files.readString(path, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private List<byte[]> blocks(String text, String label) {
        List<byte[]> found = new ArrayList<>();
        Matcher matcher = PEM.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(label)) {
                found.add(Base64.getMimeDecoder().decode(matcher.group(2)));
            }
        }
        if (found.isEmpty()) {
            throw corrupt("no block " + label + " in it", null);
        }
        return found;
    }

    private static String pem(String label, byte[] encoded) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, base64);
    }

    /** Durable and whole or not there; nobody else may look into it from its first instant. */
    private static void write(Path to, String label, byte[] encoded, String mode, Placing placing)
            throws IOException {
        Path parent = to.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Path temp = to.resolveSibling(to.getFileName() + "." + UUID.randomUUID());
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
        try (FileChannel file =
                FileChannel.open(temp, NEW, PosixFilePermissions.asFileAttribute(permissions))) {
            ByteBuffer text =
                    ByteBuffer.wrap(pem(label, encoded).getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                file.write(text);
            }
            file.force(true);
            placing.place(temp, to);
        } finally {
            Files.deleteIfExists(temp);
        }
        try (FileChannel directory =
                FileChannel.open(to.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private interface Placing {
        void place(Path temp, Path to) throws IOException;
    }

    /** Of several processes that make a key at the same time one is first; its key is the key. */
    private static void placeFirst(Path temp, Path to) throws IOException {
        try {
            Files.createLink(to, temp);
        } catch (FileAlreadyExistsException another) {
            LOG.debug("key made by another process file={}", to);
        }
    }

    private SyncException corrupt(String why, @Nullable Exception cause) {
        return new SyncException(
                ErrorCode.STATE_CORRUPT, "Key file " + path + ": " + why + ".", cause);
    }
}
