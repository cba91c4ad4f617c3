package io.driftless.adapter.memory;

/** The life of a pack. */
public enum PackState {
    /** Its row is there, its object perhaps. */
    UPLOADING,
    /** Stored. */
    LIVE,
    /**
     * Stored; nothing needed it when garbage was last looked for. A commit that needs it turns it
     * live.
     */
    DYING,
    /** Its object is deleted or about to be. */
    GONE
}
