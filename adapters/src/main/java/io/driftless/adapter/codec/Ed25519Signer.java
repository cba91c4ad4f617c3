package io.driftless.adapter.codec;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.port.CommitSigner;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.util.List;
import java.util.Optional;

/**
 * Ed25519 signatures of commits, over {@link CommitBytes}. One that signs has the private key;
 * targets have public keys only and can but check. Safe for all threads.
 */
public final class Ed25519Signer implements CommitSigner {
    private final Optional<PrivateKey> own;
    private final List<PublicKey> trusted;

    private Ed25519Signer(Optional<PrivateKey> own, List<PublicKey> trusted) {
        this.own = own;
        this.trusted = List.copyOf(trusted);
    }

    /**
     * Signs with the key in this file (PKCS #8, PEM), which is made, for its owner's eyes only,
     * where there is none. Its public key is kept beside it, with {@code .pub} added to the name. A
     * file that holds no such key fails with {@code STATE_CORRUPT}.
     */
    public static Ed25519Signer signing(Path privateKeyFile) {
        KeyFile file = new KeyFile(privateKeyFile);
        PrivateKey own = file.readOrMake();
        PublicKey trusted = file.writePublic(own);
        return new Ed25519Signer(Optional.of(own), List.of(trusted));
    }

    /**
     * Checks against the public keys in this file (X.509, PEM; several one after the other while a
     * key is being replaced) and cannot sign.
     */
    public static Ed25519Signer checking(Path publicKeyFile) {
        return new Ed25519Signer(Optional.empty(), new KeyFile(publicKeyFile).readPublic());
    }

    @Override
    public Signature sign(Commit commit) {
        PrivateKey key =
                own.orElseThrow(() ->
                        new SyncException(
                                ErrorCode.INVARIANT_BROKEN,
                                "A commit is to be signed where only public keys are."));
        try {
            java.security.Signature signing = algorithm();
            signing.initSign(key);
            signing.update(CommitBytes.of(commit));
            return new Signature(Bytes.of(signing.sign()));
        } catch (GeneralSecurityException e) {
            throw new SyncException(ErrorCode.INVARIANT_BROKEN, "The key does not sign.", e);
        }
    }

    @Override
    public boolean isValid(Commit commit) {
        byte[] signed = CommitBytes.of(commit);
        byte[] signature = commit.signature().value().toArray();
        return trusted.stream().anyMatch(key -> isValid(key, signed, signature));
    }

    private static boolean isValid(PublicKey key, byte[] signed, byte[] signature) {
        try {
            java.security.Signature checking = algorithm();
            checking.initVerify(key);
            checking.update(signed);
            return checking.verify(signature);
        } catch (SignatureException malformed) {
            return false;
        } catch (InvalidKeyException e) {
            throw new SyncException(ErrorCode.INVARIANT_BROKEN, "The key does not check.", e);
        }
    }

    private static java.security.Signature algorithm() {
        try {
            return java.security.Signature.getInstance("Ed25519");
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every Java platform since 15 has Ed25519", impossible);
        }
    }
}
